import type { Observation, Problem, Rule, Wan } from '../../model.js';
import { PROTOCOL } from '../tables/thing.js';

const ALL_BITS = 2 ** 32 - 1;

/** Why nothing can be marked, and what comes of it; undefined if it can. Marks of others must stay theirs. */
export function whyNoMarks(wans: Wan[], { rules = [], marks = {} }: Observation): Problem | undefined {
  // Some are led by their addresses only, for MPTCP.
  if (!wans.some(({ inbound }) => inbound?.mask)) return undefined;
  const { option, loss } = withoutMarks(purposesOf(wans));
  const rival = rivalOf(wans, rules);
  if (rival) {
    const list = wans.some(({ family }) => family) ? 'ip -6 rule' : 'ip rule';
    const text = `option mark_mask: the rule of priority ${rival.priority} is for such marks, too (${list}); ${loss}`;
    return { text, remedy: [`set it to bits that nobody uses, as 0xf0000000 or 0xff: see ${list}, nft list ruleset`] };
  }
  if (marks.refusal !== undefined) return noWords(wans, marks.refusal);
  if (marks.obstacle === undefined) return undefined;
  return { text: `${option}: nft cannot be used: ${marks.obstacle}; ${loss}`, remedy: [{ install: 'nft' }] };
}

/** The same of what only flows need. */
export function whyNoLeads(wans: Wan[], { marks }: Observation): Problem | undefined {
  const { isAnswered: _, ...purposes } = purposesOf(wans);
  const isLed = purposes.isLed || purposes.isSteered;
  return isLed && marks?.leadless !== undefined ? refusalWords(purposes, marks.leadless) : undefined;
}

/** nft is there, and the kernel does not take what it says. */
export function noWords(wans: Wan[], reason: string): Problem {
  return refusalWords(purposesOf(wans), reason);
}

/** The rule of somebody else that is for marks with bits of ours. */
export function rivalOf(wans: Wan[], rules: Rule[]): Rule | undefined {
  const ours = wans.find(({ inbound }) => inbound?.mask)?.inbound?.mask ?? 0;
  return rules.find((rule) => rule.protocol !== PROTOCOL && usesBits(rule, ours));
}

/** The option by which some of them have tables and rules of their own: without a word that says `option`. */
export function askedBy(wans: Wan[]): string {
  const { isAnswered, isLed, isSteered } = purposesOf(wans);
  return isAnswered ? 'inbound' : isLed ? "balance 'adaptive'" : isSteered ? 'dry_run of steering' : 'mptcp';
}

interface Purposes {
  isAnswered?: boolean;
  isLed?: boolean;
  isSteered?: boolean;
}

/** What marks are for. */
function purposesOf(wans: Wan[]): Purposes {
  return {
    isAnswered: wans.some(({ inbound }) => inbound && inbound.mask !== 0 && !inbound.unanswered),
    isLed: wans.some(({ inbound }) => inbound?.led !== undefined && !inbound.steered),
    isSteered: wans.some(({ inbound }) => inbound?.steered),
  };
}

function refusalWords(purposes: Purposes, reason: string): Problem {
  const { option, loss, modules, packages } = withoutMarks(purposes);
  const cure = `the kernel must have ${modules}; on OpenWrt: ${packages}`;
  return { text: `${option}: nft takes no marks: ${reason}; ${loss}`, remedy: [cure] };
}

/** Who needs marks, and for what. */
function withoutMarks({ isAnswered, isLed, isSteered }: Purposes) {
  const losses = [
    ...(isAnswered ? ['port forwards are answered by the best WAN'] : []),
    ...(isLed ? ['all flows are shared by quality'] : []),
    ...(isSteered ? ['no flow is steered'] : []),
  ];
  const needsFib = isLed || isSteered;
  return {
    option: isAnswered ? 'option inbound' : isLed ? "option balance 'adaptive'" : 'config steering',
    loss: `without marks, ${losses.join(', and ')}`,
    modules: `nft_ct and CONFIG_NF_CONNTRACK_MARK${needsFib ? ', and nft_fib_inet' : ''}`,
    packages: `kmod-nft-core${needsFib ? ' kmod-nft-fib' : ''}`,
  };
}

/** A rule that compares the whole mark is for one value. */
function usesBits({ mark = 0, mask = 0 }: Rule, ours: number): boolean {
  return ((mask === ALL_BITS ? mark : mask) & ours) !== 0;
}
