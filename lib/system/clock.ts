import { readFileSync } from 'node:fs';
import type { Now } from '../model.js';

/**
 * The time by both clocks. Uptime from /proc/uptime (proc(5): s with two decimals), because a router without a battery
 * sees its wall clock jump by decades.
 */
export function readClock(): Now {
  return {
    wall: Date.now() / 1000,
    uptime: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]),
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  };
}
