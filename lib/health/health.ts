import type { Health, WanState } from '../model.js';

/** How well a line is. One that is disabled or not there is down. */
export function healthOf({ verdict: { status, judged }, counted, quality }: WanState): Health {
  if (status === 'up') return quality?.degraded ? 'degraded' : 'up';
  if (status === 'unknown' || (!judged && status !== 'disabled' && status !== 'down')) return 'starting';
  return status === 'down' && counted.answeringSince !== undefined ? 'recovering' : 'down';
}
