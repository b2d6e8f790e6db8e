import { NUMBERS, SETTINGS } from '../../config/plain.js';
import { isTarget } from '../../config/values.js';
import { asList, asRecord, asText, type Json } from '../../json.js';
import { type Entry, MAX_TARGETS, type Say, TARGETS } from '../draft.js';
import { legal, positive, shown, toMilliseconds } from './values.js';
import type { Found } from './wan.js';

const READERS = { ...NUMBERS, check_interval: SETTINGS.check_interval };

/** What the file of its setup says of checks, for all WANs. */
export function readHealth(file: Record<string, Json>, say: Say): { wan: Entry[]; settings: Entry[] } {
  const health = asRecord(file.health) ?? {};
  const note = (key: string) => (text: string) => say(undefined, shown(`health.${key}`, health[key]), text);
  const read = (key: string) => positive(`health.${key}`, health[key], undefined, say);
  const hosts = (asList(health.check_hosts) ?? []).map((host) => asText(host) ?? '');
  const targets = [...new Set(hosts.filter(isTarget))].slice(0, MAX_TARGETS);
  for (const host of hosts.filter((one) => !isTarget(one))) {
    say(undefined, shown('health.check_hosts', host), 'not the IPv4 address of a host; left out');
  }
  if (hosts.length > MAX_TARGETS)
    say(undefined, 'health.check_hosts', `more than ${MAX_TARGETS}; the rest is left out`);
  if (targets.length === 0)
    say(undefined, 'targets', `none is in the file; ${TARGETS.join(' and ')} are asked; put in others if you like`);
  const entry = (
    ours: 'ping_timeout' | 'failure_threshold' | 'check_interval',
    value: number | undefined,
    key: string,
  ) => (value === undefined ? [] : [[ours, legal(value, READERS[ours], ours, note(key))] satisfies Entry]);
  const [timeout, retries, interval] = [read('timeout_ms'), read('retry_count'), read('check_interval_ms')];
  return {
    wan: [
      ['ping_target', targets.length > 0 ? targets : TARGETS],
      ...entry('ping_timeout', timeout && timeout / 1000, 'timeout_ms'),
      ...entry('failure_threshold', retries, 'retry_count'),
    ],
    settings: entry('check_interval', interval && interval / 1000, 'check_interval_ms'),
  };
}

/** One interval for all: the shortest of those that are used. */
export function readInterval(found: Found[], say: Say): Entry[] {
  const given = found.flatMap(({ name, keys }) => {
    const value = toMilliseconds(keys.health_check_interval);
    if (value === undefined && keys.health_check_interval !== undefined && keys.health_check_interval !== '')
      say(name, shown('health_check_interval', keys.health_check_interval), 'not a duration, as "5s"; left out');
    return value && keys.enabled === true ? [{ name, value, keys }] : [];
  });
  if (given.length === 0) return [];
  const shortest = Math.min(...given.map(({ value }) => value));
  const { check_interval } = SETTINGS;
  const taken = legal(shortest / 1000, check_interval, 'check_interval', () => {});
  for (const { name, value, keys } of given) {
    if (value === taken * 1000) continue;
    const text = `check_interval is one for all WANs, at least 2 s: ${taken}`;
    say(name, shown('health_check_interval', keys.health_check_interval), text);
  }
  return [['check_interval', taken]];
}

/** All options of both; where both have one, the second counts. */
export function merge(first: Entry[], second: Entry[]): Entry[] {
  return [...first.filter(([name]) => !second.some(([other]) => other === name)), ...second];
}
