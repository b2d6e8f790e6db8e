import type { Count } from './signals.js';

/** ms for which counts are kept: as long as anybody asks back. */
const KEPT = 2500;
/** ms between two that are kept: counters lag by some ms, which is to be little of it. */
const APART = 45;
/** kbit/s that no line carries: a counter that was faster has jumped. */
const FASTEST = 100_000_000;

/** The counts with another one. A counter that was set back, or that jumps, begins anew: no rate is made of it. */
export function addCount(counts: Count[], count: Count | undefined): Count[] {
  const last = counts.at(-1);
  if (!count || (last && count.at - last.at < APART && count.at >= last.at)) return counts;
  const before = last ?? count;
  const rate = ((count.bytes - before.bytes) * 8) / Math.max(1, count.at - before.at);
  if (count.at < before.at || rate < 0 || rate > FASTEST) return [count];
  return [...counts.filter(({ at }) => count.at - at <= KEPT), count];
}

/**
 * kbit/s that were carried from one time to another (ms since boot), as far as the counts say.
 *
 * @returns undefined where they do not say
 */
export function carriedBetween(counts: Count[], from: number, to?: number): number | undefined {
  // From the last one before to the first one behind: a rate of one interval says little.
  let before = counts.length - 1;
  while (before > 0 && (counts[before]?.at ?? from) > from) before--;
  const first = counts[before];
  const last = (to === undefined ? undefined : counts.find(({ at }) => at >= to)) ?? counts.at(-1);
  if (!last || !first || last.at - first.at < APART) return undefined;
  return ((last.bytes - first.bytes) * 8) / (last.at - first.at);
}
