import { RATE } from '../../config/balance.js';
import { NUMBERS } from '../../config/plain.js';
import { LIMITS } from '../../config/quality.js';
import { isDeviceName } from '../../config/values.js';
import { asText, type Json } from '../../json.js';
import type { Entry, Say } from '../draft.js';
import { legal, positive, shown, toMilliseconds } from './values.js';

/** Share of a limit at which a WAN is good again: MultiWANBond has one limit for both. */
const RECOVERY = 0.8;
const LIMIT_NAMES = { max_latency: 'latency', max_jitter: 'jitter' } as const;
/** Keys that are read here or by whoever calls, or that only name a WAN. */
const KNOWN = [
  ...['id', 'name', 'type', 'interface', 'local_addr', 'remote_addr', 'enabled', 'weight'],
  ...['max_bandwidth', 'max_packet_loss', 'failure_threshold', 'health_check_interval'],
  ...Object.keys(LIMIT_NAMES),
];

/** A WAN of MultiWANBond, as it is in the file. */
export interface Found {
  /** For notes. */
  name: string;
  keys: Record<string, Json>;
  /** Absent: nobody knows it; `why` says so. */
  device?: string;
  why?: string;
}

/**
 * @param position among the WANs of the file, from 1
 * @param devices the machine's devices, by their IPv4 addresses
 */
export function findWan(keys: Record<string, Json>, position: number, devices: ReadonlyMap<string, string>): Found {
  const name = asText(keys.name) || `WAN ${position}`;
  const device = asText(keys.interface);
  if (device !== undefined) {
    const why = 'not the name of a network device; set option device, and enabled';
    return isDeviceName(device) ? { name, keys, device } : { name, keys, why };
  }
  const holder = devices.get(asText(keys.local_addr) ?? '');
  if (holder !== undefined && holder !== 'lo' && isDeviceName(holder)) return { name, keys, device: holder };
  const why = 'no device of this machine has this address; set option device, and enabled';
  return { name, keys, why };
}

/** What is said of the WAN itself, but for its place among the others. */
export function readWan({ name, keys, device }: Found, say: Say): Entry[] {
  const note = (key: string) => (text: string) => say(name, shown(key, keys[key]), text);
  if (keys.interface === undefined && device !== undefined)
    note('local_addr')(`option device '${device}', which has this address now`);
  if (asText(keys.remote_addr)) say(name, 'remote_addr', 'no counterpart: there is no other end here');
  for (const key of Object.keys(keys)) {
    if (!KNOWN.includes(key)) say(name, key, 'not a key that is known of MultiWANBond; left out');
  }
  const threshold = positive('failure_threshold', keys.failure_threshold, name, say);
  const bytes = positive('max_bandwidth', keys.max_bandwidth, name, say);
  const rate = bytes === undefined ? undefined : Math.round((8 * bytes) / 1000);
  return [
    ...(rate === undefined
      ? []
      : [entry('bandwidth_down', legal(rate, { ...RATE, fallback: 1 }, 'bandwidth_down', note('max_bandwidth')))]),
    ...(threshold === undefined
      ? []
      : [
          entry(
            'failure_threshold',
            legal(threshold, NUMBERS.failure_threshold, 'failure_threshold', note('failure_threshold')),
          ),
        ]),
    ...readLimits(name, keys, say),
  ];
}

function entry(name: string, value: number): Entry {
  return [name, value];
}

function readLimits(name: string, keys: Record<string, Json>, say: Say): Entry[] {
  const limits = Object.entries(LIMIT_NAMES).flatMap(([key, what]): Entry[] => {
    const value = keys[key];
    const number = readDuration(key, value, name, say);
    if (!number) return [];
    const [high, low] = [`failure_${what}`, `recovery_${what}`] as const;
    const failure = legal(number, { ...LIMITS[high], fallback: 1 }, high, (text) => say(name, shown(key, value), text));
    const recovery = Math.max(1, Math.floor(failure * RECOVERY));
    say(name, key, `${high} here; ${low} is ${RECOVERY * 100} % of it, as the file has one limit for both`);
    return [entry(high, failure), entry(low, recovery)];
  });
  // Its samples have 1 to 5 %: a lost packet of a few would be too much.
  if (positive('max_packet_loss', keys.max_packet_loss, name, say) !== undefined)
    say(
      name,
      shown('max_packet_loss', keys.max_packet_loss),
      'left out: MultiWANBond never judges it; see failure_loss',
    );
  return limits.length > 0 ? [['check_quality', 1], ...limits] : [];
}

function readDuration(key: string, value: Json, name: string, say: Say): number | undefined {
  const duration = toMilliseconds(value);
  if (duration === undefined && value !== undefined && value !== null && value !== '')
    say(name, shown(key, value), 'not a duration, as "50ms"; left out');
  return duration;
}
