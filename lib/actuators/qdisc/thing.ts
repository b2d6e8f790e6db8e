import type { Qdisc, Queues } from '../../model.js';

/** What queues what passes a line. */
export type Thing =
  /** A device of ours, for what comes by another one. */
  | { kind: 'ifb'; device: string }
  /** CAKE of ours at the root of a device. `rate`: kbit/s; absent: no limit. `keeps`: it has that already. */
  | { kind: 'cake'; device: string; words: string[]; rate?: number; keeps?: boolean }
  /** The rate of somebody else's CAKE. `former`: what it was before ours; `unlimited`: there was no limit. */
  | { kind: 'rate'; device: string; qdisc: Pick<Qdisc, 'kind' | 'handle'>; rate?: number; former: number | 'unlimited' }
  /** Where filters for what comes by a device can be. */
  | { kind: 'ingress'; device: string }
  /** What comes by a device is led to another one first. */
  | { kind: 'redirect'; device: string; to: string; preference: number };

/** What tells our CAKE. Who names no handle is given one from 8001: up. */
export const HANDLE = '7700:';
/** Of our filter: where the qdisc that it is in is ours, and where it is somebody else's. */
export const PREFERENCE = 7700;
export const GUEST = 7701;
/** The handle of what nobody has made but the kernel. */
export const KERNEL = '0:';

/** By what we remember that filters of a device are in a place of ours: no device has such a name. */
export function placeOf(device: string): string {
  return `${device}/ingress`;
}

/** Do we know what this CAKE was like before us? */
export function formerOf({ former }: Queues, { device, handle }: Qdisc): number | 'unlimited' | undefined {
  const known = Object.hasOwn(former, device) ? former[device] : undefined;
  return known && known.handle === handle ? (known.rate ?? 'unlimited') : undefined;
}
