import type { Now, State, WanState } from '../model.js';

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

/** The state as far as it is true when nobody has watched the lines since: how they are is not known. */
export function forget(state: State): State {
  return { ...state, complaints: [], wans: state.wans.map((wan) => forgetWan(wan, state)) };
}

function forgetWan(wan: WanState, { timestamp, uptime }: State): WanState {
  const { latency, jitter, loss, ...counted } = wan.counted;
  if (wan.verdict.status === 'disabled') return { ...wan, counted };
  const since = { statusSince: timestamp, statusSinceUptime: uptime };
  return {
    ...wan,
    counted: { ...counted, failures: 0, successes: 0 },
    verdict: { ...wan.verdict, ...since, status: 'unknown', reason: 'nobody watches it' },
  };
}
