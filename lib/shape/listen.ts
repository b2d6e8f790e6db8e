import type { Direction } from '../model.js';
import { hear } from './baseline.js';
import type { Lane, Memory } from './memory.js';
import { addCount, carriedBetween } from './rate.js';
import type { Observed, Queue } from './signals.js';

/** ms for which samples are kept, from when they came, as a queue may be longer: as many as a noisy line needs. */
const KEPT = 2000;
/** ms for which it is remembered how much was carried: a line that falls carries less at once, and is to blame all the same. */
const PEAK = 2000;
/** ms over which a load is measured. */
const WINDOW = 300;
/** ms without a look, after which nothing is known of the load. */
const UNSEEN = 3000;
/** Load below which a direction is idle. */
export const IDLE = 0.2;
/** kbit/s: who carries less says nothing of what the line can carry. */
export const TRICKLE = 250;

/** kbit/s that a direction carries now. */
export function achievedBy({ counts }: Lane, now: number): number {
  return Math.max(0, carriedBetween(counts, now - WINDOW) ?? 0);
}

/** The part of its rate that a direction carries now. As long as it has none: all, or nothing if that is a trickle. */
export function loadOf(lane: Lane, now: number): number {
  const achieved = achievedBy(lane, now);
  return lane.rate > 0 ? achieved / lane.rate : achieved < TRICKLE ? 0 : 1;
}

/** The memory with what was heard and counted since. */
export function listen(before: Memory, { now, echoes, counts, queues }: Observed): Memory {
  // What was while nobody looked is not known: whoever looks again has a reason to.
  const { idle: since, ...known } = before;
  const memory: Memory = now - before.at > UNSEEN || since === undefined ? known : before;
  const reflectors = new Map(memory.reflectors.map((reflector) => [reflector.name, reflector]));
  const isIdle = memory.idle !== undefined;
  const samples = echoes.flatMap((echo) => {
    const { reflector, sample } = hear(reflectors.get(echo.reflector), echo, isIdle);
    reflectors.set(echo.reflector, reflector);
    return sample ? [sample] : [];
  });
  const lanes: Memory['lanes'] = {};
  for (const [name, lane] of Object.entries(memory.lanes) as [Direction, Lane][]) {
    const counted = { ...confirmed(lane, queues?.[name]), counts: addCount(lane.counts, counts[name]) };
    const load = loadOf(counted, now);
    // What is about as much is a peak again: the last one is to be no older than it must be.
    const isPeak = load >= 0.9 * lane.peak.load || now - lane.peak.at > PEAK;
    lanes[name] = isPeak ? { ...counted, peak: { load, at: now } } : counted;
  }
  const isBusy = Object.values(lanes).some(({ peak }) => peak.load >= IDLE);
  const { idle = now, ...rest } = memory;
  return {
    ...rest,
    reflectors: [...reflectors.values()],
    samples: [...memory.samples, ...samples].filter(({ sent, rtt }) => now - sent - rtt <= KEPT),
    lanes,
    ...(isBusy ? {} : { idle }),
  };
}

/** A rate that is tried counts from when it is set: on a busy router that takes a while. */
function confirmed(lane: Lane, queue: Queue | undefined): Lane {
  const { cut, step, rate } = lane;
  if (!queue || Math.abs((queue.rate ?? 0) - rate) > 1) return lane;
  const set = { at: queue.at, set: true };
  return {
    ...lane,
    ...(cut && !cut.set && queue.at > cut.at ? { cut: { ...cut, ...set } } : {}),
    ...(step && !step.set && queue.at > step.at ? { step: { ...step, ...set } } : {}),
  };
}
