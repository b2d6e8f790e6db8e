import type { Balance, Config } from '../model.js';

/** How the WANs are to be used. */
export interface Course extends Pick<Config, 'mode' | 'sticky'> {
  /** By name: what a WAN weighs in place of what is configured. */
  weights?: ReadonlyMap<string, number>;
}

/** The course of a configuration: with the weights that were found, where it asks for such. */
export function courseOf({ mode, sticky, balance: by }: Config, balance: Balance | undefined): Course {
  if (mode !== 'multiuplink' || !balance || balance.by !== by) return { mode, sticky };
  return { mode, sticky, weights: new Map(balance.members.map(({ name, weight }) => [name, weight])) };
}
