import { parsePrefix } from '../../address6.js';
import type { Route } from '../../model.js';
import { DEFAULT, isOurs } from '../routes/route.js';

/** Two halves that together cover every destination, as VPNs have them, and as ours once were. */
const HALVES = ['::/1', '8000::/1'];
/**
 * Routes by which a WAN that carries nothing can be probed: behind every default of the system, and before the one that the kernel has
 * for `unreachable` (4294967295).
 */
export const PROBE_METRIC = 4_000_000_001;

export function isDefault({ destination }: Route): boolean {
  return destination === DEFAULT || HALVES.includes(destination);
}

/** One of ours that carries traffic, unlike a probe route. */
export function isSteering(route: Route): boolean {
  return isOurs(route) && isDefault(route) && route.metric < PROBE_METRIC;
}

/** What makes it the same entry of the table. */
export function routeKey({ destination, from = '', metric }: Route): string {
  return `${destination} ${from} ${metric}`;
}

/** Bits of its destination. */
export function lengthOf({ destination }: Route): number {
  return destination === DEFAULT ? 0 : (parsePrefix(destination)?.length ?? 128);
}

/** Is it a route of IPv6? Of whatever is steered, too. */
export function isRoute6(thing: unknown): thing is Route {
  return typeof thing === 'object' && thing !== null && 'family' in thing;
}
