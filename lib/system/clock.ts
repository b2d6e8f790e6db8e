import type { Engine } from '../engine/engine.js';
import type { Now } from '../model.js';
import type { LocalTime } from '../report/log-file.js';

/**
 * The time by both clocks. Uptime from /proc/uptime (proc(5): s with two decimals), because a router without a battery
 * sees its wall clock jump by decades.
 */
export function readClock({ files }: Engine): Now {
  const read = (path: string) => {
    const file = files.open(path, true);
    const text = files.readText(file);
    files.close(file);
    return text;
  };
  return {
    wall: Date.now() / 1000,
    uptime: Number(read('/proc/uptime').split(' ')[0]),
    bootId: read('/proc/sys/kernel/random/boot_id').trim(),
  };
}

/** What the clock on the router's wall shows. */
export function localTime(): LocalTime {
  return toLocal(new Date());
}

/** What that clock shows at another time. @param seconds since the epoch */
export function localTimeAt(seconds: number): LocalTime {
  return toLocal(new Date(seconds * 1000));
}

/** s since the epoch when that clock shows this. */
export function secondsAt({ year, month, day, hour, minute, second }: LocalTime): number {
  return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000;
}

function toLocal(date: Date): LocalTime {
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}
