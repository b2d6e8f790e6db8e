import type { Config, Nexthop, Problem, Route, Status, Uplink, Wan } from '../model.js';
import { hasSourceOfItsOwn, shareAttributes } from './attributes.js';
import { barrierBefore, barriers } from './bound.js';
import { chooseShape, withoutConflicts } from './precedence.js';
import {
  coverAll,
  DEFAULT,
  HALVES,
  inCharge,
  isDefault,
  isOurs,
  isSteering,
  PROBE_METRIC,
  PROTOCOL,
  routeKey,
  usesDevice,
} from './route.js';

/** Which of our routes should exist, and what keeps some of them from existing. */
export interface Wanted {
  routes: Route[];
  /** Those of them that are left exactly as they are. */
  held: Route[];
  conflicts: Problem[];
}

const MAX_METRIC = 2 ** 32 - 1;

/**
 * The routes that should exist for these verdicts, by the rules of the overlay: a default for every WAN that is up (or one
 * that they share), over every default of the WANs' devices that is not ours, under every default of anybody else, and a
 * last-choice default for the others so that they can be probed. If no WAN is up, whatever carries traffic stays.
 *
 * @param mode a default for each WAN, of which the lowest metric counts, or one over all of them by their weights; `sticky`:
 * one that can lead through a group
 * @param uplinks every configured WAN in the order of the configuration
 * @param routes table main as it is
 * @param statuses verdict by WAN name
 * @param refused names of WANs whose route the kernel did not accept
 * @param longest the longest prefix that rules let ours have
 */
export function wanted(
  mode: Config['mode'] | 'sticky',
  uplinks: Uplink[],
  routes: Route[],
  statuses: ReadonlyMap<string, Status>,
  refused: ReadonlySet<string> = new Set(),
  longest = 32,
): Wanted {
  const enabled = uplinks.filter((uplink) => uplink.wan.enabled);
  const usable = enabled.filter((uplink) => isReachable(uplink) && !refused.has(uplink.wan.name));
  const ours = routes.filter(isSteering);
  const foreign = routes.filter((route) => isDefault(route) && !isOurs(route));

  const up = usable.filter((uplink) => statuses.get(uplink.wan.name) === 'up');
  const hold = up.length === 0;
  // In hold, a route is renewed where it can be, and left as it is where its line or its section in the file is broken. If
  // the kernel refuses one, it is not known what would become of the rest: then all are left as they are.
  const steered = uplinks.filter(({ wan, device }) => isMeant(wan) && ours.some((route) => usesDevice(route, device)));
  const carriers = hold ? usable.filter((uplink) => steered.includes(uplink) && refused.size === 0) : up;
  const stranded = hold ? steered.filter((uplink) => !carriers.includes(uplink)) : [];
  // Where nobody can say which device a WAN has, as while netifd is silent, one that no other has may be its.
  const nameless = hold && uplinks.some(({ wan, device }) => isMeant(wan) && device === undefined);
  const isNobodys = ({ device }: Nexthop) => !uplinks.some((uplink) => uplink.device === device);
  const held = ours.filter(
    (route) =>
      stranded.some((uplink) => usesDevice(route, uplink.device)) || (nameless && route.nexthops.some(isNobodys)),
  );

  const routesTo = mode === 'failover' ? separateRoutes(enabled, carriers) : sharedRoute(enabled, carriers);
  const shape = chooseShape(uplinks, foreign, routesTo.highest, mode === 'sticky', longest);
  const asked = shape.destinations.flatMap(routesTo.make);
  const { allowed, conflicts } = withoutConflicts(asked, uplinks, foreign, shape.conflicts.length > 0);
  const steering = uniqueKeys([...allowed, ...held]);
  return {
    routes: [...steering, ...probeRoutes(uplinks, usable, steering, foreign)],
    held,
    conflicts: carriers.length > 0 ? [...shape.conflicts, ...conflicts, ...routesTo.conflicts] : [],
  };
}

/** Enabled by whoever wrote the file, usable or not. */
function isMeant(wan: Wan): boolean {
  return wan.enabled || wan.unusable !== undefined;
}

/** Can packets be sent through it? It has a link, and a gateway or no need of one. */
export function isReachable(uplink: Uplink): boolean {
  return uplink.link?.state === 'up' && (uplink.pointToPoint || uplink.gateway !== undefined);
}

/** How the carriers are steered: the highest metric that can occur, the routes to a destination, and what cannot be done. */
interface Steering {
  highest: number;
  make(destination: string): Route[];
  conflicts: Problem[];
}

