import { halvesOf } from '../../address6.js';
import type { Intent, Observation, Path, Problem, Route, Share, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { makeRoute } from '../routes/make.js';
import { DEFAULT, isOurs, usesDevice } from '../routes/route.js';
import { isSteering, PROBE_METRIC, routeKey } from './route.js';
import { lowestOf, type Rank, ranksOf, type Source, sourcesOf, waysFor } from './sources.js';

/** All sources. */
const ALL = '::/0';

/**
 * The routes of IPv6 that should exist for an intent. Each prefix that was delegated by a line is led by that as long as it is to carry
 * traffic; or else by the lines that do, where it is translated. What has no line of its own, as the router itself and sources that are
 * local to the site, goes by a plain default, as in IPv4.
 *
 * @param verdicts those of IPv6, in the order of the configuration
 */
export function want(intent: Intent, verdicts: Verdict[], { six }: Observation): Wanted<Route> {
  const { routes = [] } = six ?? {};
  const paths = verdicts.map(({ path }) => path);
  const foreign = routes.filter((route) => !isOurs(route));
  const defaults = foreign.filter(({ destination }) => destination === DEFAULT);
  const ranks = ranksOf(intent.shares);
  const plainDefaults = defaults.filter(({ from }) => from === undefined);
  const master = plainDefaults.find((route) => isOverWans(route, paths, defaults));
  const isSplit = lowestOf(plainDefaults) <= intent.highest;
  const isLed = !master && (!isSplit || isDivisible(ALL, defaults));
  const plain = isLed ? ranks.flatMap(({ rank, members }) => routesTo(isSplit, rank, members)) : [];

  const held = routes.filter(
    (route) => isSteering(route) && intent.held.some(({ device }) => usesDevice(route, device)),
  );
  // While no line is up, nothing is led elsewhere that was not before.
  const isLedNow = ({ from }: Source) => {
    const froms = [from, ...halvesOf(from)];
    return routes.some((route) => isSteering(route) && froms.includes(`${route.from}`));
  };
  const isUp = verdicts.some(({ usable, status }) => usable && status === 'up');
  const sources = sourcesOf(defaults, paths).filter((source) => isUp || isLedNow(source));
  // By the highest rank that there can be, so that it stays as it is when a line comes or goes.
  const split = sources.filter(({ from, metric }) => metric <= intent.highest && isDivisible(from, defaults));
  const stuck = sources.filter((source) => !split.includes(source) && isBefore(source, ranks));
  const led = sources.flatMap((source) => {
    const ways = stuck.includes(source) ? [] : waysFor(source, ranks);
    return ways.flatMap(({ rank, members }) => routesTo(split.includes(source), rank, members, source.from));
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
  const ways = waysFor(source, ranks);
  return ways.length > 0 && source.metric <= Math.max(...ways.map(({ rank }) => rank));
}

/**
 * Can halves of it go before it? A default for a source of more bits is taken before one of less, whatever their metrics. Not where
 * somebody else has a default for one.
 *
 * Two destinations that cover the Internet would stand before it, too, but not safely: where there are routes for sources to a
 * destination, the kernel passes over those for all, and may forget the rest once one of them is deleted (test/lab/ways.test.ts). It is
 * so with every destination but the default.
 */
function isDivisible(from: string, defaults: Route[]): boolean {
  const halves = halvesOf(from);
  return halves.length > 0 && !defaults.some((route) => halves.includes(`${route.from}`));
}

/** @param isSplit for each half of the sources @param from absent: all sources */
function routesTo(isSplit: boolean, rank: number, members: Pick<Share, 'path' | 'weight'>[], from?: string): Route[] {
  const { attributes, ...route } = { ...makeRoute(DEFAULT, rank, members), family: 6 as const };
  // Who has a source of the prefix needs none.
  const { src, ...rest } = attributes ?? {};
  const said = { ...rest, ...(src !== undefined && from === undefined && { src }) };
  return (isSplit ? halvesOf(from ?? ALL) : [from]).map((source) => ({
    ...route,
    ...(source === undefined ? {} : { from: source }),
    ...(Object.keys(said).length > 0 && { attributes: said }),
  }));
}

/** Is a plain default of somebody else in charge, as that of a VPN? */
function isOverWans(route: Route, paths: Path[], defaults: Route[]): boolean {
  const isWan = (one: Route) => paths.some(({ device }) => usesDevice(one, device));
  const others = defaults.filter((other) => isWan(other) && other.from === undefined);
  return !isWan(route) && route.metric < Math.min(PROBE_METRIC, lowestOf(others));
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
      ? [{ text: 'IPv6: the defaults of the WANs have low metrics, and others lead halves of all sources', remedy }]
      : []),
    ...stuck.map(({ from, path }) => ({
      text: `IPv6: ${from} stays with ${path.wan.name}, whose default for it has a low metric`,
      remedy,
    })),
  ];
}
