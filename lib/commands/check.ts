import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { State } from '../model.js';
import { type Context, requireRoot, withLock } from '../run/context.js';
import { failureLine, tellOthers, tellSyslog, tellTrouble } from '../run/notify.js';
import { type Ended, runRound, type Start } from '../run/perform.js';
import { realWorld } from '../run/real-world.js';
import { loadState } from '../run/store.js';
import { readClock } from '../system/clock.js';
import { ROUND_PATIENCE } from '../system/lock.js';
import { isStopped, startCommands } from '../system/service.js';
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
  const run =
    record === undefined
      ? async (start: Start) => runRound(context, start, await realWorld(context))
      : await (await import('./others.js')).createRecorder(context, record);
  const plan = async () => (await run({ dryRun: true, remembered: loadState(engine, options.state, true) })).exitCode;
  if (dryRun) return plan();
  const asked = readClock(engine).uptime;
  const work = async (unlocked?: string) => {
    stopIfRemoved(context);
    // Asked under the lock: whoever stops it removes the routes behind us, or before us.
    const stopped = isStopped(engine);
    if (stopped && ifStarted) return { exitCode: EXIT.ok };
    if (stopped) return planUnwatched(context, plan);
    const remembered = loadState(engine, options.state, false);
    // Only a round of its own can be recorded.
    const answered = record === undefined ? answerOf(context, remembered.state, asked) : undefined;
    if (answered !== undefined) {
      if (options.verbose) context.note('another round began after this call and has ended; nothing is left to do');
      return { exitCode: answered };
    }
    const idle = ifDue && record === undefined ? await answerIfIdle(context, remembered.state) : undefined;
    if (idle !== undefined) {
      if (options.verbose) context.note('nothing has changed since the last round, and the next one is not due');
      return { exitCode: idle };
    }
    const isWatched = options.verbose || options.json || engine.err.isTTY || record !== undefined;
    return runAndTell(context, run, { dryRun, remembered, unlocked }, isWatched);
  };
  const { exitCode, error } = await withLock(context, ROUND_PATIENCE, work).catch(async (busy) => {
    await tellSyslog(context, [failureLine(busy)], 'notice');
    return { exitCode: undefined, error: busy };
  });
  if (exitCode === undefined) throw error;
  return exitCode;
}

/** Routes that nobody watches would outlive their lines: the plan is printed, and nothing is done. */
async function planUnwatched(
  { engine, complain }: Context,
  plan: () => Promise<ExitCode>,
): Promise<{ exitCode?: ExitCode; error?: unknown }> {
  const text = 'the service is stopped, so nothing is changed: nobody would watch the routes. To start it:';
  complain([text, ...startCommands(engine).map((line) => `  ${line}`)]);
  return plan().then(
    (exitCode) => ({ exitCode }),
    (error) => ({ error }),
  );
}

/** Whoever waited while mini-mwan was uninstalled must not put its routes back. */
function stopIfRemoved({ engine }: Context): void {
  if (exists(engine, engine.program)) return;
  throw new Trouble(EXIT.cannotRun, `${engine.program} was removed while this round waited; nothing was done`);
}

/** Resolves to what is to be thrown, too: so that what comes of the lock itself can be told apart. */
async function runAndTell(
  context: Context,
  run: (start: Start) => Promise<Ended>,
  start: Start,
  isWatched: boolean,
): Promise<{ exitCode?: ExitCode; error?: unknown }> {
  try {
    const ended = await run(start);
    await tellOthers(context, start, ended);
    return { exitCode: ended.exitCode };
  } catch (error) {
    const isNew = await tellTrouble(context, error);
    // cron mails what a job prints: once is enough, where nobody asks.
    return error instanceof Trouble && !isNew && !isWatched ? { exitCode: error.exitCode } : { error };
  }
}

/** Where rounds are a minute or less apart, there is nothing to compare with, and nothing is loaded for it. */
async function answerIfIdle(context: Context, state: State | undefined): Promise<ExitCode | undefined> {
  return state?.fingerprint === undefined ? undefined : (await import('./others.js')).idleAnswer(context, state);
}

/** The exit code of a round that began after `asked` (s since boot); undefined if there was none. */
function answerOf({ engine }: Context, state: State | undefined, asked: number): ExitCode | undefined {
  const now = readClock(engine);
  if (!state || state.bootId !== now.bootId || state.uptime > now.uptime || state.unfinished) return undefined;
  if (state.begun === undefined || state.begun <= asked) return undefined;
  return Object.values(EXIT).find((code) => code === state.exitCode);
}
