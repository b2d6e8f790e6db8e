import { HOSTS, isWithin, MOST_PREFIXES, parsePrefix } from '../../address6.js';
import type { Path, Route, Share } from '../../model.js';
import { usesDevice } from '../routes/route.js';

/** A prefix whose sources the system leads by a line of its own. */
export interface Source {
  from: string;
  /** The path of that line. */
  path: Path;
  /** The lowest metric of the system's defaults for it. */
  metric: number;
  /** It is the network of the line itself, and was not delegated. */
  isNear: boolean;
}

/** Those who carry traffic together. */
export interface Rank {
  rank: number;
  members: Share[];
  /** Those of the rank that can only carry their own prefixes, too. */
  all: Share[];
}

/** Who carries traffic, the best first. The kernel shares among ways with a gateway only (rt6_qualify_for_ecmp in net/ipv6/route.c). */
export function ranksOf(shares: Share[]): Rank[] {
  const ranks = [...new Set(shares.map(({ rank }) => rank))].sort((a, b) => a - b);
  return ranks.map((rank) => {
    const all = shares.filter((share) => share.rank === rank);
    const able = all.filter(({ path }) => path.gateway !== undefined);
    return { rank, members: able.length > 0 ? able : all.slice(0, 1), all };
  });
}

/**
 * By which lines the prefix of a line goes in place of its own: none, as long as that is among the best. What the router answers by its
 * address on a line leaves by that as long as it is well.
 */
export function waysFor({ path, isNear }: Pick<Source, 'path' | 'isNear'>, ranks: Rank[]): Rank[] {
  const at = ranks.findIndex(({ all }) => all.some((share) => share.path === path));
  if (at < 0) return ranks;
  return isNear ? [] : ranks.slice(0, at);
}

/** The prefixes that the system's own defaults lead through WANs. @param defaults of the system */
export function sourcesOf(defaults: Route[], paths: Path[]): Source[] {
  const [strange, lowest] = [strangersOf(defaults, paths), lowestBySource(defaults)];
  const sources: Source[] = [];
  for (const route of defaults) {
    const { from } = route;
    const path = paths.find(({ wan, device }) => wan.enabled && usesDevice(route, device));
    const isKnown = sources.some((source) => source.from === from) || strange.some((other) => other.from === from);
    if (from === undefined || !path || isKnown) continue;
    if (sources.filter((source) => source.path === path).length === MOST_PREFIXES) continue;
    sources.push({ from, path, metric: lowest.get(from) as number, isNear: isNetworkOf(from, path) });
  }
  return sources;
}

/** Those of the defaults for some sources only that are in charge of these, and lead through no WAN: they are left so. */
function strangersOf(defaults: Route[], paths: Path[]): Route[] {
  const lowest = lowestBySource(defaults);
  return defaults.filter(
    (route) =>
      route.from !== undefined &&
      route.metric === lowest.get(route.from) &&
      !paths.some(({ device }) => usesDevice(route, device)),
  );
}

function lowestBySource(defaults: Route[]): Map<string, number> {
  const lowest = new Map<string, number>();
  for (const { from = '', metric } of defaults) lowest.set(from, Math.min(metric, lowest.get(from) ?? metric));
  return lowest;
}

/** Infinity where there is none. */
export function lowestOf(routes: Route[]): number {
  return Math.min(...routes.map(({ metric }) => metric));
}

function isNetworkOf(from: string, { link }: Path): boolean {
  const prefix = parsePrefix(from);
  if (!prefix || prefix.length < HOSTS) return false;
  return link?.addresses.some(({ address }) => isWithin(address, prefix)) ?? false;
}
