import type { LocalTime } from './log-file.js';

/** What the clock of the router's own place shows at a time, s since the epoch. */
export type Clock = (seconds: number) => LocalTime;

const two = (number: number) => String(number).padStart(2, '0');

/** `2026-11-26 14:39:15` */
export function dateTime({ year, month, day, hour, minute, second }: LocalTime): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

/** As much of a time as is of use at the edge of a chart. @param span s that it shows */
export function timeLabel(time: LocalTime, span: number): string {
  const text = dateTime(time);
  if (span <= 600) return text.slice(11);
  if (span <= 86_400) return text.slice(11, 16);
  return span <= 60 * 86_400 ? text.slice(5, 16) : text.slice(0, 10);
}
