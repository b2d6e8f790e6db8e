import type { LocalTime } from '../report/log-file.js';

/** What the clock of the router's own place shows at a time. @param seconds since the epoch */
export function localTimeAt(seconds: number): LocalTime {
  const date = new Date(seconds * 1000);
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}

/** The same for now. */
export function localTime(): LocalTime {
  return localTimeAt(Date.now() / 1000);
}

/** s since the epoch when that clock shows this. */
export function secondsAt({ year, month, day, hour, minute, second }: LocalTime): number {
  return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
}
