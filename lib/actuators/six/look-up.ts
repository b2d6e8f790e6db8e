import { halvesOf, isWithin, parsePrefix, prefixText } from '../../address6.js';
import type { Nexthop, Prefix, Route } from '../../model.js';
import { isOurs } from '../routes/route.js';
import { isDefault, lengthOf } from './route.js';

/**
 * By what a packet to the Internet leaves: of the routes that stand for all of it, those with the longest destination, of these those for
 * the longest source, and of these the ones with the lowest metric, as the kernel has it (fib6_table_lookup in net/ipv6/ip6_fib.c).
 *
 * @param source the prefix that it comes from. Absent: one that has no routes for itself
 * @returns nothing where it leads nowhere
 */
export function leadsTo(routes: Route[], source?: Prefix): Nexthop[] {
  const defaults = routes.filter(isDefault);
  const halves = halvesOf(source ? prefixText(source) : '::/0');
  const inHalves = defaults.filter((route) => isOurs(route) && halves.includes(`${route.from}`));
  // One alone may be the prefix of another line.
  const isWhole = halves.every((half) => inHalves.some(({ from }) => from === half));
  const fitting = defaults
    .filter((route) => isFor(route, source) || (isWhole && inHalves.includes(route)))
    .sort((a, b) => lengthOf(b) - lengthOf(a) || sourceLength(b) - sourceLength(a) || a.metric - b.metric);
  return fitting[0]?.nexthops ?? [];
}

function isFor({ from }: Route, source: Prefix | undefined): boolean {
  if (from === undefined) return true;
  const prefix = parsePrefix(from);
  return source !== undefined && prefix !== undefined && isWithin(source.address, prefix, source.length);
}

function sourceLength({ from }: Route): number {
  return from === undefined ? -1 : (parsePrefix(from)?.length ?? -1);
}
