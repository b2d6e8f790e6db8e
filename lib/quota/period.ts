import type { Quota } from '../model.js';

/** Days that a rolling period may have; so many are remembered. */
export const MOST_DAYS = 92;

/** A day as people call it: `2026-11-27`. @param day days since 1970-01-01 */
export function dayName(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** ms */
const DAY = 86_400_000;

/** Days since 1970-01-01, of a date of the router's own place. */
export function dayOf({ year, month, day }: { year: number; month: number; day: number }): number {
  return Math.floor(Date.UTC(year, month - 1, day) / DAY);
}

/** The day with which the period began that this one is in, and the one with which the next begins; a rolling one has no next. */
export function periodOf(quota: Quota, today: number): { since: number; until?: number } {
  if ('days' in quota) return { since: today - quota.days + 1 };
  const date = new Date(today * DAY);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const here = beginIn(year, month, quota.day);
  return here <= today
    ? { since: here, until: beginIn(year, month + 1, quota.day) }
    : { since: beginIn(year, month - 1, quota.day), until: here };
}

/** A month that is too short begins it with its last day. @param month from 0; -1 and 12 are of the years beside */
function beginIn(year: number, month: number, day: number): number {
  const first = Date.UTC(year, month, 1) / DAY;
  const next = Date.UTC(year, month + 1, 1) / DAY;
  return Math.min(first + day, next) - 1;
}
