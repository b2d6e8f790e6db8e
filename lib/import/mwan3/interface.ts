import { NUMBERS } from '../../config/plain.js';
import { LIMITS } from '../../config/quality.js';
import type { UciSection } from '../../config/uci.js';
import type { Entry, Say } from '../draft.js';
import { isOn, numberEntry, sayOf, textOf } from './section.js';
import { readTracking } from './tracking.js';

/** Options whose names alone differ. */
const RENAMED = {
  count: 'ping_count',
  timeout: 'ping_timeout',
  down: 'failure_threshold',
  up: 'recovery_threshold',
} as const;

/** Options that are read elsewhere in this folder. */
const READ = [
  ...['enabled', 'family', 'interval', 'track_ip', 'track_method', 'httping_ssl', 'reliability', 'check_quality'],
  ...Object.keys(RENAMED),
  ...Object.keys(LIMITS),
];

/** What has no counterpart: the values that change nothing here, and what to say of any other. */
const LOST: Record<string, { idle: string[]; text: string }> = {
  initial_state: { idle: ['online'], text: 'no counterpart: after boot, a WAN counts by its first probe' },
  size: { idle: ['56'], text: 'no counterpart: pings have the usual size' },
  max_ttl: { idle: ['60'], text: 'no counterpart: pings live as long as any packet' },
  flush_conntrack: { idle: ['never'], text: 'no counterpart: connections follow the route by themselves' },
  failure_interval: { idle: [], text: 'no counterpart: who is silent is asked again at once, in the same round' },
  recovery_interval: { idle: [], text: 'no counterpart: rounds are a check_interval apart' },
  keep_failure_interval: { idle: ['0'], text: 'no counterpart: rounds are a check_interval apart' },
  online_metric: { idle: [], text: 'no counterpart: the router itself goes the same way as the LAN' },
};

/** What an interface of mwan3 says of its WAN, but for its place among the others. */
export function readInterface(section: UciSection, say: Say): Entry[] {
  for (const option of section.options.values()) {
    if (READ.includes(option.name)) continue;
    const lost = Object.hasOwn(LOST, option.name) ? LOST[option.name] : undefined;
    if (!lost) sayOf(say, option, 'not an option that is known of mwan3; left out');
    else if (!lost.idle.includes(option.values.join(' '))) sayOf(say, option, lost.text);
  }
  const renamed = Object.entries(RENAMED).flatMap(([theirs, ours]) =>
    numberEntry(section, theirs, ours, NUMBERS[ours], say),
  );
  return [...readTracking(section, say), ...renamed, ...readQuality(section, say)];
}

/** mwan3's names and defaults are ours. */
function readQuality(section: UciSection, say: Say): Entry[] {
  if (!isOn(section, 'check_quality', false)) return [];
  const pairs = (['latency', 'loss'] as const).flatMap((what): Entry[] => {
    const [high, low] = [`failure_${what}`, `recovery_${what}`] as const;
    const read = (name: typeof high | typeof low) => numberEntry(section, name, name, LIMITS[name], say);
    const [[failure], [recovery]] = [read(high), read(low)];
    const most = Number(failure?.[1] ?? LIMITS[high].fallback);
    if (Number(recovery?.[1] ?? LIMITS[low].fallback) <= most)
      return [...(failure ? [failure] : []), ...(recovery ? [recovery] : [])];
    const option = section.options.get(low) ?? section.options.get(high);
    sayOf(say, option, `what is good would be worse than what is bad; ${low} is ${most}`);
    return [...(failure ? [failure] : []), [low, most]];
  });
  return [['check_quality', 1], ...pairs];
}

/** mwan3 takes an interface for one of IPv4 unless it says otherwise. */
export function isIPv4(section: UciSection): boolean {
  return textOf(section, 'family') !== 'ipv6';
}
