/** How finely the past is kept. */
export type Granularity = 'raw' | '1m' | '5m' | '1h';

/** A row of history is a bucket; what becomes old moves on into larger ones, and is in one tier at a time. */
export interface Tier {
  name: Granularity;
  /** s that a bucket is long: they begin at its multiples. */
  seconds: number;
  /** s after which a bucket moves on into the next tier. Absent: it is the last one. */
  keep?: number;
}

/** From the finest. */
export const TIERS: readonly Tier[] = [
  { name: 'raw', seconds: 1, keep: 900 },
  { name: '1m', seconds: 60, keep: 86_400 },
  { name: '5m', seconds: 300, keep: 604_800 },
  { name: '1h', seconds: 3600 },
];

/** What moves from one tier into the next one: all that began before `before`. */
export interface Move {
  from: number;
  to: number;
  /** s since the epoch, a multiple of `to`, so that only whole buckets move. */
  before: number;
}

/** What is to move at a time, the finest first. @param now s since the epoch */
export function movesAt(now: number): Move[] {
  return TIERS.flatMap(({ seconds, keep }, i) => {
    const next = TIERS[i + 1];
    if (!next || keep === undefined) return [];
    return [{ from: seconds, to: next.seconds, before: floorTo(now - keep, next.seconds) }];
  });
}

/** The multiple of `step` that is not above. */
export function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
