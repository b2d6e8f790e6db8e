import type { Engine } from '../engine/engine.js';
import type { Now } from '../model.js';

/** ms since the epoch, by a clock that may be set at any time. */
export function wallClock(): number {
  return Date.now();
}

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
    wall: wallClock() / 1000,
    uptime: Number(read('/proc/uptime').split(' ')[0]),
    bootId: read('/proc/sys/kernel/random/boot_id').trim(),
  };
}
