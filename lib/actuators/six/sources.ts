import { parsePrefix } from '../../address6.js';
import type { Intent, Observation, Path, Prefix, Route, Share, Verdict } from '../../model.js';
import { isOurs, usesDevice } from '../routes/route.js';
import { DEFAULT } from './route.js';

/** A prefix whose sources the system leads by a line of its own. */
export interface Source {
  from: string;
  /** The path of that line. */
  path: Path;
  /** The lowest metric of the system's defaults for it. */
  metric: number;
}

/** Those who carry traffic together. */
export interface Rank {
  rank: number;
  members: Share[];
}

/** Who carries traffic, the best first. The kernel shares among ways with a gateway only (rt6_qualify_for_ecmp in net/ipv6/route.c). */
export function ranksOf(shares: Share[]): Rank[] {
  const ranks = [...new Set(shares.map(({ rank }) => rank))].sort((a, b) => a - b);
  return ranks.map((rank) => {
    const all = shares.filter((share) => share.rank === rank);
    const able = all.filter(({ path }) => path.gateway !== undefined);
    return { rank, members: all.length === 1 ? all : able.length > 0 ? able : all.slice(0, 1) };
  });
}

/** By which lines the prefix of a line goes in place of its own: none, as long as that is among the best. */
export function waysFor(path: Path, ranks: Rank[], isHalved: boolean): Rank[] {
  const isOwn = (share: Share) => share.path === path;
  const own = ranks.findIndex(({ members }) => members.some(isOwn));
  if (own < 0) return ranks;
  if (own > 0) return ranks.slice(0, own);
  // What goes by plain halves would take it along.
  const [best] = ranks;
  return isHalved && best ? [{ rank: best.rank, members: best.members.filter(isOwn) }] : [];
}

/** The system's own defaults for some sources only, that lead through WANs. @param defaults of the system */
export function sourcesOf(defaults: Route[], paths: Path[]): Source[] {
  const sources: Source[] = [];
  for (const route of defaults) {
    const { from } = route;
    const path = paths.find(({ wan, device }) => wan.enabled && usesDevice(route, device));
    if (from === undefined || !path || sources.some((source) => source.from === from)) continue;
    sources.push({ from, path, metric: lowestOf(defaults.filter((other) => other.from === from)) });
  }
  return sources;
}

/** Infinity where there is none. */
export function lowestOf(routes: Route[]): number {
  return Math.min(...routes.map(({ metric }) => metric));
}

/** Prefixes that a line has delegated and that go by others now. */
export interface Moved {
  prefix: Prefix;
  path: Path;
  by: Path[];
}

/** @param verdicts those of IPv6 */
export function movedPrefixes({ shares }: Pick<Intent, 'shares'>, verdicts: Verdict[], { six }: Observation): Moved[] {
  const ranks = ranksOf(shares);
  const defaults = (six?.routes ?? []).filter((route) => route.destination === DEFAULT && !isOurs(route));
  return verdicts.flatMap(({ path }) =>
    (path.prefixes ?? []).flatMap((prefix) => {
      const isLed = defaults.some(({ from }) => from !== undefined && isSame(from, prefix));
      // Where the system tells no sources apart, all go as the best do.
      const by = (isLed ? waysFor(path, ranks, false) : ranks)[0]?.members.map((share) => share.path) ?? [];
      return by.length === 0 || by.includes(path) ? [] : [{ prefix, path, by }];
    }),
  );
}

function isSame(from: string, { address, length }: Prefix): boolean {
  const known = parsePrefix(from);
  return known?.address === address && known.length === length;
}
