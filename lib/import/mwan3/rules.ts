import type { UciSection } from '../../config/uci.js';
import type { Say } from '../draft.js';
import { isOn, listOf, sayOf, textOf, titleOf } from './section.js';

/** What a rule asks of a packet, and the words that ask nothing. */
const CONDITIONS: Record<string, string[]> = {
  src_ip: ['0.0.0.0/0'],
  src_port: [],
  src_iface: [],
  dest_ip: ['0.0.0.0/0'],
  dest_port: [],
  proto: ['all'],
  ipset: [],
};

/** What mwan3's rules say of all traffic. */
export interface Course {
  /** The rule that all traffic goes by that no other one takes. Absent: there is no rule. */
  rule?: UciSection;
  /** Rules that lead the same way and have clients stay with their WAN. */
  sticky: UciSection[];
}

/** Finds the rule for all traffic, and notes what the others say. */
export function readRules(sections: UciSection[], say: Say): Course {
  const all = sections.filter(({ type }) => type === 'rule');
  for (const rule of all.filter(isIPv6)) say(rule.line, titleOf(rule), 'IPv6; left out');
  const known = all.filter((rule) => !isIPv6(rule));
  const active = known.filter((rule) => isOn(rule, 'enabled', true));
  const rules = active.length > 0 ? active : known;
  const everything = rules.find((rule) => conditionsOf(rule).length === 0);
  const rule = everything ?? rules.at(-1);
  if (!rule) {
    say(undefined, 'rules', 'there is none for IPv4');
    return { sticky: [] };
  }
  if (!everything) {
    const text = `no rule is for all traffic; the last one is taken for it, without its ${conditionsOf(rule).join(', ')}`;
    say(rule.line, titleOf(rule), text);
  }
  const policy = textOf(rule, 'use_policy');
  for (const other of rules) {
    if (isOn(other, 'logging', false)) sayOf(say, other.options.get('logging'), 'no counterpart: no packet is logged');
    if (textOf(other, 'use_policy') !== policy) sayLost(other, say);
  }
  const sticky = rules.filter((one) => textOf(one, 'use_policy') === policy && isOn(one, 'sticky', false));
  return { rule, sticky };
}

function isIPv6(rule: UciSection): boolean {
  return textOf(rule, 'family') === 'ipv6' || ['src_ip', 'dest_ip'].some((name) => textOf(rule, name)?.includes(':'));
}

/** The names of the options that keep some packets from it. */
function conditionsOf(rule: UciSection): string[] {
  return Object.entries(CONDITIONS).flatMap(([name, any]) =>
    listOf(rule, name).some(({ value }) => !any.includes(value)) ? name : [],
  );
}

function sayLost(rule: UciSection, say: Say): void {
  const conditions = conditionsOf(rule);
  const by = conditions.length > 0 ? `by ${conditions.join(', ')} ` : '';
  const policy = textOf(rule, 'use_policy') ?? '';
  say(rule.line, titleOf(rule), `${by}to policy '${policy}': no counterpart, this traffic goes the way of all other`);
}

/** What sticky is where WANs share. */
export function saySticky(rules: UciSection[], say: Say): void {
  for (const rule of rules) {
    const text = 'for all traffic here, and by the addresses of both ends, not by that of the client alone';
    sayOf(say, rule.options.get('sticky'), text);
    sayOf(say, rule.options.get('timeout'), 'no counterpart: a flow stays until it ends');
  }
}
