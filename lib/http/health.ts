import { EXIT } from '../explain.js';
import { wordFor } from '../health/transition.js';
import type { Now, State } from '../model.js';
import { isRecent } from '../state/recent.js';

/** Whether all is well, and why not. */
export interface Health {
  healthy: boolean;
  /** Why not; or that it is disabled, which is as it was asked for. */
  reasons: string[];
  /** s since the last round ended. Null: there is none of this boot. */
  age_s: number | null;
  wans: { name: string; status: string }[];
}

/**
 * Whether mini-mwan does its work, and a WAN is up; or whether it is disabled, and has nothing to do.
 *
 * @param state of the last round; undefined: there is none
 * @param stopped the service is
 */
export function healthOf(state: State | undefined, stopped: boolean, now: Now): Health {
  const isOfBoot = state?.bootId === now.bootId;
  const age = state && isOfBoot && now.uptime >= state.uptime ? now.uptime - state.uptime : undefined;
  const reasons = stopped ? ['the service is stopped'] : state ? reasonsOf(state, age, now) : ['no round has run yet'];
  return {
    healthy: reasons.every((reason) => reason === DISABLED),
    reasons,
    age_s: age === undefined ? null : Math.round(age),
    wans: (state?.wans ?? []).map((wan) => ({ name: wan.name, status: wordFor(wan) })),
  };
}

const DISABLED = 'disabled';

function reasonsOf(state: State, age: number | undefined, now: Now): string[] {
  if (age === undefined) return ['no round has run since the router started'];
  if (!isRecent(state, now)) return [`the last round was ${Math.round(age)} s ago: nobody watches the lines`];
  // As no WAN is in use then, any other round ends with another exit code.
  const isDisabled = state.exitCode === EXIT.ok && state.wans.every(({ verdict }) => verdict.status === 'disabled');
  if (isDisabled) return [DISABLED];
  const isUp = state.wans.some(({ verdict }) => verdict.status === 'up');
  // 1 is that no WAN is up.
  const failed = state.exitCode > 1 ? [`the last round could not do its work (exit code ${state.exitCode})`] : [];
  return [...(isUp ? [] : ['no WAN is up']), ...failed, ...(failed.length > 0 ? state.complaints : [])];
}
