import { LEAST_RATE, MOST_RATE } from '../config/rates.js';
import type { Rates } from '../model.js';
import type { Lane } from './memory.js';
import type { Bounds } from './view.js';

/** Part of what a line has carried below which its rate does not go, unless it is said: a line that carries less is broken. */
const SHARE = 0.05;
/** kbit/s: that is no more than this, as what a fast line once carried says nothing of how slow it may become. */
const ENOUGH = 1000;

/** The bounds of a direction: those that are configured, and for the others what has been learnt of the line. */
export function boundsOf(rates: Rates, lane: Lane | undefined): Bounds {
  const max = Math.max(1, rates.max ?? MOST_RATE);
  const carried = Math.max(lane?.cap?.rate ?? 0, lane?.best ?? 0, lane?.rate ?? 0);
  const min = Math.min(max, Math.max(1, rates.min ?? Math.max(LEAST_RATE, Math.min(ENOUGH, SHARE * carried))));
  const base = rates.base ?? (lane?.cap ? lane.cap.rate * 0.9 : (lane?.rate ?? min));
  return { min, max, base: Math.min(max, Math.max(min, base)) };
}

/** Which bounds are learnt, for people; undefined: all are configured. */
export function learnt(rates: Rates): string | undefined {
  const names = (['min', 'base', 'max'] as const).filter((name) => rates[name] === undefined);
  return names.length === 0 ? undefined : `${names.join(', ')} learnt`;
}
