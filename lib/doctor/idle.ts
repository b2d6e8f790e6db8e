import type { Config, Problem } from '../model.js';

/** Why no WAN is used. */
export function whyIdle({ enabled, wans }: Config): Problem[] {
  if (enabled) return [{ text: 'no WAN is left that can be used; see: mini-mwan validate', blocking: true }];
  const isIpfire = wans.some(({ uplink }) => uplink);
  const how = isIpfire ? 'mini-mwan enable turns it on' : "option enabled '1' in section settings turns it on";
  return [{ text: `disabled; ${how}` }];
}