function separateRoutes(enabled: Uplink[], carriers: Uplink[]): Steering {
  const metrics = distinctMetrics(enabled);
  const make = (destination: string) =>
    carriers.map((uplink) => ourRoute(destination, metrics.get(uplink) as number, [uplink]));
  return { highest: Math.max(...metrics.values()), make, conflicts: [] };
}

/**
 * One route over all carriers. Its metric is the lowest of all WANs, up or not: with the same key, one takes the place of
 * the other when a member comes or goes. The members keep the order of the configuration, as another order would move all flows.
 */
function sharedRoute(enabled: Uplink[], carriers: Uplink[]): Steering {
  const metric = Math.min(...enabled.map(({ wan }) => wan.metric));
  const odd = carriers.filter(hasSourceOfItsOwn);
  // They share among themselves no better than with others: one route has one source.
  const [members, left] =
    odd.length < carriers.length ? [carriers.filter((c) => !odd.includes(c)), odd] : [odd.slice(0, 1), odd.slice(1)];
  return {
    highest: metric,
    make: (destination) => (members.length === 0 ? [] : [ourRoute(destination, metric, members)]),
    conflicts: left.map(({ wan, attributes }) => ({
      option: `interface '${wan.name}'`,
      text: `the system's default through it has src ${attributes?.src}, which a shared route cannot have; it has no share`,
    })),
  };
}

/** Equal metrics are told apart in the order of the configuration: the next free one, and none as high as the probes'. */
function distinctMetrics(uplinks: Uplink[]): Map<Uplink, number> {
  const ordered = [...uplinks].sort((a, b) => a.wan.metric - b.wan.metric);
  const metrics: number[] = [];
  for (const { wan } of ordered) metrics.push(Math.max(wan.metric, (metrics.at(-1) ?? 0) + 1));
  const ceiling = (index: number) => PROBE_METRIC - (ordered.length - index);
  return new Map(ordered.map((uplink, i) => [uplink, Math.min(metrics[i] as number, ceiling(i))]));
}

/** A default of last choice for whoever has none at all, so that `ping -I` leaves through its gateway. */
function probeRoutes(uplinks: Uplink[], usable: Uplink[], steering: Route[], foreign: Route[]): Route[] {
  // The kernel takes a default that leads nowhere for every device: a probe must come before it, unless it is in charge.
  if (inCharge([...steering, ...foreign]).some((route) => route.type !== 'unicast')) return [];
  const wall = Math.min(
    MAX_METRIC,
    ...foreign.filter((route) => route.type !== 'unicast').map((route) => route.metric - 1),
  );
  const before = foreign.filter((route) => route.metric <= wall);
  const lowest = Math.max(PROBE_METRIC, ...before.map((route) => route.metric + 1));
  const stops = barriers(foreign);
  const isReached = (uplink: Uplink, routes: Route[]) =>
    coverAll(routes.filter((route) => usesDevice(route, uplink.device) && !barrierBefore(route, uplink.device, stops)));
  // In halves, too, if what carries the traffic is at least as long: then it goes first by its metric.
  const halved = steering.some(({ destination }) => destination !== DEFAULT);
  const shapes = [[DEFAULT], ...(halved ? [HALVES] : [])];
  return usable
    .filter((uplink) => !isReached(uplink, [...steering, ...foreign]))
    .flatMap((uplink) => {
      const made = shapes.map((shape) =>
        shape.map((destination) => ourRoute(destination, lowest + uplinks.indexOf(uplink), [uplink])),
      );
      return made.find((routes) => isReached(uplink, routes)) ?? [];
    })
    .filter((route) => route.metric <= wall);
}

function ourRoute(destination: string, metric: number, members: Uplink[]): Route {
  const nexthops = members.map((uplink) =>
    members.length === 1 ? nexthopOf(uplink) : { ...nexthopOf(uplink), weight: uplink.wan.weight },
  );
  const attributes = shareAttributes(members.map((member) => member.attributes ?? {}));
  return {
    destination,
    metric,
    protocol: PROTOCOL,
    type: 'unicast',
    nexthops,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function nexthopOf({ device, gateway, pointToPoint, onlink }: Uplink): Nexthop {
  const via = pointToPoint || gateway === undefined ? {} : { gateway };
  return { ...(device === undefined ? {} : { device }), ...via, weight: 1, onlink: !pointToPoint && onlink };
}

function uniqueKeys(routes: Route[]): Route[] {
  const keys = routes.map(routeKey);
  return routes.filter((route, i) => keys.indexOf(routeKey(route)) === i);
}
