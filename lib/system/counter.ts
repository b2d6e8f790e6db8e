import type { Engine } from '../engine/engine.js';

/** Bytes, and when they were read. */
interface Count {
  at: number;
  bytes: number;
}

/**
 * How one reads the bytes that a device has sent. What comes by a line and is queued on an ifb, or on the device of a LAN, is sent
 * by that, too.
 *
 * @returns given the time, what is read; undefined where there is no such device (any more)
 */
export function counter({ files }: Engine, device: string): (now: number) => Count | undefined {
  const path = `/sys/class/net/${device}/statistics/tx_bytes`;
  return (now) => {
    try {
      const file = files.open(path, true);
      try {
        const text = files.readText(file);
        return /^\d{1,15}\n?$/.test(text) ? { at: now, bytes: Number(text) } : undefined;
      } finally {
        files.close(file);
      }
    } catch {
      return undefined;
    }
  };
}
