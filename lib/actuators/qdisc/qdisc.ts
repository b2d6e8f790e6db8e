import { diff } from '../../diff.js';
import type { Cure, Problem, Shaper } from '../../model.js';
import type { Tools } from '../../system/exec.js';
import type { Actuator, Planner } from '../actuator.js';
import { apply } from './apply.js';
import { find } from './find.js';
import { KIND, keyOf } from './kind.js';
import type { Thing } from './thing.js';
import { type Refused, want } from './want.js';

/** What queues what passes the lines. @param refused grows while things are refused */
export function planner(shapers: Shaper[], refused: Refused = new Map()): Planner<Thing> {
  return {
    place: 'the queues of the lines (tc)',
    // They delay what goes, wherever it goes.
    carrying: () => [],
    want: (_, verdicts, seen) => want(shapers, verdicts, seen, refused),
    changes: (things, seen) => diff(KIND, things, find(seen)),
  };
}

/** CAKE, by `tc`. What the system refuses of it is left out until the next round: lines carry traffic without. */
export function qdisc(tools: Tools, shapers: Shaper[]): Actuator<Thing> {
  const refused = new Map<string, Problem>();
  return {
    ...planner(shapers, refused),
    apply: (changes) => apply(tools, changes),
    investigate: async ({ thing, command }, reason) => {
      const lack = whyRefused(thing, command, reason);
      refused.set(keyOf(thing), lack);
      return { lack, lasting: false };
    },
  };
}

function whyRefused({ kind }: Thing, command: string[], reason: string): Problem {
  const [first = ''] = reason.split('\n');
  // A kernel that has no such kind says this.
  const isUnknown = /unknown|not supported|No such file or directory/i.test(reason);
  const cures: Cure[] = kind === 'ifb' ? [{ install: 'ifb' }] : [{ install: 'cake' }];
  return { text: `${command.join(' ')}: ${first}`, ...(isUnknown ? { remedy: cures } : {}) };
}
