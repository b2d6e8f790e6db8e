import { EXIT, type ExitCode } from '../explain.js';
import type { Config, Problem, State } from '../model.js';
import { readConfiguration, understandConfiguration } from '../platform/configuration.js';
import type { Outside } from '../platform/outside.js';
import { changeLines, commandLine, roundLines, summaryLine, transitionLine } from '../report/check.js';
import { checkJson } from '../report/json.js';
import { problemText } from '../report/words.js';
import { type RoundResult, round } from '../round.js';
import { printable } from '../state/state.js';
import { readClock } from '../system/clock.js';
import { probeWan } from '../system/probe.js';
import { type Context, loadState, type Remembered, requireRoot, saveState, withLock } from './context.js';

/** s that a round takes at the most to read its configuration. */
const READING = 0.2;

export interface CheckOptions {
  dryRun: boolean;
  /** Folder for all that the round sees. */
  record?: string;
}

/** Runs one round and tells what changed. */
export async function check(context: Context, { dryRun, record }: CheckOptions): Promise<ExitCode> {
  if (!dryRun) requireRoot(context, 'check');
  const run =
    record === undefined
      ? (start: Start) => runRound(context, start)
      : await (await import('./record.js')).createRecorder(context, record);
  if (dryRun) return run({ dryRun, remembered: await loadState(context.options.state, true) });
  const asked = readClock().uptime;
  return withLock(context, async (unlocked) => {
    const remembered = await loadState(context.options.state, false);
    // Only a round of its own can be recorded.
    const answered = record === undefined ? answerOf(remembered.state, asked) : undefined;
    if (answered === undefined) return run({ dryRun, remembered, unlocked });
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

/** What a round begins with. */
export interface Start {
  dryRun: boolean;
  remembered: Remembered;
  /** Why other rounds could run at the same time. */
  unlocked?: string | undefined;
}

/** The world as it is. */
export function reality({ options, exec }: Context): Outside {
  return {
    exec,
    configuration: () => readConfiguration(options.config, exec),
    now: readClock,
    probe: probeWan.bind(undefined, exec),
    save: (state) => saveState(options.state, state),
  };
}

/** Runs one round and tells what changed; also of a recorded one. Whatever it touches is in `outside`, and nowhere else. */
export async function runRound(
  context: Context,
  { dryRun, remembered, unlocked }: Start,
  outside: Outside = reality(context),
): Promise<ExitCode> {
  const { options } = context;
  const { config, problems } = understandConfiguration(options.config, await outside.configuration());
  const world = {
    platform: await context.platform(),
    now: outside.now,
    probe: outside.probe,
    remember: async (state: State) => {
      await outside.save({ ...state, complaints: remembered.state?.complaints ?? [] });
    },
  };
  const result = await round(world, createWatcher(context), config, remembered.state, dryRun);

  const lock: Problem[] = unlocked === undefined ? [] : [{ text: unlocked }];
  const complaints = [...lock, ...problems, ...configurationProblems(config), ...result.problems].map((problem) => ({
    text: problemText(problem, options.config),
    remedy: problem.remedy ?? [],
  }));
  const exitCode = exitCodeOf(config, result);
  const state = { ...result.state, exitCode, complaints: complaints.map(({ text }) => printable(text)) };
  const unsaved = dryRun ? undefined : await outside.save(state);

  // What stands in the way is said once, not every minute: cron mails what a job prints.
  const known = new Set(context.io.err.isTTY || options.verbose ? [] : remembered.state?.complaints);
  for (const { text, remedy } of complaints) {
    if (!known.has(printable(text))) context.complain([text, ...remedy.map((line) => `  ${line}`)]);
  }
  for (const text of [remembered.problem, unsaved]) if (text !== undefined) context.complain([text]);
  tell(context, { ...result, state }, dryRun);
  return exitCode;
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
