import type { Rule } from '../../model.js';
import { PROTOCOL } from '../tables/thing.js';

/** Priorities of a rule to table main, for all but its defaults, and of the one to a line's own table. */
export type Places = [main: number, own: number];

/** Before those of mwan3 (1001 and up), of Tailscale (5210), of pbr (30000) and of VPNs (32765 and down). */
const PRIORITY = 770;
/** Of the rule to table main, as the kernel makes it. */
const MAIN = 32_766;

/** Of rules for answers, before all others: one that is made without a priority comes before the first that there is. */
export function placesOfAnswers(rules: Rule[] = []): Places {
  const others = rules.filter((rule) => isForeign(rule) && rule.priority > 0);
  const first = Math.max(1, Math.min(PRIORITY, ...others.map(({ priority }) => priority - 2)));
  return [first, first + 1];
}

/**
 * Of rules for flows that are led: directly before table main, so that every rule of somebody else is asked before, whatever packets it
 * is for.
 *
 * @param suppress length of the longest prefix of table main that must not count
 * @param rules in their order: those of one priority are asked in the order in which they came
 * @returns undefined where ours stand before another one of the same priority, or the wrong way round: they must go, and come anew
 */
export function placesOfFlows(suppress: number, rules: Rule[] = []): Places | undefined {
  const end = rules.findIndex(
    (rule) => isForeign(rule) && rule.main && !rule.conditional && rule.suppress === undefined,
  );
  const before = end < 0 ? rules : rules.slice(0, end);
  const own = (rules[end]?.priority ?? MAIN) - 1;
  const main = before.some((rule) => isForeign(rule) && rule.priority === own) ? own : own - 1;
  const last = before.map(isForeign).lastIndexOf(true);
  const early = before.filter((rule, i) => !isForeign(rule) && [main, own].includes(rule.priority) && i < last);
  return main < 1 || early.length > 0 || (main === own && isReversed(before, own, suppress)) ? undefined : [main, own];
}

/** Is some table asked before table main, for the same mark, or will be? */
function isReversed(rules: Rule[], place: number, suppress: number): boolean {
  const ours = rules.filter((rule) => !isForeign(rule) && rule.priority === place);
  const isBefore = (rule: Rule, mark: number | undefined) =>
    rule.main && rule.mark === mark && rule.suppress === suppress;
  return ours.some(({ main, mark }, i) => !main && !ours.slice(0, i).some((rule) => isBefore(rule, mark)));
}

function isForeign({ protocol }: Rule): boolean {
  return protocol !== PROTOCOL;
}
