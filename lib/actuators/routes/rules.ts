import type { Rule } from '../../model.js';
import { PROTOCOL } from './route.js';

/** Others' rules that are looked at before the one by which every route of table main counts for every packet; all, if there is none. */
export function rulesBeforeMain(all: Rule[]): Rule[] {
  const rules = all.filter(({ protocol }) => protocol !== PROTOCOL);
  const main = rules.findIndex((rule) => rule.main && !rule.conditional && rule.suppress === undefined);
  return main < 0 ? rules : rules.slice(0, main);
}

/**
 * Rules that let only the longer routes of table main count, because what comes after them is to carry the rest: so VPNs and
 * policies leave the routes to the LAN in force. None of ours may be longer than what they keep out.
 */
export function suppressors(rules: Rule[]): Rule[] {
  const before = rulesBeforeMain(rules);
  const last = before.map(({ main }) => main).lastIndexOf(false);
  return before.slice(0, Math.max(0, last)).filter(({ main, suppress }) => main && suppress !== undefined);
}

/** The longest prefix that a route of ours may have by the rules. */
export function longestPrefix(rules: Rule[] = []): number {
  return Math.min(32, ...suppressors(rules).map(({ suppress = 32 }) => suppress));
}
