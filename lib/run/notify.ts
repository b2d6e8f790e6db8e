import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { LogLine } from '../report/log.js';
import { safe } from '../report/words.js';
import { EMPTY_STATE } from '../state/empty.js';
import { printable } from '../state/format.js';
import { startCommands } from '../system/service.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import type { Ended, Start } from './perform.js';
import { dropAnswer, loadState, saveState } from './store.js';

/**
 * Runs a round and tells others what is new.
 *
 * @param isRecorded somebody waits for what it prints
 */
export async function runAndTell(
  context: Context,
  run: (start: Start) => Promise<Ended>,
  start: Start,
  isRecorded: boolean,
): Promise<ExitCode> {
  const { options, engine } = context;
  try {
    const ended = await run(start);
    await tellOthers(context, start, ended);
    return ended.exitCode;
  } catch (error) {
    const isNew = await tellTrouble(context, error);
    const isWatched = options.verbose || options.json || engine.err.isTTY || isRecorded;
    // cron mails what a job prints: once is enough, where nobody asks.
    if (error instanceof Trouble && !isNew && !isWatched) return error.exitCode;
    throw error;
  }
}

/** Routes that nobody watches would outlive their lines: the plan is printed, and nothing is done. */
export async function planUnwatched({ engine, complain }: Context, plan: () => Promise<ExitCode>): Promise<ExitCode> {
  const text = 'the service is stopped, so nothing is changed: nobody would watch the routes. To start it:';
  complain([text, ...startCommands(engine).map((line) => `  ${line}`)]);
  return plan();
}

/** A round that could not begin: syslog hears of it, unless the program was removed while it waited. */
export async function tellAndThrow(context: Context, error: unknown): Promise<never> {
  await tellSyslog(context, [failureLine(error)], 'notice').catch(() => false);
  throw error;
}

/** Loaded only where there is something to say. */
async function tellSyslog(...said: Parameters<typeof import('./syslog.js').tellSyslog>): Promise<boolean> {
  return (await import('./syslog.js')).tellSyslog(...said);
}

/** Tells syslog and scripts what is new since the round before. */
async function tellOthers(context: Context, { remembered }: Start, ended: Ended): Promise<void> {
  const { config, result, unsaved, reminder, exitCode } = ended;
  if (unsaved?.lost) {
    // Without a memory everything looks new: it is told now and then, and scripts are left alone.
    if (reminder) await tellSyslog(context, [{ priority: 'err', text: unsaved.text }], config.logLevel);
    return;
  }
  const { engine, options } = context;
  const news = result.state.complaints.filter((text) => !remembered.state?.complaints.includes(text));
  const failed = exitCode !== EXIT.ok && exitCode !== EXIT.noneUp;
  const { transitions, changes, restart } = result;
  if (config.shapers)
    await (await import('./shape-trigger.js')).startShape(context, config, remembered.state, result.state);
  if (config.routeros || exists(engine, `${options.state}.routeros`))
    await (await import('./routeros-trigger.js')).startRouteros(context, config, result);
  const isCalm =
    news.length + transitions.length + changes.length === 0 &&
    !(restart || config.plugins || config.steering || config.quotaPath);
  if (!isCalm) {
    const { workBehind } = await import('./behind.js');
    const behind = await workBehind(context, config, result, news, failed);
    const logged = await tellSyslog(context, behind.lines, config.logLevel);
    const started = await behind.start();
    const isNew = news.length + transitions.length > 0 || restart || behind.state;
    if (isNew && logged && started) saveState(engine, options.state, behind.state ?? result.state);
  }
  // Last, as it may wait for a disk.
  if (config.history) await (await import('./history-round.js')).keepRound(context, config, remembered.state, result);
}

/**
 * A round that could not run: syslog hears of it once, so it is remembered beside what the rounds before have left.
 *
 * @returns whether it is news
 */
async function tellTrouble(context: Context, error: unknown): Promise<boolean> {
  const { text } = failureLine(error);
  const exitCode = error instanceof Trouble ? error.exitCode : EXIT.cannotRun;
  // Not what this round began with: it may have judged before it failed.
  const { engine, options } = context;
  const { state = EMPTY_STATE } = loadState(engine, options.state, true);
  const complaints = [printable(text)];
  if (state.complaints.join() === complaints.join()) return false;
  await tellSyslog(context, [failureLine(error)], 'notice');
  saveState(engine, options.state, { ...state, exitCode, complaints });
  if (state === EMPTY_STATE) dropAnswer(engine, options.state);
  return true;
}

/** Why a round could not run. */
function failureLine(error: unknown): LogLine {
  return { priority: 'err', text: safe(error instanceof Error ? error.message : String(error), 400) };
}
