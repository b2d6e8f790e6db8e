import { keyOf } from '../actuators/routeros/kind.js';
import { planMachine } from '../actuators/routeros/routeros.js';
import type { Thing } from '../actuators/routeros/thing.js';
import { thingWords } from '../actuators/routeros/words.js';
import type { Change } from '../model.js';
import { questionsFor, toSight } from '../observe/routeros.js';
import { problemText } from '../report/words.js';
import type { RouterosView, Wish } from '../routeros.js';
import type { MachineMemory } from '../state/routeros.js';
import type { Link } from '../system/routeros/link.js';
import type { Failure } from '../system/routeros/ways.js';
import { send, withFormer, withPair } from './routeros-send.js';
import { isUrgent, turnOf } from './routeros-turn.js';

export interface Pass {
  memory: MachineMemory;
  link: Link;
  /** Put all back as it was. */
  leaving: boolean;
  dryRun: boolean;
  /** The newest one. */
  wish(): Promise<Wish>;
  /** There is a newer one. */
  isStale(): boolean;
  /** Keeps it, before something is changed; whether that was possible. */
  keep(memory: MachineMemory): boolean;
  /** It was looked at. */
  looked(view: RouterosView): void;
  changed(change: Change<Thing>): void;
  /** s since boot. */
  uptime(): number;
  /** s since boot when it is given up. */
  deadline: number;
}

export interface Passed {
  memory: MachineMemory;
  /** Made; in a dry run, what would be. */
  changes: Change<Thing>[];
  /** Nothing more is to be done now. */
  settled: boolean;
}

/** Looks that one pass takes at the most: one, one after each step of a failover, and some for what changes meanwhile. */
const LOOKS = 6;
/** s until a machine is looked at again with which all is well, and the least and the most where something is not. */
const CALM = 60;
const HASTE = 5;
const PATIENCE = 60;
/** s until one is asked again that does not let us in: it may lock out whoever tries too often. */
const LOCKED = 300;

/**
 * Brings one machine in line: look, compare, change what differs, and look again, until nothing differs. Each time by the newest wish;
 * one that is overtaken is dropped. What fails is said, and waits for the next pass.
 */
export async function runPass(pass: Pass): Promise<Passed> {
  const { link, leaving, dryRun, uptime } = pass;
  let memory = pass.memory;
  const { machine } = memory;
  const made: Change<Thing>[] = [];
  /** Sentences of changes that were sent, by how often. */
  const sent = new Map<string, number>();
  const isMade = ({ sentence, thing }: Change<Thing>) =>
    made.filter((one) => keyOf(one.thing) === keyOf(thing)).at(-1)?.sentence === sentence;
  const end = (problems: string[], failure?: Failure): Passed => {
    const failures = problems.length > 0 && failure ? memory.failures + 1 : 0;
    const wait = failure ? (failure.again || failure.elsewhere ? haste(failures) : LOCKED) : CALM;
    const way = link.way();
    const { way: _, detour: __, ...rest } = memory;
    const detour = link.detour();
    const route = { ...(way ? { way } : {}), ...(detour ? { detour } : {}) };
    memory = { ...rest, ...route, failures, due: uptime() + wait, problems };
    return { memory, changes: made, settled: !failure };
  };
  const fail = (failure: Failure) => end([failure.text], failure);
  let reason = STUBBORN;
  for (let looks = 0; looks < LOOKS && uptime() < pass.deadline; looks++) {
    const wish = await pass.wish();
    const questions = questionsFor(machine, memory.former);
    const answers = await link.ask(questions);
    if (!Array.isArray(answers)) return fail(answers);
    memory = { ...memory, at: uptime() };
    const seen: RouterosView = {
      ...{ machine, sight: toSight(questions, answers), former: memory.former, wish },
      ...(leaving ? { leaving } : {}),
    };
    pass.looked(seen);
    const planned = planMachine(seen);
    const problems = planned.problems.map((problem) => problemText({ ...problem, option: '' }, '').replace(/^: /, ''));
    const wanted = planned.changes;
    memory = withPair(memory, seen, wanted);
    if (dryRun) return { ...end(problems), changes: wanted };
    // What it has taken, and does not keep, is not written over and over.
    if (wanted.some((change) => isMade(change) && !isUrgent(change.thing))) return fail(STUBBORN);
    const turn = ({ sentence, thing }: Change<Thing>) => (leaving ? 0 : turnOf(memory, thing, sent.has(sentence)));
    const free = wanted.filter((change) => turn(change) <= uptime());
    if (free.length === 0) {
      const done = end(problems);
      // The newest wish waits for its turn.
      const due = Math.min(...wanted.map(turn));
      return wanted.length === 0 ? done : { ...done, settled: false, memory: { ...done.memory, due } };
    }
    const kept = { ...memory, former: withFormer(memory.former, free, seen.sight) };
    if (!pass.keep(kept))
      return fail({ text: 'what it was cannot be kept beside the state file: nothing is changed', again: true });
    memory = kept;
    for (const change of free) {
      if (pass.isStale() || uptime() >= pass.deadline) break;
      // Those before it have used up what may be written now.
      if (turn(change) > uptime()) continue;
      const times = (sent.get(change.sentence) ?? 0) + 1;
      if (times > 2) return fail(reason);
      sent.set(change.sentence, times);
      memory = { ...memory, written: { ...memory.written, [keyOf(change.thing)]: uptime() } };
      // Whoever kills us now must not have the next one write at once.
      pass.keep(memory);
      const failure = await send(link, change.thing, seen.sight, { questions, pair: memory.pair });
      if (!failure) {
        memory = { ...memory, last: { at: uptime(), text: thingWords(change.thing) } };
        made.push(change);
        pass.changed(change);
        continue;
      }
      reason = failure;
      if (!failure.again && !failure.gone) return fail(failure);
      break;
    }
  }
  // Nothing was sent, as wishes came faster than answers.
  if (sent.size === 0 && uptime() < pass.deadline) return { ...end([]), settled: false };
  return fail(reason === STUBBORN && uptime() >= pass.deadline ? SLOW : reason);
}

const STUBBORN: Failure = { text: 'it does not keep what it is told', again: true };
const SLOW: Failure = { text: 'it answers too slowly', again: true };

function haste(failures: number): number {
  return Math.min(PATIENCE, HASTE * 2 ** Math.min(failures - 1, 10));
}
