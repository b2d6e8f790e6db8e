import { diff } from '../../diff.js';
import type { Path } from '../../model.js';
import type { Actuator, Planner } from '../actuator.js';
import { apply, type Means } from './apply.js';
import { find } from './find.js';
import { KIND } from './kind.js';
import { FIRST_TABLE, type Thing } from './thing.js';
import { want } from './want.js';

/** What lines are tested with while they stand by. */
export const PLANNER: Planner<Thing> = {
  place: `tables ${FIRST_TABLE} and up`,
  // What is tested carries nobody's traffic.
  carrying: () => [],
  want,
  changes: (things, seen) => diff(KIND, things, find(seen)),
};

/** Addresses, tables and rules by `ip`, and DHCP clients by dhcpcd. */
export function tables(means: Means): Actuator<Thing> {
  return {
    ...PLANNER,
    apply: (changes) => apply(means, changes),
    investigate: async ({ thing }, _, { paths }) => ({ paths: pathsOf(thing, paths) }),
  };
}

/** The line that a thing is for. */
function pathsOf(thing: Thing, paths: Path[]): Path[] {
  if (thing.kind === 'rule') return paths.filter((_, i) => FIRST_TABLE + i === thing.priority);
  const device = thing.kind === 'route' ? thing.route.nexthops[0]?.device : thing.device;
  return paths.filter(({ wan }) => wan.uplink?.device === device);
}
