import { isWithin, parsePrefix, prefixText } from '../../address6.js';
import type { Nexthop, Prefix, Route } from '../../model.js';
import { isOurs } from '../routes/route.js';
import { halvesOf } from './halves.js';
import { isDefault, lengthOf } from './route.js';

/**
 * By what a packet to the Internet leaves: of the routes that stand for all of it, those with the longest destination, of these those for
 * the longest source, and of these the ones with the lowest metric, as the kernel has it (fib6_table_lookup in net/ipv6/ip6_fib.c).
 *
 * @param source the prefix that it comes from. Absent: one that has no routes for itself
 * @returns nothing where it leads nowhere
 */
export function leadsTo(routes: Route[], source?: Prefix): Nexthop[] {
  const fitting = routes
    .filter((route) => isDefault(route) && isFor(route, source))
    .sort((a, b) => lengthOf(b) - lengthOf(a) || sourceLength(b) - sourceLength(a) || a.metric - b.metric);
  return fitting[0]?.nexthops ?? [];
}

function isFor(route: Route, source: Prefix | undefined): boolean {
  const { from } = route;
  // Ours come in pairs.
  if (from === undefined || (isOurs(route) && halvesOf(source && prefixText(source)).includes(from))) return true;
  const prefix = parsePrefix(from);
  return source !== undefined && prefix !== undefined && isWithin(source.address, prefix, source.length);
}

function sourceLength({ from }: Route): number {
  return from === undefined ? -1 : (parsePrefix(from)?.length ?? -1);
}
