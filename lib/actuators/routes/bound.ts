import type { Path, Route } from '../../model.js';
import { DEFAULT, isDefault, outranks, usesDevice } from './route.js';

/**
 * A packet that is bound to a device, as a probe is, takes the first route through that device. But routes whose prefixes begin
 * with the same address stand in one list, and the kernel reads none of it behind one that leads through a nexthop object of
 * another device (fib_table_lookup in net/ipv4/fib_trie.c; measured with Linux 6.18). `default` and the lower half begin alike.
 */
function beginsWithZero({ destination }: Route): boolean {
  return destination === DEFAULT || destination.startsWith('0.0.0.0/');
}

/** Those of the routes at which the kernel may stop. */
export function barriers(routes: Route[]): Route[] {
  return routes.filter((route) => route.group !== undefined && isDefault(route) && beginsWithZero(route));
}

/** The one of the barriers that keeps a packet which is bound to the device from this route. */
export function barrierBefore(route: Route, device: string | undefined, barriers: Route[]): Route | undefined {
  return beginsWithZero(route)
    ? barriers.find((barrier) => outranks(barrier, route) && !usesDevice(barrier, device))
    : undefined;
}

/** What keeps a packet that is bound to the device from every default through it; undefined if nothing does, or if there is none. */
export function obstacleTo(device: string | undefined, defaults: Route[]): Route | undefined {
  const own = defaults.filter((route) => usesDevice(route, device));
  // The kernel takes a default that leads nowhere for every device, also where there is none of its own.
  const reach = own.length > 0 ? own : [{ destination: DEFAULT, metric: Number.POSITIVE_INFINITY } as Route];
  const walls = defaults.filter(({ type }) => type !== 'unicast');
  const wall = walls.find((route) => reach.every((other) => outranks(route, other)));
  if (wall) return wall;
  const stops = barriers(defaults);
  const before = own.map((route) => barrierBefore(route, device, stops));
  return before.every((barrier) => barrier !== undefined) ? before[0] : undefined;
}

/** Why a ping that is bound to the path's device would say nothing about the line; undefined if it would. */
export function whyNoProbe({ device, pointToPoint }: Path, routes: Route[]): string | undefined {
  const defaults = routes.filter(isDefault);
  const obstacle = obstacleTo(device, defaults);
  if (obstacle?.type === 'unicast')
    return `the default through nexthop object ${obstacle.group} stands before it, and the kernel reads no further`;
  if (obstacle) return `the ${obstacle.type} default with metric ${obstacle.metric} stands before it`;
  // Without a default the kernel takes the target for a neighbour, and whoever answers its ARP for the Internet.
  const some = pointToPoint || defaults.some((route) => usesDevice(route, device));
  return some ? undefined : `no default route leads through ${device} yet`;
}
