import { diff } from '../../diff.js';
import type { Route } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Planner } from '../actuator.js';
import { apply } from '../routes/apply.js';
import { usesDevice } from '../routes/route.js';
import { KIND } from './kind.js';
import { carrying, want } from './want.js';

/** What IPv6 routes should be there, and how they come to be. */
export const PLANNER: Planner<Route> = {
  family: 6,
  place: 'the routing table of IPv6',
  carrying: ({ paths, seen }) => carrying(paths, seen.six?.routes ?? []),
  want,
  // Where they could not be seen, nothing is known of what there is.
  changes: (things, { six }) => (six ? diff(KIND, things, six.routes) : []),
};

/** The IPv6 routes of table main, by `ip -6`. */
export function routes6(exec: Exec): Actuator<Route> {
  return {
    ...PLANNER,
    apply: (changes) => apply(exec, changes, ['-6']),
    investigate: async ({ thing }, _reason, { paths }) => ({
      paths: paths.filter(({ wan, device }) => wan.family && usesDevice(thing, device)),
    }),
  };
}
