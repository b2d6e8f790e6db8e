import { diff } from '../../diff.js';
import type { Planner } from '../actuator.js';
import { find } from './find.js';
import { KIND } from './kind.js';
import type { Thing } from './thing.js';
import { want } from './want.js';

/** What is steered on the RouterOS machine that was looked at. */
export const planner: Planner<Thing> = {
  place: 'the RouterOS machine',
  carrying: () => [],
  want: (intent, verdicts, { routeros }) =>
    routeros ? want(intent, verdicts, routeros) : { things: [], problems: [] },
  changes: (things, { routeros }) => (routeros ? diff(KIND, things, find(routeros)) : []),
};
