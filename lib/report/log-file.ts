import type { LogLine } from './log.js';
import { safe } from './words.js';

/** The time on the clock of the router's own place. */
export interface LocalTime {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** A line of IPFire's /var/log/mwan.log, with its end: `[2026-11-26 14:39:15] MWAN: backup1 (red1) up`. */
export function datedLine({ text }: Pick<LogLine, 'text'>, time: LocalTime): string {
  const { year, month, day, hour, minute, second } = time;
  const two = (number: number) => String(number).padStart(2, '0');
  const [date, clock] = [
    [String(year).padStart(4, '0'), two(month), two(day)],
    [two(hour), two(minute), two(second)],
  ];
  return `[${date.join('-')} ${clock.join(':')}] MWAN: ${safe(text, 400)}\n`;
}
