import { EXIT, type ExitCode, fileError, Trouble } from '../explain.js';
import type { Config, Problem, State } from '../model.js';
import { loadConfiguration } from '../platform/configuration.js';
import { changeLines, commandLine, roundLines, summaryLine, transitionLine } from '../report/check.js';
import { checkJson } from '../report/json.js';
import { logLines } from '../report/log.js';
import { problemText, safe } from '../report/words.js';
import { type RoundResult, round } from '../round.js';
import { emptyState, printable } from '../state/state.js';
import { readClock } from '../system/clock.js';
import { setHashPolicy } from '../system/hash-policy.js';
import { probeWan } from '../system/probe.js';
import { type Context, hashMemory, loadState, type Remembered, requireRoot, saveState, withLock } from './context.js';
import { tellScripts, tellSyslog } from './tell.js';

/** s that a round takes at the most to read its configuration. */
const READING = 0.2;

/** Runs one round and tells what changed. */
export async function check(context: Context, { dryRun }: { dryRun: boolean }): Promise<ExitCode> {
  if (dryRun) return runRound(context, { dryRun, remembered: await loadState(context.options.state, true) });
  requireRoot(context, 'check');
  const asked = readClock().uptime;
  return withLock(context, async (unlocked) => {
    const remembered = await loadState(context.options.state, false);
    const answered = answerOf(remembered.state, asked);
    if (answered === undefined) {
      const start = { dryRun, remembered, unlocked };
      return runRound(context, start).catch((error) => tellTrouble(context, remembered, error));
    }
    if (context.options.verbose)
      context.note('another round began after this call and has ended; nothing is left to do');
    return answered;
  });
}

/** The exit code of a round that began after `asked` (s since boot); undefined if there was none. */
function answerOf(state: State | undefined, asked: number): ExitCode | undefined {
  const now = readClock();
  if (!state || state.bootId !== now.bootId || state.uptime > now.uptime) return undefined;
  // A round reads its configuration just before it begins to count.
  if (state.uptime - state.duration / 1000 <= asked + READING) return undefined;
  return Object.values(EXIT).find((code) => code === state.exitCode);
}

/** A round that could not run: syslog hears of it once, so it is remembered beside the verdicts. */
async function tellTrouble(context: Context, { state }: Remembered, error: unknown): Promise<never> {
  if (error instanceof Trouble && !state?.complaints.includes(printable(error.message))) {
    const { exitCode, message } = error;
    await saveState(context.options.state, {
      ...(state ?? emptyState(readClock())),
      exitCode,
      complaints: [printable(message)],
    });
    await tellSyslog(context, [{ priority: 'err', text: safe(message, 400) }], 'notice');
  }
  throw error;
}

interface Start {
  dryRun: boolean;
  remembered: Remembered;
  /** Why other rounds could run at the same time. */
  unlocked?: string | undefined;
}

async function runRound(context: Context, { dryRun, remembered, unlocked }: Start): Promise<ExitCode> {
  const { options } = context;
  const { config, problems } = await loadConfiguration(options.config, context.exec);
  const world = {
    platform: await context.platform(),
    now: readClock,
    probe: probeWan.bind(undefined, context.exec),
    remember: async (state: State) => {
      await saveState(options.state, { ...state, complaints: remembered.state?.complaints ?? [] });
    },
  };
  const policy = dryRun ? [] : await steerHashPolicy(context, config);
  const result = await round(world, createWatcher(context), config, remembered.state, dryRun);

  const lock: Problem[] = unlocked === undefined ? [] : [{ text: unlocked }];
  const complaints = [...lock, ...problems, ...configurationProblems(config), ...policy, ...result.problems].map(
    (problem) => ({
      text: problemText(problem, options.config),
      remedy: problem.remedy ?? [],
    }),
  );
  const exitCode = exitCodeOf(config, result);
  const state = { ...result.state, exitCode, complaints: complaints.map(({ text }) => printable(text)) };
  const unsaved = dryRun ? undefined : await saveState(options.state, state);

  // What stands in the way is said once, not every minute: cron mails what a job prints.
  const known = new Set(context.io.err.isTTY || options.verbose ? [] : remembered.state?.complaints);
  for (const { text, remedy } of complaints) {
    if (!known.has(printable(text))) context.complain([text, ...remedy.map((line) => `  ${line}`)]);
  }
  for (const text of [remembered.problem, unsaved?.text]) if (text !== undefined) context.complain([text]);
  tell(context, { ...result, state }, dryRun);
  if (dryRun) return exitCode;
  if (unsaved?.lost) {
    // Without a memory every status looks new: it is not told again and again.
    await tellSyslog(context, [{ priority: 'err', text: unsaved.text }], config.logLevel);
    return exitCode;
  }
  const news = state.complaints.filter((text) => !remembered.state?.complaints.includes(text));
  const failed = exitCode !== EXIT.ok && exitCode !== EXIT.noneUp;
  await tellSyslog(context, logLines(result, news, failed), config.logLevel);
  await tellScripts(context, config, result.transitions);
  return exitCode;
}

/** Only where flows are shared: elsewhere, what it was before is set again. */
async function steerHashPolicy(context: Context, { enabled, mode, hashPolicy }: Config): Promise<Problem[]> {
  try {
    const shared = enabled && mode === 'multiuplink';
    const command = await setHashPolicy(hashMemory(context), shared ? hashPolicy : undefined);
    if (command !== undefined && context.options.verbose) context.note(`[#] ${command}`);
    return [];
  } catch (error) {
    return [{ option: 'option hash_policy', text: `it cannot be set: ${fileError(error)}` }];
  }
}

function createWatcher({ options, note, errColour }: Context) {
  return {
    changing: (changes: RoundResult['changes']) => {
      if (options.verbose) for (const change of changes) note(commandLine(change));
    },
    judged: (...seen: Parameters<Parameters<typeof round>[1]['judged']>) => {
      if (options.verbose) for (const line of roundLines(...seen, errColour)) note(line);
    },
  };
}

/** What keeps the configuration as a whole from doing anything. */
function configurationProblems(config: Config): Problem[] {
  if (!config.enabled) return [{ text: "disabled; option enabled '1' in section settings turns it on" }];
  return config.wans.some((wan) => wan.enabled)
    ? []
    : [{ text: 'no WAN is left that can be used; see: mini-mwan validate' }];
}

function tell(context: Context, result: RoundResult, dryRun: boolean): void {
  const { options, say, note, colour } = context;
  if (options.json) {
    say(JSON.stringify(checkJson(result, dryRun)));
    return;
  }
  for (const transition of result.transitions) say(transitionLine(transition, colour));
  if (dryRun || (result.transitions.length === 0 && !options.verbose)) {
    for (const line of changeLines(result, dryRun)) say(line);
  }
  if (options.verbose && !dryRun) note(summaryLine(result));
}

function exitCodeOf(config: Config, { state, blind, refused }: RoundResult): ExitCode {
  if (refused) return EXIT.routes;
  if (!config.enabled) return EXIT.ok;
  if (blind) return EXIT.cannotRun;
  if (!config.wans.some((wan) => wan.enabled)) return EXIT.config;
  return state.wans.some((wan) => wan.status === 'up') ? EXIT.ok : EXIT.noneUp;
}
