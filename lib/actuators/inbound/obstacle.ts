import type { Observation, Problem, Rule, Wan } from '../../model.js';
import { PROTOCOL } from '../tables/thing.js';

const ALL_BITS = 2 ** 32 - 1;

/** Why nothing can be marked, and what comes of it; undefined if it can. Marks of others must stay theirs. */
export function whyNoMarks(wans: Wan[], { rules = [], marks = {} }: Observation): Problem | undefined {
  // Some are led by their addresses only, for MPTCP.
  const ours = wans.map(({ inbound }) => inbound?.mask ?? 0).find((mask) => mask !== 0);
  if (ours === undefined) return undefined;
  const { option, loss } = withoutMarks(wans);
  const rival = rules.find((rule) => rule.protocol !== PROTOCOL && usesBits(rule, ours));
  if (rival) {
    const text = `option mark_mask: the rule of priority ${rival.priority} is for such marks, too (ip rule); ${loss}`;
    return { text, remedy: ['set it to bits that nobody uses, as 0xf0000000 or 0xff: see ip rule, nft list ruleset'] };
  }
  if (marks.refusal !== undefined) return noWords(wans, marks.refusal);
  if (marks.obstacle === undefined) return undefined;
  return { text: `${option}: nft cannot be used: ${marks.obstacle}; ${loss}`, remedy: [{ install: 'nft' }] };
}

/** nft is there, and the kernel does not take what it says. */
export function noWords(wans: Wan[], reason: string): Problem {
  const { option, loss, modules, packages } = withoutMarks(wans);
  const cure = `the kernel must have ${modules}; on OpenWrt: ${packages}`;
  return { text: `${option}: nft takes no marks: ${reason}; ${loss}`, remedy: [cure] };
}

/** Who needs marks, and for what. */
function withoutMarks(wans: Wan[]) {
  const isAnswered = wans.some(({ inbound }) => inbound && inbound.mask !== 0 && !inbound.unanswered);
  const isLed = wans.some(({ inbound }) => inbound?.led);
  const losses = [
    ...(isAnswered ? ['port forwards are answered by the best WAN'] : []),
    ...(isLed ? ['all flows are shared by quality'] : []),
  ];
  return {
    option: isAnswered ? 'option inbound' : "option balance 'adaptive'",
    loss: `without marks, ${losses.join(', and ')}`,
    modules: `nft_ct and CONFIG_NF_CONNTRACK_MARK${isLed ? ', and nft_fib_inet' : ''}`,
    packages: `kmod-nft-core${isLed ? ' kmod-nft-fib' : ''}`,
  };
}

/** A rule that compares the whole mark is for one value. */
function usesBits({ mark = 0, mask = 0 }: Rule, ours: number): boolean {
  return ((mask === ALL_BITS ? mark : mask) & ours) !== 0;
}
