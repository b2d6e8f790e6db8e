import { NUMBERS } from '../../config/plain.js';
import type { UciSection } from '../../config/uci.js';
import type { Say } from '../draft.js';
import { listOf, sayOf, textOf } from './section.js';

/** What mwan3 takes where a member does not say it. */
const DEFAULT = 1;
const MAX_WEIGHT = 100;

/** How a WAN stands to the others: the lowest rank carries the traffic, from 1; weights count among WANs of one rank. */
export interface Standing {
  rank: number;
  weight: number;
}

/** What a member says of its interface. */
interface Member {
  metric: number;
  weight: number;
}

/**
 * How the policy of a rule orders the WANs; empty if it says nothing of them, which is noted.
 *
 * @param interfaces of mwan3, by their names: whether they are of IPv4
 */
export function readOrder(
  sections: UciSection[],
  rule: UciSection | undefined,
  interfaces: ReadonlyMap<string, boolean>,
  say: Say,
): Map<string, Standing> {
  const policies = sections.filter(({ type }) => type === 'policy');
  const used = rule && textOf(rule, 'use_policy');
  const policy = policies.find(({ name }) => name !== undefined && name === used);
  for (const other of policies) {
    if (other !== policy)
      say(other.line, 'config policy', 'no counterpart: only that of the rule for all traffic counts');
  }
  if (rule && !policy) sayOf(say, rule.options.get('use_policy'), 'no policy of this file; it orders no WANs');
  if (!policy) return new Map();
  sayOf(say, policy.options.get('last_resort'), 'no counterpart: if no WAN is up, what carried traffic last stays');
  return toStandings(readMembers(policy, sections, interfaces, say), say);
}

function readMembers(
  policy: UciSection,
  sections: UciSection[],
  interfaces: ReadonlyMap<string, boolean>,
  say: Say,
): Map<string, Member> {
  const known = new Map(sections.flatMap((section) => (section.type === 'member' ? [[section.name, section]] : [])));
  const found = new Map<string, Member>();
  for (const { value: name, line } of listOf(policy, 'use_member')) {
    const member = known.get(name);
    const target = member && (textOf(member, 'interface') ?? '');
    if (member === undefined || target === undefined)
      say(line, `list use_member '${name}'`, 'no such member; left out');
    else if (!interfaces.has(target))
      say(member.line, `config member '${name}'`, `no interface '${target}' in this file; left out`);
    else if (interfaces.get(target)) {
      const next = { metric: readNumber(member, 'metric', say), weight: readNumber(member, 'weight', say) };
      const before = found.get(target);
      found.set(target, before ? join(before, next) : next);
      if (before) say(line, `list use_member '${name}'`, `the second one of ${target}: ${joined(before, next)}`);
    }
  }
  return found;
}

/** mwan3 has both: with one metric the interface gets the shares of both. */
function join(a: Member, b: Member): Member {
  if (a.metric === b.metric) return { metric: a.metric, weight: a.weight + b.weight };
  return a.metric < b.metric ? a : b;
}

function joined(a: Member, b: Member): string {
  return a.metric === b.metric ? 'their weights are added' : 'the one with the lower metric counts';
}

function readNumber(member: UciSection, name: string, say: Say): number {
  const text = textOf(member, name);
  if (text === undefined) return DEFAULT;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  sayOf(say, member.options.get(name), `not a number from 1 to 9999; ${DEFAULT} is taken`);
  return DEFAULT;
}

function toStandings(members: Map<string, Member>, say: Say): Map<string, Standing> {
  if (members.size === 0) return new Map();
  const metrics = [...new Set([...members.values()].map(({ metric }) => metric))].sort((a, b) => a - b);
  const highest = Math.max(...[...members.values()].map(({ weight }) => weight));
  const scale = Math.min(1, MAX_WEIGHT / highest);
  if (scale < 1) say(undefined, 'weights', `weight takes ${NUMBERS.weight.legal}; all are made smaller in proportion`);
  return new Map(
    [...members].map(([name, { metric, weight }]) => [
      name,
      { rank: metrics.indexOf(metric) + 1, weight: Math.max(1, Math.round(weight * scale)) },
    ]),
  );
}
