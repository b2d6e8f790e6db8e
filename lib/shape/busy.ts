import type { Direction, Shaper } from '../model.js';

/** Part of its rate that a line must carry to be worth a look: more than what control takes for idle (IDLE in listen.ts). */
const PART = 0.25;
/** kbit/s of a line of which nothing is known: a slow one. */
const UNKNOWN = 4000;

/**
 * Whether a direction has carried enough to be controlled.
 *
 * @param rate kbit/s that was set last
 * @param bytes that it has carried in `ms`; less than nothing where its counter began again
 */
export function isBusy(
  { rates }: Pick<Shaper, 'rates'>,
  direction: Direction,
  rate: number | undefined,
  bytes: number,
  ms: number,
): boolean {
  const bounds = rates[direction];
  if (!bounds || ms <= 0) return false;
  const { min, base, max } = bounds;
  return (bytes * 8) / ms > PART * (rate ?? base ?? max ?? min ?? UNKNOWN);
}
