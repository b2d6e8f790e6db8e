import type { Balance } from '../model.js';
import { lastingFor } from '../policy/balance.js';
import { safe } from './words.js';

/**
 * `shared by latency: wan 99 %, wanb 1 %`
 *
 * @param at s since boot
 */
export function balanceWords(balance: Balance, at: number): string {
  const { by, differs } = balance;
  const shares = sharesOf(balance).map(({ name, percent }) => `${safe(name)} ${percent} %`);
  const first = `shared by ${by}: ${shares.join(', ') || 'no WAN is up'}`;
  if (differs === undefined) return first;
  const [waited, wait] = [Math.max(0, Math.floor(at - differs)), lastingFor(balance, at)];
  return `${first}; other shares have been right for ${waited} s, and count after ${wait} s`;
}

/** The same as one value. @param uptime s since boot */
export function balanceJson(balance: Balance, uptime: number) {
  const { by, members, differs } = balance;
  return {
    by,
    shares: sharesOf(balance).map(({ name, percent }, i) => {
      const used = members[i]?.used;
      return { name, percent, used_percent: used === undefined ? null : Math.round(100 * used) };
    }),
    differs_for_s: differs === undefined ? null : Math.round(uptime - differs),
  };
}

function sharesOf({ members }: Balance): { name: string; percent: number }[] {
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  return members.map(({ name, weight }) => ({ name, percent: Math.round((100 * weight) / sum) }));
}
