import type { Route, Rule } from '../../lib/model.js';
import { bitsOf, covers } from './six/bits.js';

/** A packet whose way is looked up. */
export interface Packet {
  /** Absent: its source is chosen by the way. */
  from?: string;
  to: string;
  mark?: number;
  /** Device that its socket is bound to. */
  oif?: string;
}

/** A route of a table; of main if none is said. */
type Entry = Route & { table?: string };

const lengthOf = (prefix = 'default') => bitsOf(prefix).length;

/**
 * The route that a packet takes, with those of its ways that are alive, as the kernel looks for it by rules and tables in either
 * family. Held against a real kernel by test/lab/ways.test.ts.
 *
 * @param down devices whose ways are dead
 * @returns undefined if none lets it out
 */
export function wayOf(routes: Entry[], rules: Rule[], packet: Packet, down: string[] = []): Route | undefined {
  for (const rule of [...rules].sort((a, b) => a.priority - b.priority)) {
    if (!isFor(rule, packet)) continue;
    const table = routes.filter((route) => (route.table ?? '254') === rule.table);
    const found = wayIn(table, packet, down);
    if (!found || found.type === 'throw') continue;
    if (found.type !== 'unicast') return undefined;
    if (lengthOf(found.destination) > (rule.suppress ?? -1)) return found;
  }
  return undefined;
}

function isFor({ from, oif, mark = 0, mask = 0 }: Rule, packet: Packet): boolean {
  const isFrom = from === undefined || (packet.from !== undefined && covers(from, packet.from));
  return isFrom && (oif ?? packet.oif) === packet.oif && (((packet.mark ?? 0) ^ mark) & mask) === 0;
}

/** The same by one table. A route that leads nowhere on purpose is found, too. */
export function wayIn(routes: Route[], packet: Packet, down: string[] = []): Route | undefined {
  // Who has a source already is not held to the device (ip6_route_output_flags_noref of net/ipv6/route.c).
  const bound = packet.from === undefined ? packet.oif : undefined;
  const isOpen = ({ device = '' }) => !down.includes(device) && (bound ?? device) === device;
  return reach(routes, packet)
    .map((route) => ({ ...route, nexthops: route.nexthops.filter(isOpen) }))
    .find(({ nexthops, type }) => nexthops.length > 0 || (type !== 'unicast' && bound === undefined));
}

/**
 * The routes that stand for a packet, in the order in which they are tried: the longest destination first, of these the longest source,
 * then the lowest metric. Where there are routes for sources to a destination, and the packet has none of these, the kernel begins behind
 * all routes to that destination, those for any source too, unless that is everything (`fib6_node_lookup_1` of net/ipv6/ip6_fib.c).
 */
function reach(routes: Route[], { from = '::', to }: Packet): Route[] {
  const isOf = (route: Route) => covers(route.from ?? 'default', from);
  const near = routes.filter(({ destination }) => covers(destination, to));
  const own = near.filter(isOf);
  const isPassed = ({ destination }: Route) => {
    const hasSources = (route: Route) => route.destination === destination && route.from !== undefined;
    return lengthOf(destination) > 0 && near.some(hasSources) && !own.some(hasSources);
  };
  const longest = Math.max(...own.filter((route) => !isPassed(route)).map(({ destination }) => lengthOf(destination)));
  return own
    .filter(({ destination }) => lengthOf(destination) <= longest)
    .sort(
      (a, b) =>
        lengthOf(b.destination) - lengthOf(a.destination) || lengthOf(b.from) - lengthOf(a.from) || a.metric - b.metric,
    );
}
