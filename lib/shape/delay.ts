import { BUSY } from './blame.js';
import type { Memory } from './memory.js';
import { dropOf, type Point, slopeOf } from './trend.js';
import { believed, live, noiseOf, pointsOf, vote } from './votes.js';

/** ms of added delay that nobody minds: what CAKE itself lets a flow wait. */
const TARGET = 5;
/** Bits of the full packets behind which a small one waits on any line: one that is being sent, and often one more. */
const PACKETS = 18_000;
/** Answers that say how noisy a line is. */
const ENOUGH = 12;
/** ms of noise that any line has, and that do not matter. */
const USUAL = 0.7;
/** ms for which a delay must have been too much, and have fallen no more, before it is steady. */
const STEADY = 500;
/** ms in which a delay that followed no load is half forgotten. */
const FORGET = 60_000;
/** ms in which a delay is seen to go. */
const RECENT = 300;
/** s per s: a queue drains by no more than what is not sent. */
const DRAINS = 1 - BUSY;

/** What is known of the delay of a line. */
export interface Delay {
  /** By when they were sent; only of reflectors that are believed. */
  points: Point[];
  each: { own: Point[] }[];
  /** ms that mean nothing. */
  noise: number;
  /** ms that are added, by the votes. Absent: nobody has answered of late. */
  added?: number;
  /** ms above which it is too much. */
  target: number;
  /** Since when it has been too much. */
  above?: number;
  /** It has been too much for some time, and does not fall. */
  steady: boolean;
  /** Delays are known to come that follow no load. */
  isDeaf: boolean;
  /** ms there and back without a queue. */
  way: number;
}

/** @param slow kbit/s: the lowest rate of the line */
export function delayOf(memory: Memory, slow: number, now: number): Delay {
  const all = pointsOf(memory);
  const alive = live(memory.reflectors, now);
  const answering = alive.map(({ name }) => name);
  const each = believed(all, answering);
  const names = new Set(each.map(({ name }) => name));
  const points = all.filter(({ reflector }) => names.has(reflector));
  const waits = PACKETS / slow;
  // Of a few answers nobody knows how noisy the line is: it is as noisy as it was.
  const isSeen = points.length >= ENOUGH || memory.noise === undefined;
  const seen = Math.max(0, noiseOf(points, each) - USUAL - waits / 4);
  const noise = isSeen ? seen : Math.max(seen, memory.noise ?? 0);
  const added = each.length === 0 ? undefined : vote(each, noise);
  const tolerance = toleranceOf(memory, now);
  const target = Math.max(TARGET + 2 * noise + waits, tolerance);
  const above = added !== undefined && added > target ? (memory.above ?? sinceWhen(points, target, now)) : undefined;
  const steady = above !== undefined && now - above > STEADY && (slopeOf(points, now - STEADY) ?? -1) > -0.02;
  const way = Math.max(0, ...alive.map(({ base }) => base ?? 0));
  return {
    ...{ points, each, noise, target, steady, way, isDeaf: tolerance > TARGET },
    ...(added === undefined ? {} : { added }),
    ...(above === undefined ? {} : { above }),
  };
}

/** ms of delay that do not follow the load: what no cut has lowered, more than once. */
function toleranceOf({ deaf }: Memory, now: number): number {
  return deaf && deaf.times > 1 ? 1.2 * deaf.delay * 0.5 ** ((now - deaf.at) / FORGET) : 0;
}

/** What is remembered of delays that no cut has lowered, with another one. Once, it is a longer way; more often, it follows no load. */
export function deafer({ deaf }: Memory, delay: number, now: number): NonNullable<Memory['deaf']> {
  const recent = deaf && now - deaf.at < 2 * FORGET ? deaf : undefined;
  return { delay: Math.max(delay, recent?.delay ?? 0), at: now, times: (recent?.times ?? 0) + 1 };
}

/**
 * The same while nothing was cut: a delay that has come and gone by itself on a line that was loaded all the time was no queue's, either,
 * for a queue drains only by what is not sent.
 *
 * @param isLoaded that it is busy, and nothing is being cut
 */
export function reaffirmed(
  { deaf }: Memory,
  { points }: Pick<Delay, 'points'>,
  isLoaded: boolean,
  now: number,
): Memory['deaf'] {
  if (!deaf || deaf.times < 2 || !isLoaded) return deaf;
  const { drop, steep } = dropOf(points, now - RECENT, DRAINS);
  return steep && drop >= deaf.delay / 2 ? { ...deaf, at: now } : deaf;
}

/** When the first question was sent whose answer is above the target, and all behind it. */
function sinceWhen(points: Point[], target: number, now: number): number {
  const calm = Math.max(0, ...points.flatMap(({ sent, delay }) => (delay <= target / 2 ? [sent] : [])));
  return points.find(({ sent }) => sent > calm)?.sent ?? now;
}
