/** What a sample says. */
export interface Point {
  reflector: string;
  /** ms since boot. */
  sent: number;
  /** ms above the reflector's base. */
  delay: number;
}

/** Points that a slope is made of: more are of the past. */
const MOST = 12;
/** ms of a fall that may come of answers being read late. */
const LATE = 8;
/** ms between two points from which on the slope between them says something. */
const APART = 15;
/**
 * How fast the delay grows, s per s: the middle one of the slopes between any two of the last points since a time, so that a few
 * that are far off change little.
 *
 * @returns undefined where they are too few or too near
 */
export function slopeOf(points: Point[], from: number): number | undefined {
  const some = points.slice(-MOST).filter(({ sent }) => sent >= from);
  const slopes: number[] = [];
  some.forEach((a, i) => {
    for (const b of some.slice(i + 1))
      if (b.sent - a.sent >= APART) slopes.push((b.delay - a.delay) / (b.sent - a.sent));
  });
  return slopes.length < 3 ? undefined : median(slopes);
}

/**
 * The greatest fall of the delay from one point to the next since a time, ms, and whether it was steeper than a queue drains. Each
 * point is the middle one of three in a row: one reflector alone can say what it likes.
 *
 * @param drains s per s
 */
export function dropOf(points: Point[], from: number, drains: number): { drop: number; steep: boolean } {
  const middle = points.slice(2).map(({ sent, delay }, i) => ({
    // Those that were sent together are one point in time.
    since: points.filter((before) => before.sent <= sent - APART).at(-1)?.sent ?? Number.NEGATIVE_INFINITY,
    ...{ sent, delay: median([delay, points[i]?.delay ?? delay, points[i + 1]?.delay ?? delay]) as number },
  }));
  const some = middle.filter(({ sent }) => sent >= from);
  let most = { drop: 0, steep: false };
  some.slice(1).forEach(({ sent, since, delay }, i) => {
    const drop = (some[i]?.delay ?? delay) - delay;
    if (drop > most.drop) most = { drop, steep: drop > drains * (sent - since) + LATE };
  });
  return most;
}

/**
 * How much of a delay is noise, ms: half of the points differ by less from what those before and behind them let expect. A queue
 * is no noise: it grows and falls steadily.
 *
 * @returns undefined where the points are too few
 */
export function bendOf(points: Point[]): number | undefined {
  const delays = points.map(({ delay }) => delay);
  const bends: number[] = [];
  for (let i = 2; i < delays.length; i++)
    bends.push(Math.abs((delays[i] ?? 0) - 2 * (delays[i - 1] ?? 0) + (delays[i - 2] ?? 0)));
  // That is the sum of three: of noise alone, its square is three times as great as that of a difference of two.
  return bends.length < 3 ? undefined : (median(bends) as number) / Math.sqrt(3);
}

/** The middle one, or the lower of two. */
export function median(values: number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}
