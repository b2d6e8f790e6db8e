import type { Restart, State, Transition } from '../model.js';

/** The state as long as these transitions are not told: whichever round finds it tells them. */
export function untold(state: State, transitions: Transition[]): State {
  const told = new Map(transitions.map(({ name, from }) => [name, from]));
  const wans = state.wans.map((wan) => {
    const before = told.get(wan.name);
    return before === undefined ? wan : { ...wan, verdict: { ...wan.verdict, told: before } };
  });
  return { ...state, wans };
}

/** The state as long as this restart has not begun: the next round finds that it is due. @param before what the last one left */
export function unstarted(state: State, restart: Restart, before: State | undefined): State {
  const last = before?.wans.find(({ name }) => name === restart.name)?.healing;
  const wans = state.wans.map((wan) => (wan.name === restart.name && last ? { ...wan, healing: last } : wan));
  return { ...state, wans };
}
