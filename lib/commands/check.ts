import { EXIT, type ExitCode, Trouble } from '../explain.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { planUnwatched, runAndTell, tellAndThrow } from '../run/notify.js';
import { type Ended, runRound, type Start } from '../run/perform.js';
import { realWorld } from '../run/real-world.js';
import { answerWithoutRound } from '../run/spared.js';
import { loadState } from '../run/store.js';
import { readClock } from '../system/clock.js';
import { ROUND_PATIENCE } from '../system/lock.js';
import { isStopped } from '../system/service.js';
import { exists } from '../system/tree.js';

export interface CheckOptions {
  dryRun: boolean;
  /** Nothing is done while the service is stopped. */
  ifStarted?: boolean;
  /** Nothing is probed before check_interval is over, unless something differs from what the last round left. */
  ifDue?: boolean;
  /** Folder for all that the round sees. */
  record?: string;
}

/** Runs one round and tells what changed. */
export async function check(context: Context, { dryRun, ifStarted, ifDue, record }: CheckOptions): Promise<ExitCode> {
  const { options, engine } = context;
  if (!dryRun) requireRoot(context, 'check');
  const run = await (record === undefined ? realRounds(context) : recordedRounds(context, record));
  const plan = async () => (await run({ dryRun: true, remembered: loadState(engine, options.state, true) })).exitCode;
  if (dryRun) return plan();
  const asked = readClock(engine).uptime;
  const work = async (unlocked?: string) => {
    // Whoever waited while mini-mwan was uninstalled must not put its routes back.
    if (!exists(engine, engine.program)) return tellAndThrow(context, removed(engine.program));
    // Asked under the lock: whoever stops it removes the routes behind us, or before us.
    if (isStopped(engine)) return ifStarted ? EXIT.ok : planUnwatched(context, plan);
    const remembered = loadState(engine, options.state, false);
    // Only a round of its own can be recorded.
    const spared = record === undefined ? await answerWithoutRound(context, remembered.state, asked, ifDue) : undefined;
    return spared ?? runAndTell(context, run, { dryRun, remembered, unlocked }, record !== undefined);
  };
  return withLock(context, ROUND_PATIENCE, work, (busy) => tellAndThrow(context, busy));
}

/** Rounds in the world as it is. */
async function realRounds(context: Context): Promise<(start: Start) => Promise<Ended>> {
  return async (start) => runRound(context, start, await realWorld(context));
}

/** The same, with all that they see and print kept in a folder. */
async function recordedRounds(context: Context, folder: string): Promise<(start: Start) => Promise<Ended>> {
  return (await import('../run/rare.js')).createRecorder(context, folder);
}

function removed(program: string): Trouble {
  return new Trouble(EXIT.cannotRun, `${program} was removed while this round waited; nothing was done`);
}
