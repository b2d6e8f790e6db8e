import { dateOf, isoTime, secondsOf } from '../history/span.js';
import type { Quota } from '../model.js';

/** Days that a rolling period may have; so many are remembered. */
export const MOST_DAYS = 92;

/** A day as people call it: `2026-11-27`. @param day days since 1970-01-01 */
export function dayName(day: number): string {
  return isoTime(day * DAY).slice(0, 10);
}

/** s */
const DAY = 86_400;

/** Days since 1970-01-01, of a date of the router's own place. */
export function dayOf({ year, month, day }: { year: number; month: number; day: number }): number {
  return secondsOf({ year, month, day, hour: 0, minute: 0, second: 0 }) / DAY;
}

/** The day with which the period began that this one is in, and the one with which the next begins; a rolling one has no next. */
export function periodOf(quota: Quota, today: number): { since: number; until?: number } {
  if ('days' in quota) return { since: today - quota.days + 1 };
  const { year, month } = dateOf(today);
  const here = beginIn(year, month, quota.day);
  return here <= today
    ? { since: here, until: beginIn(year, month + 1, quota.day) }
    : { since: beginIn(year, month - 1, quota.day), until: here };
}

/** A month that is too short begins it with its last day. @param month 0 and 13 are of the years beside */
function beginIn(year: number, month: number, day: number): number {
  const first = firstOf(year, month);
  return Math.min(first + day, firstOf(year, month + 1)) - 1;
}

function firstOf(year: number, month: number): number {
  const whole = year * 12 + month - 1;
  return dayOf({ year: Math.floor(whole / 12), month: (whole % 12) + 1, day: 1 });
}
