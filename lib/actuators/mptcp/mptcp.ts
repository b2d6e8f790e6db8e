import { diff } from '../../diff.js';
import type { Tools } from '../../system/exec.js';
import type { Actuator, Planner } from '../actuator.js';
import { apply } from './apply.js';
import { isOn } from './bond.js';
import { find } from './find.js';
import { KIND } from './kind.js';
import type { Thing } from './thing.js';
import { want } from './want.js';

/** Which lines connections of MPTCP use at once. */
export const PLANNER: Planner<Thing> = {
  family: 'each',
  place: 'the list of MPTCP endpoints',
  // They carry traffic beside the routes, which decide on all other.
  carrying: () => [],
  want,
  changes: (things, seen) => diff(KIND, things, find(seen)),
};

/** Endpoints and their limit, by `ip mptcp`. */
export function mptcp(tools: Tools): Actuator<Thing> {
  return {
    ...PLANNER,
    apply: (changes) => apply(tools, changes),
    investigate: async ({ thing }, reason, { paths }) =>
      thing.kind === 'limit'
        ? { lack: { text: `option mptcp: the limit of subflows stays as it is: ${reason}` }, lasting: false }
        : { paths: paths.filter((path) => thing.kind === 'endpoint' && isOn(thing, path)) },
  };
}
