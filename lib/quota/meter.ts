import type { Quota } from '../model.js';
import { MOST_DAYS, periodOf } from './period.js';

/** What a WAN has carried. */
export interface Meter {
  wan: string;
  quota: Quota;
  /** Bytes by day, in days since 1970-01-01, the oldest first. */
  days: [day: number, bytes: number][];
  /** The counters of its device as they were seen last. Absent: they never were. */
  last?: Counters;
  /** Bytes that are not in the file that outlives a restart. */
  unkept: number;
}

/** Bytes that a device has counted, and when that was: s since boot. */
export interface Counters {
  device: string;
  rx: number;
  tx: number;
  bootId: string;
  uptime: number;
}

/** Bytes in a second that no line with a quota carries, 10 Gbit/s: such a jump is no traffic. */
const MOST_PER_SECOND = 1.25e9;
/** s since boot after which the clock on the wall is believed, whatever it says. */
const BELIEVED = 3600;

/**
 * Which day it is. A router without a battery begins with a clock that is behind: until it has had time to be set, it is no earlier
 * than what was counted last.
 *
 * @param clock the day by the clock on the wall
 */
export function today(meters: Meter[], clock: number, uptime: number): number {
  if (uptime >= BELIEVED) return clock;
  return Math.max(clock, ...meters.map(({ days }) => days.at(-1)?.[0] ?? 0));
}

/** The meter with what its device has carried since. Where counters wrapped, jumped or began anew, that is not known: nothing. */
export function count(meter: Meter, now: Counters, day: number): Meter {
  // A device that is away has no counters; they may go on when it is back.
  if (now.rx === 0 && now.tx === 0) return meter;
  const bytes = carried(meter.last, now);
  return { ...meter, last: now, days: added(meter.days, day, bytes), unkept: meter.unkept + bytes };
}

function carried(last: Counters | undefined, now: Counters): number {
  if (!last || last.device !== now.device || last.bootId !== now.bootId || last.uptime > now.uptime) return 0;
  const most = MOST_PER_SECOND * (now.uptime - last.uptime + 1);
  const both = [now.rx - last.rx, now.tx - last.tx];
  return both.every((bytes) => bytes >= 0 && bytes <= most) ? both.reduce((sum, bytes) => sum + bytes, 0) : 0;
}

/** Days that are still to come were counted by a wrong clock, and belong to this one at the latest. */
function added(days: Meter['days'], day: number, bytes: number): Meter['days'] {
  const before = days.filter(([one]) => one < day);
  const sum = days.reduce((all, [one, of]) => (one < day ? all : all + of), bytes);
  return [...before, ...(sum > 0 ? [[day, sum] as [number, number]] : [])].slice(-MOST_DAYS - 1);
}

/** The days of both. */
export function joined(meter: Meter, other: Meter['days']): Meter {
  const all = new Map(meter.days);
  for (const [day, bytes] of other) all.set(day, (all.get(day) ?? 0) + bytes);
  return { ...meter, days: [...all].sort(([a], [b]) => a - b).slice(-MOST_DAYS - 1) };
}

/** How much of a quota was used. */
export interface Use {
  wan: string;
  /** Bytes. */
  used: number;
  quota: number;
  /** Days since 1970-01-01: the first one that counts, and the one with which it begins anew. Absent: it is a rolling one. */
  since: number;
  until?: number;
}

/** @param day the one that it is */
export function useOf({ wan, quota, days }: Meter, day: number): Use {
  const period = periodOf(quota, day);
  const used = days.reduce((sum, [one, bytes]) => (one >= period.since ? sum + bytes : sum), 0);
  return { wan, used, quota: quota.bytes, ...period };
}
