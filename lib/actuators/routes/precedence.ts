import type { Path, Problem, Route } from '../../model.js';
import { DEFAULT, HALVES, inCharge, outranks, PARTS, routeKey, usesDevice } from './route.js';

/**
 * One default for each WAN, or the two halves where a default of a WAN's device would win over it otherwise. The halves
 * win over every default; where that would include one that must stay in charge, the plain default it is, as where rules keep
 * what is longer for themselves. A default through a nexthop object is in the way of probes, whatever its metric (see bound.ts).
 *
 * @param foreign the defaults that are not ours
 * @param highest the highest metric that we steer with
 * @param parts that is what is wanted where nobody stands against it
 * @param longest the longest prefix that ours may have
 */
export function chooseShape(paths: Path[], foreign: Route[], highest: number, parts: boolean, longest: number) {
  const inTheWay = foreign.find(
    (route) =>
      route.destination === DEFAULT &&
      isThroughWan(route, paths) &&
      (route.metric <= highest || route.group !== undefined),
  );
  if (!inTheWay && !parts) return { destinations: [DEFAULT], conflicts: [] };
  const master = othersInCharge(paths, foreign).find((route) => route.destination === DEFAULT);
  if (!master && longest > 0) return { destinations: parts ? PARTS : HALVES, conflicts: [] };
  if (!inTheWay || inTheWay.metric > highest) return { destinations: [DEFAULT], conflicts: [] };
  const who = master
    ? `the default route of ${whose(master)}, which is no WAN, is left in charge`
    : 'rules keep traffic for a VPN or a policy that halves would take from it (ip rule, suppress_prefixlength)';
  const conflict: Problem = {
    text:
      `${who}; the WANs are not steered, ` +
      `because the default of ${whose(inTheWay)} has metric ${inTheWay.metric} and only halves could outrank it`,
    remedy: [
      `if everything is meant to go there: in the network configuration, give the WANs metrics above ${highest}`,
    ],
    ...(master && { stranger: master }),
  };
  return { destinations: [DEFAULT], conflicts: [conflict] };
}

/**
 * Leaves out what would outrank a default that must stay in charge, or would stand on a key that somebody else holds.
 *
 * @param isExplained somebody else is in charge, and that has been said
 */
export function withoutConflicts(asked: Route[], paths: Path[], foreign: Route[], isExplained: boolean) {
  const masters = othersInCharge(paths, foreign);
  const outranking = (master: Route) => asked.filter((route) => outranks(route, master));
  const holderOf = (route: Route) => foreign.find((other) => routeKey(other) === routeKey(route));
  const left = asked.filter((route) => !masters.some((master) => outranks(route, master)));
  const conflicts = masters.filter((master) => outranking(master).length > 0).map((m) => outranked(m, outranking(m)));
  // With somebody else in charge, a held key makes no difference: chooseShape has said what does.
  const held = isExplained || masters.length > 0 ? [] : left.filter(holderOf);
  return {
    allowed: left.filter((route) => !holderOf(route)),
    conflicts: [...conflicts, ...held.map((route) => taken(route, holderOf(route) as Route))],
  };
}

/**
 * Defaults of devices that are no WAN and that no default of a WAN outranks: a VPN for everything, a kill switch. A WAN
 * whose own default went with its line counts with the metric that it had: the next best stranger is not in charge for that.
 */
function othersInCharge(paths: Path[], foreign: Route[]): Route[] {
  const throughWans = [...foreign.filter((route) => isThroughWan(route, paths)), ...paths.flatMap(formerDefault)];
  return foreign.filter((route) => !isThroughWan(route, paths) && inCharge([...throughWans, route]).includes(route));
}

function formerDefault({ wan, device, systemMetric }: Path): Route[] {
  if (!wan.enabled || device === undefined || systemMetric === undefined) return [];
  const nexthops = [{ device, weight: 1, onlink: false }];
  return [{ destination: DEFAULT, metric: systemMetric, protocol: '', type: 'unicast', nexthops }];
}

function isThroughWan(route: Route, paths: Path[]): boolean {
  return route.type === 'unicast' && paths.some((path) => usesDevice(route, path.device));
}

function outranked(master: Route, routes: Route[]): Problem {
  const devices = [...new Set(routes.map(whose))].join(', ');
  const lowest = Math.min(...routes.map((route) => route.metric));
  return {
    text: `the default route of ${whose(master)}, which is no WAN, is left in charge; not steered: ${devices}`,
    remedy: [
      `if it is a WAN: give it a section in the configuration of mini-mwan`,
      `if everything is meant to go there: give it a metric below ${lowest}, or the WANs metrics above ${master.metric}`,
    ],
    stranger: master,
  };
}

function taken(route: Route, holder: Route): Problem {
  return {
    text: `${whose(holder)} has a default with metric ${route.metric} that is not ours; ${whose(route)} is not steered`,
    remedy: [`give ${whose(route)} another metric`],
  };
}

function whose(route: Route): string {
  return route.nexthops.map((hop) => hop.device).join(', ') || `type ${route.type}`;
}
