import { check } from '../../lib/commands/check.js';
import { restore } from '../../lib/commands/restore.js';
import { createContext } from '../../lib/run/context.js';
import { happen } from './events.js';
import type { Fault } from './faults.js';
import { Judge, type Result } from './judge.js';
import type { FullKernel } from './kernel.js';
import { parseStatuses } from './lines.js';
import type { Network } from './network.js';
import type { Process } from './process.js';
import { type Placed, randomOf } from './schedule.js';
import { CONFIG, STATE, System } from './system.js';

/** ms that a round may take, with one before it to wait for. */
const LIMIT = 300_000;

/** What came of a schedule. */
export interface Outcome {
  rounds: number;
  /** Commands that were carried out. */
  commands: number;
  /** What is wrong, and at which place; undefined: nothing is. */
  violation?: { text: string; place: number };
}

export interface Extras {
  /** Told what happens, a line for each. */
  told?: (line: string) => void;
  /** Told what the kernel hears. */
  heard?: FullKernel['heard'];
  /** Makes other commands of those for `ip -batch`, as a program would give them that is broken. */
  tamper?: (commands: string[]) => string[];
}

/** Goes through a schedule, up to the first thing that is wrong. */
export async function run(
  seed: number,
  network: Network,
  steps: Placed[],
  { told, heard, tamper }: Extras = {},
): Promise<Outcome> {
  const system = new System(network, randomOf(seed, 0), heard);
  const judge = new Judge(system);
  system.happen = (event) => {
    system.told(`    meanwhile ${JSON.stringify(event)}`);
    happen(system, event);
    judge.look(event);
  };
  if (told) system.told = told;
  if (tamper) system.tamper = tamper;
  const { now } = Date;
  Date.now = () => system.wall * 1000 + Math.floor(system.clock.now);
  try {
    return await goThrough(seed, steps, system, judge);
  } finally {
    Date.now = now;
  }
}

async function goThrough(seed: number, steps: Placed[], system: System, judge: Judge): Promise<Outcome> {
  system.told(JSON.stringify(system.world.network));
  const outcome: Outcome = { rounds: 0, commands: 0 };
  for (const { place, step } of steps) {
    system.random = randomOf(seed, place);
    system.told(`${place} ${JSON.stringify(step)}`);
    let failure: unknown;
    try {
      if (step.do === 'round') {
        await system.clock.pass(1 + step.wait * 1000);
        outcome.commands += await runRounds(system, judge, step.faults);
        outcome.rounds += 1;
      } else if (step.do === 'restore') await runRestore(system, judge);
      else {
        await system.clock.pass(1 + (step.do === 'wait' ? step.seconds * 1000 : 0));
        system.happen(step);
      }
    } catch (error) {
      failure = error;
    }
    const text = judge.violation ?? (failure === undefined ? undefined : String((failure as Error).stack ?? failure));
    if (text !== undefined) return { ...outcome, violation: { text, place } };
  }
  return outcome;
}

/** A round with its faults, and whichever begins beside it. Returns how many commands were carried out. */
async function runRounds(system: System, judge: Judge, faults: Fault[]): Promise<number> {
  const { disk, clock } = system;
  const was = parseStatuses(disk.text(STATE));
  const ended: { process: Process; result: Result }[] = [];
  let open = 0;
  let close: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    close = resolve;
  });
  for (const fault of faults) if (fault.kind === 'lease') system.happen({ do: 'rehome', ...leaseOf(system, fault) });
  system.begin = () => {
    const process = system.spawn();
    system.victim ??= process;
    open += 1;
    start(process, (context) => check(context, { dryRun: false })).then((result) => {
      ended.push({ process, result });
      process.die();
      open -= 1;
      if (open === 0) close();
    });
  };
  system.faults = faults;
  system.victim = undefined;
  if (faults.some(({ kind }) => kind === 'full')) disk.full = true;
  const flock = '/usr/sbin/flock';
  if (faults.some(({ kind }) => kind === 'lockless')) disk.nodes.delete(flock);
  try {
    system.begin();
    await clock.run(all, LIMIT);
  } finally {
    disk.full = false;
    disk.put(flock, '', 0o755);
  }
  for (const { process, result } of ended) judge.ended(process, result, was);
  system.told(`    ${JSON.stringify(parseStatuses(disk.text(STATE)))}`);
  return ended.reduce((sum, { process }) => sum + process.commands, 0);
}

/** The other gateway of a line. */
function leaseOf({ world }: System, { line }: { line: number }): { line: number; gateway: number } {
  return { line, gateway: world.truths[line - 1]?.known.gateway === 1 ? 254 : 1 };
}

async function runRestore(system: System, judge: Judge): Promise<void> {
  system.faults = [];
  const process = system.spawn();
  process.restores = true;
  const result = await system.clock.run(start(process, restore), LIMIT);
  process.die();
  judge.restored(process, result);
}

/** Runs a command as a process. Resolves when it has ended, or was killed. */
function start(
  process: Process,
  command: (context: ReturnType<typeof createContext>) => Promise<number>,
): Promise<Result> {
  const options = { config: CONFIG, state: STATE, verbose: false, json: false, color: false };
  const work = command(createContext(options, process.engine)).then(
    (exitCode): Result => ({ exitCode }),
    // Of one that was killed, nothing is heard.
    (error): Result => (process.alive ? { error } : {}),
  );
  return Promise.race([process.gone.then((): Result => ({})), work]);
}
