import { EXIT, type ExitCode } from '../explain.js';
import type { Config, NetifdInterface, Problem, RoundResult, State } from '../model.js';
import { remedyLines } from '../platform/platform.js';
import { problemText, safe } from '../report/words.js';
import { round, type Watcher } from '../round.js';
import { fingerprint } from '../state/fingerprint.js';
import { printable } from '../state/format.js';
import { untold } from '../state/told.js';
import type { Unsaved, World } from '../world.js';
import { understand } from './configuration.js';
import type { Context } from './context.js';
import { createPrinter, print } from './print.js';
import type { Remembered } from './store.js';

/** s between two lines that say the same, where it cannot be remembered that it was said: then there is a round a minute. */
const REMINDER = 600;

/** More than anybody mends at once. */
const MAX_COMPLAINTS = 100;

/** Whoever does not watch sees nothing before the end. */
const SILENT: Watcher = { changing: () => {}, judged: () => {} };

/** Loaded already where there is a restart. */
const loadHealing = () => import('../health/healing.js');

/** What a round begins with. */
export interface Start {
  dryRun: boolean;
  remembered: Remembered;
  /** Why other rounds could run at the same time. */
  unlocked?: string | undefined;
}

/** What came of a round. */
export interface Ended {
  config: Config;
  /** Its state is the one that was saved, as it is once all has been told; its problems are also those of the configuration. */
  result: RoundResult;
  unsaved: Unsaved | undefined;
  /** Where it cannot be remembered that it was said, it is time to say it again. */
  reminder: boolean;
  exitCode: ExitCode;
}

/** Runs one round and prints what changed; also of a recorded one. Whatever it touches is in `world`, and nowhere else. */
export async function runRound(
  context: Context,
  { dryRun, remembered, unlocked }: Start,
  world: World,
): Promise<Ended> {
  const { options } = context;
  const begun = world.now();
  const source = await world.configuration();
  const { config, problems } = await understand(world.platform, options.config, source);
  const policy = dryRun ? [] : steerHashPolicy(context, world, config);
  const watcher = options.verbose ? await createPrinter(context) : SILENT;
  const result = await round(world, watcher, config, remembered.state, { begun, dryRun });

  // By what the last round found: nobody is told of this one.
  const elsewhere = (dryRun && config.routeros && (await world.planElsewhere?.(result))) || [];
  const odd = await explainOdd(config, result, dryRun);
  const lock: Problem[] = unlocked === undefined ? [] : [{ text: unlocked }];
  const standing = [
    ...lock,
    ...problems,
    ...(await whyIdle(config)),
    ...policy,
    ...odd,
    ...elsewhere,
    ...result.problems,
  ];
  const complaints = curtail(standing).map((problem) => ({
    text: problemText(problem, options.config),
    remedy: async () => remedyLines(world.platform, { remedy: await remedyOf(problem, result) }),
  }));
  const exitCode = source.fault === undefined ? exitCodeOf(config, result) : EXIT.config;
  const seen = fingerprint(config, result.paths);
  const state: State = {
    ...result.state,
    exitCode,
    ...(seen === undefined ? {} : { fingerprint: seen }),
    complaints: complaints.map(({ text }) => printable(text)),
  };
  // Whoever kills us before all is told has the next round tell it.
  const said = state.complaints.filter((text) => remembered.state?.complaints.includes(text));
  const { restart, transitions } = result;
  const waiting = untold(state, transitions);
  const undone = restart ? (await loadHealing()).unstarted(waiting, restart, remembered.state) : waiting;
  const unsaved = dryRun ? undefined : world.save({ ...undone, complaints: said });
  // Behind the state, which needs the room more.
  if (source.fresh && !dryRun) world.keepConfiguration(source.text);

  // What stands in the way is said once, not every minute: cron mails what a job prints.
  const isWatched = () => options.verbose || context.engine.err.isTTY;
  const known = new Set(complaints.length === 0 || isWatched() ? [] : remembered.state?.complaints);
  for (const { text, remedy } of complaints) {
    if (!known.has(printable(text))) context.complain([text, ...(await remedy()).map((line) => `  ${line}`)]);
  }
  const reminder = state.uptime % REMINDER < Math.max(60, config.checkInterval);
  for (const text of [remembered.problem, unsaved?.text]) if (text !== undefined) context.complain([text]);
  // Without a memory every status would be news, every time.
  if (!unsaved?.lost || options.json || isWatched()) await print(context, { ...result, state }, dryRun);
  return { config, result: { ...result, state, problems: standing }, unsaved, reminder, exitCode };
}

/** Only where flows are shared: elsewhere, what it was before is set again. */
function steerHashPolicy({ options, note }: Context, world: World, { enabled, mode, hashPolicy }: Config): Problem[] {
  const shared = enabled && mode === 'multiuplink';
  const { command, problem } = world.setHashPolicy(shared ? hashPolicy : undefined);
  if (command !== undefined && options.verbose) note(safe(`[#] ${command}`));
  return problem === undefined ? [] : [{ option: 'option hash_policy', text: `it cannot be set: ${problem}` }];
}

/** More words for what is most likely a slip: not with all that is rare, as somebody may leave it like that. */
const loadOddities = () => import('../doctor/oddities.js');

async function explainOdd(config: Config, result: RoundResult, dryRun: boolean): Promise<Problem[]> {
  const { paths, seen, problems } = result;
  // A tunnel that has a default is meant to; what is a WAN in all but name may have it by mistake.
  const isRival = ({ defaultRoute, proto = '', l3Device }: NetifdInterface) =>
    defaultRoute && ['static', 'dhcp'].includes(proto) && !paths.some(({ device }) => device === l3Device);
  const isOpen = config.enabled && !dryRun && !problems.some(({ stranger }) => stranger);
  const rivals = (isOpen && seen.interfaces?.filter(isRival)) || [];
  if (rivals.length === 0 && !paths.some(({ odd }) => odd)) return [];
  return (await loadOddities()).findOddities(config, result, rivals);
}

/** Who made a route that is not ours knows better: which is asked only when it is said. */
async function remedyOf(problem: Problem, result: RoundResult): Promise<Problem['remedy'] & object> {
  return problem.stranger ? (await loadOddities()).remedyOf(problem, result) : (problem.remedy ?? []);
}

/** The first of them: they are kept in the state file. */
function curtail(problems: Problem[]): Problem[] {
  const more = problems.length - MAX_COMPLAINTS;
  return more <= 0
    ? problems
    : [...problems.slice(0, MAX_COMPLAINTS), { text: `and ${more} more: mini-mwan validate` }];
}

/** What keeps the configuration as a whole from doing anything. */
async function whyIdle(config: Config): Promise<Problem[]> {
  const isBusy = config.enabled && config.wans.some(({ enabled }) => enabled);
  return isBusy ? [] : (await import('../doctor/idle.js')).whyIdle(config);
}

function exitCodeOf(config: Config, { state, blind, refused }: RoundResult): ExitCode {
  if (refused) return EXIT.routes;
  if (!config.enabled) return EXIT.ok;
  if (blind) return EXIT.cannotRun;
  if (!config.wans.some((wan) => wan.enabled)) return EXIT.config;
  return state.wans.some(({ verdict }) => verdict.status === 'up') ? EXIT.ok : EXIT.noneUp;
}
