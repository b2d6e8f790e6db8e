import type { Wan, WanState } from '../model.js';

/**
 * The targets that are asked at once. While a line answers, only as many as must answer, each in its turn: so a healthy round
 * costs few packets and processes, and a target that falls silent is noticed all the same. Otherwise all of them.
 *
 * @param state what is known of the WAN from the round before
 */
export function turnOf({ targets, reliability }: Wan, { counted, verdict }: WanState): string[] {
  if (verdict.status !== 'up' || counted.failures > 0) return targets;
  const first = targets.indexOf(counted.asked ?? '') + 1;
  return targets.slice(0, reliability).map((_, i) => targets[(first + i) % targets.length] as string);
}
