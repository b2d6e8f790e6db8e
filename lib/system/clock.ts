import type { Engine } from '../engine/engine.js';
import type { Now } from '../model.js';

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
