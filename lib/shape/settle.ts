import type { Direction } from '../model.js';
import { HOLD } from './cut.js';
import type { Lane, Memory } from './memory.js';

/**
 * What is left when nobody looks any more: nothing that is only being tried. A rate that was raised goes back; one that was cut to
 * drain a queue rises to just below what the line seems to carry.
 *
 * @param now ms since boot
 * @returns rates: those that are to be set, kbit/s
 */
export function settle(memory: Memory, now: number): { memory: Memory; rates: Partial<Record<Direction, number>> } {
  const lanes: Memory['lanes'] = {};
  const rates: Partial<Record<Direction, number>> = {};
  for (const [name, lane] of Object.entries(memory.lanes) as [Direction, Lane][]) {
    const after = settled(lane, now);
    lanes[name] = after;
    if (after.rate !== lane.rate) rates[name] = after.rate;
  }
  return { memory: { ...memory, lanes }, rates };
}

/** One direction without what is being tried. */
export function settled(lane: Lane, now: number): Lane {
  const { step, cut, back, ...rest } = lane;
  const held = cut && Math.max(lane.rate, Math.min(cut.before, cut.cap * HOLD));
  const goal = step?.from ?? held ?? back;
  if (goal === undefined) return lane;
  const rate = Math.max(1, Math.round(goal));
  // What the delay is without a queue has not been seen to the end.
  return { ...rest, rate, moved: now, ...(cut?.blind ? { fresh: true } : {}) };
}
