import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { Config, Transition } from '../model.js';
import { type Announcements, announce } from '../report/announcement.js';
import { atLevel, type LogLine, logLines } from '../report/log.js';
import { safe } from '../report/words.js';
import { EMPTY_STATE } from '../state/empty.js';
import { printable } from '../state/format.js';
import { log } from '../system/log.js';
import { startCommands } from '../system/service.js';
import type { Context } from './context.js';
import type { Further } from './further.js';
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

/** A round that could not begin: syslog hears of it. */
export async function tellAndThrow(context: Context, error: unknown): Promise<never> {
  await tellSyslog(context, [failureLine(error)], 'notice');
  throw error;
}

/** Tells syslog and scripts what is new since the round before. */
async function tellOthers(context: Context, { remembered }: Start, ended: Ended): Promise<void> {
  const { config, result, unsaved, reminder, exitCode } = ended;
  if (unsaved?.lost) {
    // Without a memory everything looks new: it is told now and then, and scripts are left alone.
    await tellSyslog(context, reminder ? [{ priority: 'err', text: unsaved.text }] : [], config.logLevel);
    return;
  }
  const { engine, options } = context;
  const news = result.state.complaints.filter((text) => !remembered.state?.complaints.includes(text));
  const failed = exitCode !== EXIT.ok && exitCode !== EXIT.noneUp;
  const further =
    result.restart || config.plugins ? (await loadFurther()).furtherWork(config, result, failed) : undefined;
  const lines = [...logLines(result, news, failed), ...(further?.lines ?? [])];
  const logged = await tellSyslog(context, lines, config.logLevel);
  const announced = await tellScripts(context, config, result.transitions, further?.work);
  const isNew = news.length + result.transitions.length > 0 || further?.state;
  if (isNew && logged && announced) saveState(engine, options.state, further?.state ?? result.state);
}

/** Only where it is asked for: few have it. */
const loadFurther = () => import('./further.js');

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

/**
 * Only what is grave enough. A syslog that does not listen is no reason to complain.
 *
 * @returns whether it was handed over, as far as it can be here
 */
async function tellSyslog(context: Context, lines: LogLine[], level: Config['logLevel']): Promise<boolean> {
  const { problem, unstarted } = await log(context, atLevel(lines, level));
  if (problem !== undefined && context.options.verbose) context.note(safe(`nothing goes to syslog: ${problem}`, 200));
  return !unstarted;
}

/** Hotplug scripts, the user's own and what else is to be done, by a process that outlives us: it may take its time. Whether it was started. */
async function tellScripts(
  context: Context,
  config: Config,
  transitions: Transition[],
  further: Further['work'] = {},
): Promise<boolean> {
  const scripts = transitions.length === 0 ? {} : await scriptsOf(context, config);
  const isTold = Object.keys(scripts).length > 0;
  if (!isTold && Object.keys(further).length === 0) return true;
  const { engine, exec, options } = context;
  const work: Announcements = { ...scripts, list: isTold ? transitions.map(announce) : [], ...further };
  const [program = '', ...words] = engine.self;
  return exec.detach(program, [...words, 'announce', '--state', options.state], JSON.stringify(work));
}

/** Who is told of transitions. */
async function scriptsOf(context: Context, { notify }: Config): Promise<Pick<Announcements, 'hotplug' | 'notify'>> {
  const { announcer } = await context.platform();
  const hotplug = announcer === undefined ? undefined : await context.exec.find(announcer);
  return { ...(hotplug === undefined ? {} : { hotplug }), ...(notify === undefined ? {} : { notify }) };
}
