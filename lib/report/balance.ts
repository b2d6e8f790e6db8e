import type { Balance, Choice, Moved } from '../model.js';
import { waitOf as waitOfChoice } from '../policy/choice.js';
import { lastingFor } from '../policy/lasting.js';
import { safe } from './words.js';

/**
 * `shared by adaptive: wan 60 %, wanb 40 %; fast by wan; bulk by wanb`
 *
 * @param at s since boot
 */
export function balanceWords(balance: Balance, at: number): string {
  const { by, choices = [] } = balance;
  const shares = sharesOf(balance).map(({ name, percent }) => `${safe(name)} ${percent} %`);
  const wait = waitOf(balance, lastingFor(balance, at), at);
  return [
    `shared by ${by}: ${shares.join(', ') || 'no WAN is up'}`,
    ...(wait ? [`other shares have been right for ${wait[0]} s, and count after ${wait[1]} s`] : []),
    ...choices.map((choice) => choiceWords(choice, at)),
  ].join('; ');
}

function choiceWords(choice: Choice, at: number): string {
  const wait = waitOf(choice, waitOfChoice(choice, at), at);
  const other = wait ? ` (another one has been better for ${wait[0]} s, and counts after ${wait[1]} s)` : '';
  return `${choice.of} by ${safe(choice.name)}${other}`;
}

/** s since which something else would be right, and for which it must be. */
function waitOf({ differs }: Moved, wait: number, at: number): [waited: number, wait: number] | undefined {
  return differs === undefined ? undefined : [Math.max(0, Math.floor(at - differs)), wait];
}

/** The same as one value. @param uptime s since boot */
export function balanceJson(balance: Balance, uptime: number) {
  const { by, members, choices, differs } = balance;
  const nameOf = (of: Choice['of']) => choices?.find((choice) => choice.of === of)?.name ?? null;
  return {
    by,
    shares: sharesOf(balance).map(({ name, percent }, i) => {
      const used = members[i]?.used;
      return { name, percent, used_percent: used === undefined ? null : Math.round(100 * used) };
    }),
    ...(choices ? { fast: nameOf('fast'), bulk: nameOf('bulk') } : {}),
    differs_for_s: differs === undefined ? null : Math.round(uptime - differs),
  };
}

function sharesOf({ members }: Balance): { name: string; percent: number }[] {
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  return members.map(({ name, weight }) => ({ name, percent: Math.round((100 * weight) / sum) }));
}
