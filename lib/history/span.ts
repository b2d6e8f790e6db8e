import type { LocalTime } from '../report/log-file.js';

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** s: two hundred years, which is all. */
const LONGEST = 200 * 365 * 86_400;

/** A moment as people write it. `zone`: min that its clock is ahead of UTC; absent: the clock of the router's own place. */
export interface Moment extends LocalTime {
  zone?: number;
}

/** s of a span as `30s`, `5m`, `1h`, `7d` or `2w`; undefined if it is none. */
export function parseSpan(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(number) * (UNITS[unit] ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds, LONGEST) : undefined;
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** A moment in ISO 8601, or as `2026-11-26 14:30`, or a day; undefined if it is none. */
export function parseMoment(text: string): Moment | undefined {
  const found = MOMENT.exec(text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part = '0') => Number(part));
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(found[7] ?? '') ?? [];
  const ahead = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  return { year, month, day, hour, minute, second, ...(found[7] === undefined ? {} : { zone: ahead }) };
}

/** s since the epoch, of a moment by the clock of UTC, or of its zone. */
export function secondsOf({ year, month, day, hour, minute, second, zone = 0 }: Moment): number {
  const days = daysBefore(year) + sum(Array.from({ length: month - 1 }, (_, i) => daysOf(year, i + 1))) + day - 1;
  return days * 86_400 + hour * 3600 + (minute - zone) * 60 + second;
}

/** The date of a day. @param days since 1970-01-01 */
export function dateOf(days: number): { year: number; month: number; day: number } {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year) > days) year--;
  while (daysBefore(year + 1) <= days) year++;
  let [month, day] = [1, days - daysBefore(year) + 1];
  while (day > daysOf(year, month)) day -= daysOf(year, month++);
  return { year, month, day };
}

/** ISO 8601, UTC. @param seconds since the epoch */
export function isoTime(seconds: number): string {
  const { year, month, day } = dateOf(Math.floor(seconds / 86_400));
  const rest = Math.floor(seconds) - Math.floor(seconds / 86_400) * 86_400;
  const [date, time] = [
    [year, month, day],
    [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60],
  ].map((parts) => parts.map((part) => String(part).padStart(2, '0')));
  return `${date?.join('-')}T${time?.join(':')}Z`;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1970 to the first of January. */
function daysBefore(year: number): number {
  const leaps = (until: number) => Math.floor(until / 4) - Math.floor(until / 100) + Math.floor(until / 400);
  return (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
