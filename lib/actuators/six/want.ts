import { isWithin, parsePrefix } from '../../address6.js';
import type { Intent, Observation, Path, Problem, Route, Rule, Share, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { makeRoute } from '../routes/make.js';
import { DEFAULT, isOurs, usesDevice } from '../routes/route.js';
import { suppressors } from '../routes/rules.js';
import { HALVES, isSteering, lengthOf, PROBE_METRIC, routeKey } from './route.js';
import { lowestOf, type Rank, ranksOf, type Source, sourcesOf, strangersOf, waysFor } from './sources.js';

/**
 * The routes of IPv6 that should exist for an intent. Each prefix that was delegated by a line is led by that as long as it is to carry
 * traffic; or else by the lines that do, where it is translated. What has no line of its own, as the router itself and sources that are
 * local to the site, goes by a plain default, as in IPv4.
 *
 * @param verdicts those of IPv6, in the order of the configuration
 */
export function want(intent: Intent, verdicts: Verdict[], { six }: Observation): Wanted<Route> {
  const { routes = [], rules = [] } = six ?? {};
  const paths = verdicts.map(({ path }) => path);
  const foreign = routes.filter((route) => !isOurs(route));
  const defaults = foreign.filter(({ destination }) => destination === DEFAULT);
  const strangers = strangersOf(defaults, paths);
  const mayBeLong = longestPrefix(foreign, paths, rules) > 0;
  // What is longer goes before all that is for less sources, too.
  const mayHalve = (from?: string) => mayBeLong && !strangers.some((route) => isInside(route.from, from));

  const ranks = ranksOf(intent.shares);
  const master = defaults.filter(({ from }) => from === undefined).find((route) => isOverWans(route, paths, defaults));
  const plainMetric = lowestOf(defaults.filter(({ from }) => from === undefined));
  const isHalved = !master && plainMetric <= intent.highest && mayHalve();
  const isLed = !master && (isHalved || plainMetric > intent.highest);
  const plain = isLed ? ranks.flatMap(({ rank, members }) => routesTo(isHalved, rank, members)) : [];

  const held = routes.filter(
    (route) => isSteering(route) && intent.held.some(({ device }) => usesDevice(route, device)),
  );
  // While no line is up, nothing is led elsewhere that was not before.
  const isLedNow = ({ from }: Source) => routes.some((route) => isSteering(route) && route.from === from);
  const isUp = verdicts.some(({ usable, status }) => usable && status === 'up');
  const sources = sourcesOf(defaults, paths).filter((source) => isUp || isLedNow(source));
  // By the ranks that there can be: what is held for a line without a link may be as long.
  const isLow = ({ path, metric, isNear }: Source) =>
    metric <= intent.highest && waysFor(path, ranks, false, isNear).length > 0;
  const low = sources.filter((source) => isLow(source) && mayHalve(source.from));
  const isTaken = (from: string) => held.some((route) => route.destination !== DEFAULT && isInside(from, route.from));
  const halved = sources.filter(
    ({ from, isNear }) => isHalved || low.some((other) => isInside(from, other.from)) || (isNear && isTaken(from)),
  );
  const stuck = sources.filter((source) => !halved.includes(source) && isBefore(source, ranks));
  const led = sources.flatMap((source) => {
    const inHalves = halved.includes(source);
    const ways = stuck.includes(source) ? [] : waysFor(source.path, ranks, inHalves, source.isNear);
    return ways.flatMap(({ rank, members }) => routesTo(inHalves, rank, members, source.from));
  });
  const steering = uniqueKeys([...plain, ...led, ...held]);
  const taken = new Set(foreign.map(routeKey));
  const things = [...steering, ...probeRoutes(verdicts)].filter((route) => !taken.has(routeKey(route)));
  return { things, problems: intent.shares.length > 0 ? problemsOf(master, isLed, stuck) : [] };
}

/** The paths that carry traffic by plain routes of ours. */
export function carrying(paths: Path[], routes: Route[]): Path[] {
  const ours = routes.filter((route) => isSteering(route));
  return paths.filter(({ device }) => ours.some((route) => usesDevice(route, device)));
}

/** Would the system's own default for the source stand before those that are to lead it elsewhere? */
function isBefore(source: Source, ranks: Rank[]): boolean {
  const ways = waysFor(source.path, ranks, false, source.isNear);
  return ways.length > 0 && source.metric <= Math.max(...ways.map(({ rank }) => rank));
}

function isInside(inner: string | undefined, outer: string | undefined): boolean {
  const [small, large] = [parsePrefix(inner ?? '::/0'), parsePrefix(outer ?? '::/0')];
  return small !== undefined && large !== undefined && isWithin(small.address, large, small.length);
}

function routesTo(halved: boolean, rank: number, members: Pick<Share, 'path' | 'weight'>[], from?: string): Route[] {
  return (halved ? HALVES : [DEFAULT]).map((destination) => {
    const { attributes, ...route } = { ...makeRoute(destination, rank, members), family: 6 as const };
    if (from === undefined) return attributes ? { ...route, attributes } : route;
    // It is for packets that have their source.
    const { src: _, ...rest } = attributes ?? {};
    return { ...route, from, ...(Object.keys(rest).length > 0 ? { attributes: rest } : {}) };
  });
}

/** Is a plain default of somebody else in charge, as that of a VPN? */
function isOverWans(route: Route, paths: Path[], defaults: Route[]): boolean {
  const isWan = (one: Route) => paths.some(({ device }) => usesDevice(one, device));
  const others = defaults.filter((other) => isWan(other) && other.from === undefined);
  return !isWan(route) && route.metric < Math.min(PROBE_METRIC, lowestOf(others));
}

/**
 * The longest prefix that a route of ours may have: where others cover the Internet by a few large parts through what is no WAN, or
 * have rules by which only longer prefixes count, those of ours must not stand before them.
 */
function longestPrefix(foreign: Route[], paths: Path[], rules: Rule[]): number {
  const isPart = (route: Route) =>
    !isDefaultOnly(route) && lengthOf(route) <= 4 && !paths.some(({ device }) => usesDevice(route, device));
  if (foreign.some(isPart)) return 0;
  return Math.min(128, ...suppressors(rules).map(({ suppress = 128 }) => suppress));
}

function isDefaultOnly({ destination }: Route): boolean {
  return destination === DEFAULT;
}

/** Whatever carries the traffic, each line can be asked. */
function probeRoutes(verdicts: Verdict[]): Route[] {
  return verdicts.flatMap(({ path, usable }, i) =>
    usable ? routesTo(false, PROBE_METRIC + i, [{ path, weight: 1 }]) : [],
  );
}

function uniqueKeys(routes: Route[]): Route[] {
  const keys = routes.map(routeKey);
  return routes.filter((_, i) => keys.indexOf(keys[i] as string) === i);
}

function problemsOf(master: Route | undefined, isLed: boolean, stuck: Source[]): Problem[] {
  const [hop] = master?.nexthops ?? [];
  const who = hop?.device ?? `type ${master?.type}`;
  const remedy = ['give the IPv6 defaults of the WANs a metric of 900 or more'];
  return [
    ...(master ? [{ text: `the IPv6 default of ${who}, which is no WAN, is left in charge` }] : []),
    ...(!master && !isLed
      ? [{ text: 'IPv6: the defaults of the WANs have low metrics, and a VPN forbids to go before them', remedy }]
      : []),
    ...stuck.map(({ from, path }) => ({
      text: `IPv6: ${from} stays with ${path.wan.name}: a VPN forbids to go before its default`,
      remedy,
    })),
  ];
}
