import { inSubnet } from '../../address.js';
import { HIGHEST_METRIC } from '../../config/plain.js';
import type { Attributes, Nexthop, Route } from '../../model.js';

/** The route protocol number that marks our own routes. Not in iproute2's rt_protos, so `ip` prints the bare number. */
export const PROTOCOL = '77';
/** Configured metrics end below this, probe routes begin here. */
export const PROBE_METRIC = HIGHEST_METRIC + 1;
export const DEFAULT = 'default';
/** Two halves that together cover every destination and are more specific than any default route. */
export const HALVES = ['0.0.0.0/1', '128.0.0.0/1'];

/**
 * The same in parts, but for 0.0.0.0/8, which is nobody's (RFC 1122, 3.2.1.3): none of them begins with the address 0.0.0.0.
 * Our routes through a group need that.
 */
export const PARTS = [...[8, 7, 6, 5, 4, 3, 2].map((length) => `${2 ** (8 - length)}.0.0.0/${length}`), '128.0.0.0/1'];

export function isOurs(route: Route): boolean {
  return route.protocol === PROTOCOL;
}

/** Is it a default route, or one of those that act as one together? */
export function isDefault(route: Route): boolean {
  const { destination } = route;
  return (
    destination === DEFAULT ||
    HALVES.includes(destination) ||
    (route.protocol === PROTOCOL && PARTS.includes(destination))
  );
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
    a.group === b.group &&
    sameAttributes(a.attributes, b.attributes) &&
    // A route through a group changes with the group.
    (a.group !== undefined || sameNexthops(a.nexthops, b.nexthops))
  );
}

/** In whatever order: the kernel has its own. */
function sameAttributes(a: Attributes = {}, b: Attributes = {}): boolean {
  const words = Object.keys(a);
  return words.length === Object.keys(b).length && words.every((word) => a[word] === b[word]);
}

function sameNexthops(a: Nexthop[], b: Nexthop[]): boolean {
  return a.length === b.length && a.every((nexthop, i) => sameNexthop(nexthop, b[i] as Nexthop, a.length > 1));
}

function sameNexthop(a: Nexthop, b: Nexthop, multipath: boolean): boolean {
  return (
    a.device === b.device && a.gateway === b.gateway && a.onlink === b.onlink && (!multipath || a.weight === b.weight)
  );
}

/** Is a part of the Internet among what the destination leads to? */
function covers(destination: string, part: string): boolean {
  return destination === DEFAULT || destination === part || (destination === HALVES[0] && part !== HALVES[1]);
}

/** Do the routes lead to all parts of the Internet together? */
export function coverAll(routes: Route[]): boolean {
  return PARTS.every((part) => routes.some(({ destination }) => covers(destination, part)));
}

/** Bits of the prefix of a destination: 0 of `default`, 32 of an address alone. */
export function prefixLength(destination: string): number {
  return destination === DEFAULT ? 0 : Number(destination.split('/')[1] ?? 32);
}

/** Do they have an address in common? */
function overlap(a: string, b: string): boolean {
  if (a === DEFAULT || b === DEFAULT) return true;
  const [lengthA, lengthB] = [prefixLength(a), prefixLength(b)];
  if (lengthA === lengthB) return a === b;
  const shorter = Math.min(lengthA, lengthB);
  return inSubnet(a.split('/')[0] as string, b.split('/')[0] as string, shorter);
}

/** Would the kernel take `a` before `b` for a destination that both cover? The longer prefix wins, then the lower metric. */
export function outranks(a: Route, b: Route): boolean {
  if (!overlap(a.destination, b.destination)) return false;
  const [lengthA, lengthB] = [prefixLength(a.destination), prefixLength(b.destination)];
  return lengthA === lengthB ? a.metric < b.metric : lengthA > lengthB;
}

/** The defaults that carry the traffic: one, or several for the parts of the Internet. Empty: nothing leads there. */
export function inCharge(routes: Route[]): Route[] {
  const defaults = routes.filter(isDefault);
  return defaults.filter(({ destination }, i) =>
    PARTS.some(
      (part) =>
        covers(destination, part) &&
        !defaults.some((other) => covers(other.destination, part) && outranks(other, defaults[i] as Route)),
    ),
  );
}
