import { diff } from '../../diff.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Planner } from '../actuator.js';
import { apply } from './apply.js';
import { KIND } from './kind.js';
import { noResilientGroup } from './sticky.js';
import type { Thing } from './thing.js';
import { carrying, want } from './want.js';

/** What routes should be there, and how they come to be. */
export const PLANNER: Planner<Thing> = {
  place: 'the routing table',
  lack: noResilientGroup(),
  carrying: ({ paths, seen }) => carrying(paths, seen.routes),
  want,
  changes: (things, { routes, objects = [] }) => diff(KIND, things, [...objects, ...routes]),
};

/** The routes and nexthop objects of table main, by `ip`. */
export function routes(exec: Exec): Actuator<Thing> {
  return {
    ...PLANNER,
    apply: (changes) => apply(exec, changes),
    investigate: async (change, reason, view) =>
      (await import('./investigate.js')).investigate(change, reason, view, (more) => apply(exec, more)),
  };
}
