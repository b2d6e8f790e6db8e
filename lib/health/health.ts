import type { Health, Wan, WanState } from '../model.js';

/** Rounds that a window holds at most. Sixty seconds at an interval of 5 s, so that a line that turned bad fills it within a minute. */
export const ROUNDS = 12;

/** Are all packets of a round heard out, and is what they showed kept? */
export function isMeasured({ limits, measured }: Pick<Wan, 'limits' | 'measured'>): boolean {
  return limits !== undefined || measured === true;
}

/** How well a line is. One that is disabled or not there is down. */
export function healthOf({ verdict: { status, judged }, counted, quality }: WanState): Health {
  if (status === 'up') return quality?.degraded ? 'degraded' : 'up';
  if (status === 'unknown' || (!judged && status !== 'disabled' && status !== 'down')) return 'starting';
  return status === 'down' && counted.answeringSince !== undefined ? 'recovering' : 'down';
}
