import { diff } from '../../diff.js';
import type { Change, Path } from '../../model.js';
import { whyFailed } from '../../observe/marks.js';
import type { Exec } from '../../system/exec.js';
import type { Actuator, Planner, Refusal } from '../actuator.js';
import { IP_TIMEOUT } from '../routes/apply.js';
import { inOrder } from '../tables/in-order.js';
import type { WayThing } from '../tables/thing.js';
import { find, KIND } from './kind.js';
import { noWords } from './obstacle.js';
import type { Thing } from './thing.js';
import { want } from './want.js';

/** What leads answers by the line that a connection came in by, and flows by the line that was chosen for them. */
export const PLANNER: Planner<Thing> = {
  place: 'what leads answers and flows (ip rule, nft)',
  // What is led goes beside the routes, which decide on all other.
  carrying: () => [],
  want,
  changes: (things, seen) => diff(KIND, things, find(seen)),
};

/** Tables and rules by `ip`, marks by `nft`. */
export function inbound(exec: Exec): Actuator<Thing> {
  const mark = async ({ command: [program = '', ...args] }: Change<Thing>): Promise<Refusal | undefined> => {
    const reason = whyFailed(await exec.start(program, args, { timeout: IP_TIMEOUT }).finished);
    return reason === undefined ? undefined : { index: 0, reason };
  };
  return {
    ...PLANNER,
    apply: (changes) => inOrder(exec, changes, ({ thing }) => thing.kind === 'marks', mark),
    investigate: async ({ thing }, reason, { paths }) =>
      thing.kind === 'marks'
        ? {
            lack: noWords(
              paths.map(({ wan }) => wan),
              reason,
            ),
            lasting: false,
          }
        : { paths: pathsOf(thing, paths) },
  };
}

/** The line that a thing is for. */
export function pathsOf(thing: WayThing, paths: Path[]): Path[] {
  const { table, ...rule } = thing.kind === 'route' ? thing.route : thing;
  const { from, mark } = 'kind' in rule ? rule : {};
  return paths.filter(
    ({ wan: { inbound }, link }) =>
      `${inbound?.table}` === table ||
      (from === undefined
        ? mark !== undefined && [inbound?.mark, inbound?.led].includes(mark)
        : link?.addresses.some(({ address }) => address === from)),
  );
}
