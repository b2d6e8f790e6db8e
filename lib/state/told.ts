import type { State, Transition } from '../model.js';

/** The state as long as these transitions are not told: whichever round finds it tells them. */
export function untold(state: State, transitions: Transition[]): State {
  const told = new Map(transitions.map(({ name, from }) => [name, from]));
  const wans = state.wans.map((wan) => {
    const before = told.get(wan.name);
    return before === undefined ? wan : { ...wan, verdict: { ...wan.verdict, told: before } };
  });
  return { ...state, wans };
}
