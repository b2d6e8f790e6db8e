import type { Now, State } from '../model.js';

/** s by which a round may be late: cron looks once a minute, and a round in which nothing answers takes nearly another. */
const LATE = 120;

/**
 * Whether the state still says how things are. One of before a restart does not, nor one that no round has followed for
 * longer than rounds can be apart: whatever starts them has stopped.
 */
export function isRecent(state: State, now: Now): boolean {
  const age = now.uptime - state.uptime;
  return state.bootId === now.bootId && age >= 0 && age <= state.checkInterval + LATE;
}
