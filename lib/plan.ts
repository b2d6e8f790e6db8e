import type { Planner } from './actuators/actuator.js';
import type { Change, Problem, Verdict, View, Word } from './model.js';
import { isReachable } from './observe/paths.js';
import type { Course } from './policy/course.js';
import { intend } from './policy/policy.js';

/** What is to be done, in this order, and what stands in the way. */
export interface Plan<T> {
  changes: Change<T>[];
  problems: Problem[];
  /** What will be there of ours. */
  things: T[];
}

/** What the system has been found not to take. */
export interface Limits {
  /** Names of WANs to which nothing of ours may lead. */
  refused?: ReadonlySet<string>;
  /** Something that it lacks. */
  lack?: Problem | undefined;
}

/**
 * What must change so that what an actuator steers is what these verdicts ask for.
 *
 * @param words how each WAN is, by its name
 */
export function plan<T>(
  planner: Planner<T>,
  course: Course,
  view: View,
  words: ReadonlyMap<string, Word>,
  { refused = new Set(), lack }: Limits = {},
): Plan<T> {
  const paths = view.paths.filter(({ wan }) => planner.family === 'each' || wan.family === planner.family);
  const verdicts = paths.map((path): Verdict => {
    const isRefused = refused.has(path.wan.name);
    const usable = path.wan.enabled && isReachable(path) && !isRefused;
    const word = words.get(path.wan.name) ?? 'unknown';
    const degraded = word === 'degraded';
    return {
      path,
      status: degraded ? 'up' : word,
      degraded,
      ...course.asides?.get(path.wan.name),
      usable,
      refused: isRefused,
    };
  });
  const intent = intend(course, verdicts, new Set(planner.carrying({ ...view, paths })));
  const { things, problems } = planner.want(intent, verdicts, view.seen, lack);
  return { changes: planner.changes(things, view.seen), problems, things };
}
