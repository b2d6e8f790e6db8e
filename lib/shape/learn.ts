import type { Rates } from '../model.js';
import { FASTEST, type Lane } from './memory.js';
import type { Bounds } from './view.js';

/** kbit/s: with less than this nothing works, not even what the control hears. */
const LEAST = 64;
/** Part of what a line has carried below which its rate does not go, unless it is said: a line that carries less is broken. */
const SHARE = 0.05;
/** kbit/s: that is no more than this, as what a fast line once carried says nothing of how slow it may become. */
const ENOUGH = 1000;

/** The bounds of a direction: those that are configured, and for the others what has been learnt of the line. */
export function boundsOf(rates: Rates, lane: Lane | undefined): Bounds {
  const max = Math.max(1, rates.max ?? FASTEST);
  const carried = Math.max(lane?.cap?.rate ?? 0, lane?.best ?? 0, lane?.rate ?? 0);
  const min = Math.min(max, Math.max(1, rates.min ?? Math.max(LEAST, Math.min(ENOUGH, SHARE * carried))));
  const base = rates.base ?? (lane?.cap ? lane.cap.rate * 0.9 : (lane?.rate ?? min));
  return { min, max, base: Math.min(max, Math.max(min, base)) };
}

/** Which bounds are learnt, for people; undefined: all are configured. */
export function learnt(rates: Rates): string | undefined {
  const names = (['min', 'base', 'max'] as const).filter((name) => rates[name] === undefined);
  return names.length === 0 ? undefined : `${names.join(', ')} learnt`;
}
