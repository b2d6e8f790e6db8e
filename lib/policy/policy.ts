import { HIGHEST_METRIC } from '../config/plain.js';
import type { Intent, Path, Share, Verdict } from '../model.js';
import type { Course } from './course.js';

/**
 * Which paths are to carry traffic: those that are up, and not degraded unless all are. In mode failover each has a rank of its own,
 * by its metric; in mode multiuplink those of the lowest tier share one, by weights. If none is up, whatever carries traffic
 * goes on: nothing is better.
 *
 * @param verdicts every configured WAN, in the order of the configuration
 * @param carrying what we have carry traffic now
 */
export function intend(
  { mode, sticky, weights, leads, steers }: Course,
  verdicts: Verdict[],
  carrying: ReadonlySet<Path>,
): Intent {
  const enabled = verdicts.filter(({ path }) => path.wan.enabled).map(({ path }) => path);
  const up = verdicts.filter(({ usable, status }) => usable && status === 'up').map(({ path }) => path);
  const hold = up.length === 0;
  // A degraded one is better than none.
  const good = verdicts.filter(({ usable, status, degraded }) => usable && status === 'up' && !degraded);
  const best = good.length > 0 ? good.map(({ path }) => path) : up;
  // In hold, a way is renewed where it can be, and left as it is where its line or its section in the file is broken. If the
  // system refuses one, it is not known what would become of the rest: then all are left as they are.
  const isRenewed = ({ usable, path }: Verdict) =>
    usable && carrying.has(path) && !verdicts.some(({ refused }) => refused);
  const chosen = hold
    ? verdicts.filter(isRenewed).map(({ path }) => path)
    : mode === 'multiuplink'
      ? lowestTier(best)
      : best;
  const held = verdicts.map(({ path }) => path).filter((path) => carrying.has(path) && !chosen.includes(path));
  const rankOf = mode === 'failover' ? distinctRanks(enabled) : sharedRank(enabled);
  return {
    shares: chosen.map((path): Share => {
      const weight = weights?.get(path.wan.name) ?? path.wan.weight;
      return { path, rank: rankOf.get(path) as number, weight };
    }),
    held: hold ? held.filter(isMeant) : [],
    highest: Math.max(...rankOf.values()),
    sticky: sticky && mode === 'multiuplink',
    ...(leads && { leads }),
    ...(steers && { steers }),
  };
}

function lowestTier(paths: Path[]): Path[] {
  const lowest = Math.min(...paths.map(({ wan }) => wan.tier));
  return paths.filter(({ wan }) => wan.tier === lowest);
}

/** Enabled by whoever wrote the file, usable or not. */
function isMeant({ wan }: Path): boolean {
  return wan.enabled || wan.unusable !== undefined;
}

/** Equal metrics are told apart in the order of the configuration: the next free one, and none too high. */
function distinctRanks(paths: Path[]): Map<Path, number> {
  const ordered = [...paths].sort((a, b) => a.wan.metric - b.wan.metric);
  const ranks = new Map<Path, number>();
  let last = 0;
  for (const [position, path] of ordered.entries()) {
    last = Math.max(path.wan.metric, last + 1);
    // Those behind it have ranks, too.
    ranks.set(path, Math.min(last, HIGHEST_METRIC + 1 - (ordered.length - position)));
  }
  return ranks;
}

/** The lowest metric of all, up or not: so it stays the same when one of them comes or goes. */
function sharedRank(paths: Path[]): Map<Path, number> {
  const rank = Math.min(...paths.map(({ wan }) => wan.metric));
  return new Map(paths.map((path) => [path, rank]));
}
