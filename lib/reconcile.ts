import type { Actuator } from './actuators/actuator.js';
import type { Change, Problem, View, Word } from './model.js';
import { plan } from './plan.js';
import type { Course } from './policy/course.js';

export interface Reconciled {
  /** As it is afterwards. */
  view: View;
  /** What was done; in a dry run, what would be. */
  changes: Change[];
  problems: Problem[];
  /** Something could not be done. */
  refused: boolean;
  /** The system lacks something, and will until it starts again. */
  lacking: boolean;
}

export interface Task {
  actuator: Actuator;
  course: Course;
  /** What the system lacks, if that is known. */
  lack?: Problem | undefined;
  look(): Promise<View>;
  /** Told before changes are made. */
  changing(changes: Change[]): void;
  /** Plan only. */
  dryRun: boolean;
}

/** How often things may change under our hands within one round before we leave it to the next. */
const PATIENCE = 3;

/**
 * Brings what is steered in line with verdicts: want, diff, apply, and another look at what came of it. A WAN whose things the
 * system refuses is left out, and the rest is planned again without it: so nothing is removed for something that is not there. It
 * takes two refusals: after the first, it may be there already, from another round at the same time.
 *
 * @param words how each WAN is, by its name
 */
export async function reconcile(task: Task, first: View, words: ReadonlyMap<string, Word>): Promise<Reconciled> {
  const { actuator, course, dryRun } = task;
  const refusals = new Map<string, Problem>();
  let { lack } = task;
  let lacking = false;
  const doubts = new Set<string>();
  const made: Change[] = [];
  let view = first;
  let reason = 'the next round tries again';
  for (let tries = 0; ; tries++) {
    const limits = { refused: new Set(refusals.keys()), lack };
    const { changes, problems: conflicts } = plan(actuator, course, view, words, limits);
    const problems = [...conflicts, ...refusals.values()];
    if (dryRun) return { view, changes, problems, refused: false, lacking };
    if (changes.length === 0) return { view, changes: made, problems, refused: refusals.size > 0, lacking };
    if (tries >= PATIENCE + 2 * view.paths.length) {
      return {
        view,
        changes: made,
        problems: [...problems, notKept(actuator.place, changes, reason)],
        refused: true,
        lacking,
      };
    }
    task.changing(changes);
    const refusal = await actuator.apply(changes);
    made.push(...changes.slice(0, refusal?.index));
    view = await task.look();
    if (!refusal) continue;
    reason = refusal.reason;
    const change = changes[refusal.index];
    if (!change || change.verb === 'del') continue;
    if (doubts.has(change.sentence)) {
      const finding = await actuator.investigate(change, reason, view);
      if ('lack' in finding) {
        lack = finding.lack;
        lacking = finding.lasting;
      } else for (const { wan } of finding.paths) refusals.set(wan.name, wasRefused(change, reason));
    }
    doubts.add(change.sentence);
  }
}

/**
 * The same for all that is steered, one after the other.
 *
 * @param isLacking the system was found to lack what they could do without, and has not started again since
 */
export async function reconcileAll(
  { actuators, isLacking, ...task }: Omit<Task, 'actuator' | 'lack'> & { actuators: Actuator[]; isLacking: boolean },
  first: View,
  words: ReadonlyMap<string, Word>,
): Promise<Reconciled> {
  const all: Reconciled = { view: first, changes: [], problems: [], refused: false, lacking: false };
  for (const actuator of actuators) {
    const lack = isLacking ? actuator.lack : undefined;
    const done = await reconcile({ ...task, actuator, lack }, all.view, words);
    all.view = done.view;
    all.changes.push(...done.changes);
    all.problems.push(...done.problems);
    all.refused ||= done.refused;
    all.lacking ||= done.lacking;
  }
  return all;
}

function wasRefused({ command }: Change, reason: string): Problem {
  return { text: `${command.join(' ')}: refused`, remedy: reason.split('\n'), blocking: true };
}

function notKept(place: string, changes: Change[], reason: string): Problem {
  const [first, ...more] = changes.map(({ command }) => command.join(' '));
  const rest = more.length > 0 ? ` and ${more.length} more` : '';
  return { text: `${place} does not take or keep this: ${first}${rest}`, remedy: reason.split('\n'), blocking: true };
}
