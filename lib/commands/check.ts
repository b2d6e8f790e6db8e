import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { State } from '../model.js';
import { quietText } from '../state/quiet.js';
import { readClock } from '../system/clock.js';
import { type Answers, readHandedOver, withAnswers, withBeginning } from '../system/early.js';
import { readText } from '../system/files.js';
import { ROUND_PATIENCE, takeOverLock } from '../system/lock.js';
import { exists } from '../system/tree.js';
import { type Context, createContext, requireRoot, withLock } from './context.js';
import { keepQuiet, loadState, saveQuiet } from './memory.js';
import { type Ended, runRound, type Start } from './perform.js';
import { reality } from './reality.js';
import { failureLine, tellOthers, tellSyslog, tellTrouble } from './tell.js';

/** s that a round takes at the most to read its configuration. */
const READING = 0.2;
/** The kernel's own table of table main, for who has no `ip`. */
const ROUTES = '/proc/net/route';

export interface CheckOptions {
  dryRun: boolean;
  /** Folder for all that the round sees. */
  record?: string;
  /** `cron/early` hands over the lock, and answers on our standard input. */
  early?: boolean;
}

/** Runs one round and tells what changed. */
export async function check(given: Context, { dryRun, record, early = false }: CheckOptions): Promise<ExitCode> {
  const { options, io, exec } = given;
  const answers: Answers = early ? readHandedOver() : new Map();
  const hasAnswers = answers.size > 0;
  const context = hasAnswers ? createContext(options, io, withAnswers(exec, answers)) : given;
  if (!dryRun) requireRoot(context, 'check');
  const run =
    record === undefined
      ? (start: Start) =>
          runRound(context, start, hasAnswers ? withBeginning(reality(context), answers) : reality(context))
      : await (await import('./record.js')).createRecorder(context, record);
  if (dryRun) return (await run({ dryRun, remembered: await loadState(context.options.state, true) })).exitCode;
  const asked = readClock().uptime;
  const held = early ? takeOverLock(`${options.state}.lock`, asked) : undefined;
  const work = async (unlocked?: string) => {
    await stopIfRemoved(context);
    const remembered = await loadState(context.options.state, false);
    // Only a round of its own can be recorded.
    const answered = record === undefined ? answerOf(remembered.state, asked) : undefined;
    if (answered === undefined) return runAndTell(context, run, { dryRun, remembered, unlocked }, hasAnswers);
    if (context.options.verbose)
      context.note('another round began after this call and has ended; nothing is left to do');
    return { exitCode: answered };
  };
  const { exitCode, error } = await withLock(context, ROUND_PATIENCE, work, held).catch(async (busy) => {
    await tellSyslog(context, [failureLine(busy)], 'notice');
    return { exitCode: undefined, error: busy };
  });
  if (exitCode === undefined) throw error;
  return exitCode;
}

/** Whoever waited while mini-mwan was uninstalled must not put its routes back. */
async function stopIfRemoved({ io }: Context): Promise<void> {
  const [, program] = io.self;
  if (await exists(program)) return;
  throw new Trouble(EXIT.cannotRun, `${program} was removed while this round waited; nothing was done`);
}

/** Resolves to what is to be thrown, too: so that what comes of the lock itself can be told apart. */
async function runAndTell(
  context: Context,
  run: (start: Start) => Promise<Ended>,
  start: Start,
  hasAnswers: boolean,
): Promise<{ exitCode?: ExitCode; error?: unknown }> {
  const { state } = context.options;
  try {
    // Read first: whatever changes from now on is seen as a change.
    const routes = await readText(ROUTES).catch(() => undefined);
    const ended = await run(start);
    const lost = routes === undefined || ended.unsaved !== undefined;
    const quiet = lost ? undefined : quietText(ended.result, routes);
    if (hasAnswers) await keepQuiet(state, quiet);
    else await saveQuiet(state, quiet);
    await tellOthers(context, start, ended);
    return { exitCode: ended.exitCode };
  } catch (error) {
    await saveQuiet(state, undefined);
    await tellTrouble(context, error);
    return { error };
  }
}

/** The exit code of a round that began after `asked` (s since boot); undefined if there was none. */
function answerOf(state: State | undefined, asked: number): ExitCode | undefined {
  const now = readClock();
  if (!state || state.bootId !== now.bootId || state.uptime > now.uptime) return undefined;
  // A round reads its configuration just before it begins to count.
  if (state.uptime - state.duration / 1000 <= asked + READING) return undefined;
  return Object.values(EXIT).find((code) => code === state.exitCode);
}
