import { NUMBERS } from '../../config/plain.js';
import type { UciSection } from '../../config/uci.js';
import { isTarget } from '../../config/values.js';
import type { Method } from '../../method.js';
import { type Entry, MAX_TARGETS, type Say, TARGETS } from '../draft.js';
import { isOn, listOf, numberEntry, sayOf, textOf, titleOf } from './section.js';

/** What is ours, by mwan3's words. */
const COUNTERPARTS: Record<string, Method> = {
  ping: 'ping',
  'nping-icmp': 'ping',
  httping: 'http',
  nslookup: 'dns',
  'nping-tcp': 'tcp',
  arping: 'arping',
  'nping-arp': 'arping',
};

/** Whom a WAN asks, and how. */
export function readTracking(section: UciSection, say: Say): Entry[] {
  const found = readTargets(section, say);
  const targets = found.length > 0 ? found : TARGETS;
  const method = readMethod(section, say);
  if (found.length === 0) sayMissing(section, method, say);
  const asked = method === 'ping' || found.length === 0 ? [] : [['track_method', method] satisfies Entry];
  return [['ping_target', targets], ...asked, ...readReliability(section, targets.length, say)];
}

function readReliability(section: UciSection, most: number, say: Say): Entry[] {
  const [entry] = numberEntry(section, 'reliability', 'reliability', NUMBERS.reliability, say);
  if (!entry || Number(entry[1]) <= most) return entry ? [entry] : [];
  sayOf(say, section.options.get('reliability'), `more than there are targets here; ${most} is taken`);
  return [['reliability', most]];
}

function readTargets(section: UciSection, say: Say): string[] {
  const targets = new Set<string>();
  for (const { value, line } of listOf(section, 'track_ip')) {
    const no = (text: string) => say(line, `list track_ip '${value}'`, text);
    if (!isTarget(value)) no('not the IPv4 address of a host: no name is looked up for a probe; left out');
    else if (targets.has(value)) no('named twice; used once');
    else if (targets.size === MAX_TARGETS) no(`more than ${MAX_TARGETS} targets; left out`);
    else targets.add(value);
  }
  return [...targets];
}

function sayMissing(section: UciSection, method: string, say: Say): void {
  const why = section.options.has('track_ip')
    ? 'none of its targets is of use here'
    : 'without track_ip, mwan3 takes it for online always';
  const how = method === 'ping' ? '' : ', by ping';
  say(
    section.line,
    titleOf(section),
    `${why}; here ${TARGETS.join(' and ')} are asked${how}; put in others if you like`,
  );
}

function readMethod(section: UciSection, say: Say): string {
  const option = section.options.get('track_method');
  const word = textOf(section, 'track_method') ?? 'ping';
  const known = Object.hasOwn(COUNTERPARTS, word) ? COUNTERPARTS[word] : undefined;
  const method = known === 'http' && isOn(section, 'httping_ssl', false) ? 'https' : known;
  if (method !== undefined) {
    if (method !== word) sayOf(say, option, `track_method '${method}' here`);
    return method;
  }
  sayOf(say, option, 'no counterpart: its targets are pinged');
  return 'ping';
}
