import type { Nexthop, Route } from '../model.js';

/** The route protocol number that marks our own routes. Not in iproute2's rt_protos, so `ip` prints the bare number. */
export const PROTOCOL = '77';
/** Configured metrics end below this, probe routes begin here. */
export const PROBE_METRIC = 900;
export const DEFAULT = 'default';
/** Two halves that together cover every destination and are more specific than any default route. */
export const HALVES = ['0.0.0.0/1', '128.0.0.0/1'];

export function isOurs(route: Route): boolean {
  return route.protocol === PROTOCOL;
}

/** Is it a default route, or one half of a pair that acts as one? */
export function isDefault(route: Route): boolean {
  return route.destination === DEFAULT || HALVES.includes(route.destination);
}

/** One of ours that carries traffic, unlike a probe route. */
export function isSteering(route: Route): boolean {
  return isOurs(route) && isDefault(route) && route.metric < PROBE_METRIC;
}

export function usesDevice(route: Route, device: string | undefined): boolean {
  return device !== undefined && route.nexthops.some((nexthop) => nexthop.device === device);
}

/** What makes it the same entry of the table: the kernel keeps one route of each key, whatever its nexthop. */
export function routeKey(route: Route): string {
  return `${route.destination} ${route.metric}`;
}

/** Same key and same content: nothing to do. */
export function sameRoute(a: Route, b: Route): boolean {
  return (
    routeKey(a) === routeKey(b) &&
    a.protocol === b.protocol &&
    a.type === b.type &&
    a.nexthops.length === b.nexthops.length &&
    a.nexthops.every((nexthop, i) => sameNexthop(nexthop, b.nexthops[i] as Nexthop, a.nexthops.length > 1))
  );
}

function sameNexthop(a: Nexthop, b: Nexthop, multipath: boolean): boolean {
  return (
    a.device === b.device && a.gateway === b.gateway && a.onlink === b.onlink && (!multipath || a.weight === b.weight)
  );
}

/** Is `half` of the Internet among what the route leads to? */
function covers(route: Route, half: string): boolean {
  return route.destination === DEFAULT || route.destination === half;
}

/** Would the kernel take `a` before `b` for a destination that both cover? The longer prefix wins, then the lower metric. */
export function outranks(a: Route, b: Route): boolean {
  const [wholeA, wholeB] = [a.destination === DEFAULT, b.destination === DEFAULT];
  if (wholeA !== wholeB) return wholeB;
  return a.destination === b.destination && a.metric < b.metric;
}

/** The defaults that carry the traffic: one, or one for each half. Empty: nothing leads to the Internet. */
export function inCharge(routes: Route[]): Route[] {
  const defaults = routes.filter(isDefault);
  return defaults.filter((route) =>
    HALVES.some(
      (half) => covers(route, half) && !defaults.some((other) => covers(other, half) && outranks(other, route)),
    ),
  );
}
