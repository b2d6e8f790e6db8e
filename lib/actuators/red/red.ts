import type { Observation } from '../../model.js';
import type { Actuator, Planner } from '../actuator.js';
import { type Means, perform } from './apply.js';
import type { Step } from './step.js';
import { carrying, want } from './want.js';
import { stepCommand, stepWords } from './words.js';

/** Who holds RED on IPFire, and how it comes to another line. */
export const PLANNER: Planner<Step> = {
  place: 'IPFire',
  carrying,
  want,
  changes: (steps) =>
    steps.map((thing) => ({ verb: 'replace', thing, sentence: stepWords(thing), command: stepCommand(thing) })),
};

/** The same, with the means to do it. */
export function red(means: Means): Actuator<Step> {
  const failures: string[] = [];
  let wished: string | undefined;
  return {
    ...PLANNER,
    want: (intent, verdicts, seen: Observation) => {
      const wanted = want(intent, verdicts, seen);
      wished = wanted.line;
      return { ...wanted, problems: [...wanted.problems, ...failures.map((text) => ({ text }))] };
    },
    apply: async (changes) => perform(means, changes, failures),
    investigate: async (_, __, { paths }) => ({ paths: paths.filter(({ wan }) => wan.name === wished) }),
  };
}
