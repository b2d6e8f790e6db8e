import { EXIT } from './explain.js';
import { isSixName } from './family.js';
import { attemptsFor, judge } from './health/judge.js';
import { recallWan } from './health/recall.js';
import { wordFor } from './health/transition.js';
import type {
  Balance,
  Change,
  Config,
  Now,
  Path,
  Probe,
  Problem,
  RoundResult,
  State,
  View,
  WanState,
} from './model.js';
import { isReachable } from './observe/paths.js';
import { asidesOf, balanceOf, healAll, probeProblems, qualityOf, steeringOf } from './optional.js';
import { courseOf } from './policy/course.js';
import { turnOf } from './probe/turn.js';
import { reconcileAll } from './reconcile.js';
import { untold } from './state/told.js';
import { createLook, viewProblems } from './view.js';
import type { World } from './world.js';

/** Told while the round goes on, for whoever watches. */
export interface Watcher {
  /** Before the changes are made. */
  changing(changes: Change[]): void;
  judged(wans: WanState[], paths: Path[], probes: ReadonlyMap<string, Probe>): void;
}

/**
 * One round: observe, steer by the old verdicts, probe, judge, steer by the new ones.
 *
 * @param begun when it began to read its configuration
 */
export async function round(
  world: World,
  watcher: Watcher,
  config: Config,
  previous: State | undefined,
  { begun, dryRun }: { begun: Now; dryRun: boolean },
): Promise<RoundResult> {
  const look = createLook(world.platform, config, previous, begun.bootId);
  const seen = await look();
  const actuators = await world.platform.actuators(config, seen.seen);
  const task = { actuators, isLacking: previous?.noGroup === begun.bootId, look, dryRun, changing: watcher.changing };
  const steering = await steeringOf(config);
  const steer = (first: View, wans: WanState[], balance: Balance | undefined, steered: string[] | undefined) =>
    reconcileAll(
      { ...task, course: courseOf(config, balance, wans, steering?.steersOf(config, steered)) },
      first,
      new Map(wans.map((wan) => [wan.name, wordFor(wan)])),
    );

  const before = new Map(seen.paths.map((path) => [path.wan.name, recallWan(path, previous, begun)]));
  const last = previous?.bootId === begun.bootId ? previous : undefined;
  const known = last?.balance;
  const repaired = await steer(seen, [...before.values()], known, last?.steering);

  const { probes, unprobed } = await probeAll(world, repaired.view, before);
  const blind = probes.size > 0 && [...probes.values()].every((probe) => probe.broken !== undefined);

  // Where all is well, nothing that happened meanwhile can turn a verdict: the next round sees it.
  const now = isQuiet(before, probes) ? repaired.view : await look();
  const counted = new Map(
    [...probes].filter(
      ([name, { unstarted, broken }]) =>
        // A ping may know IPv4 only: then nothing is learned of IPv6.
        !(blind || unstarted || (broken !== undefined && isSixName(name))) && isSameLine(name, repaired.view, now),
    ),
  );
  const ended = world.now();
  const { wans: verdicts, transitions } = judge(now.paths, counted, previous, ended, {
    begun: begun.uptime,
    interval: config.checkInterval,
    ...(await qualityOf(config)),
    unplugged: new Set(now.seen.links.flatMap(({ device, state }) => (state === 'no_carrier' ? [device] : []))),
  });
  const judged = await asidesOf(config, verdicts, before, ended.uptime);
  const balance = await balanceOf(config, judged, previous, ended);
  const steered = steering?.steerAll(config, now.seen.congestion, judged, previous, ended);
  watcher.judged(judged, now.paths, probes);
  const turned =
    balance?.moved !== known?.moved || judged.some((wan) => wordFor(wan) !== wordFor(before.get(wan.name) ?? wan));
  const { wans, restart } = await healAll(config, judged, {
    ...{ before, probes: counted, interfaces: now.seen.interfaces, now: ended.uptime },
    interval: config.checkInterval,
    mayAct: !dryRun && !blind && !turned,
  });

  const stateNow = (changes: Change[], lacking: boolean) => ({
    ...stateOf(config, wans, changes, begun, world.now()),
    ...(balance && { balance }),
    ...(steered && { steering: steered }),
    ...carriedOn(config, previous, lacking, begun),
  });
  const remembered = stateNow(repaired.changes, repaired.lacking);
  if (turned && !dryRun)
    // Whoever kills us now has the next round find them, and what was complained of before.
    world.save({
      ...untold(remembered, transitions),
      complaints: previous?.complaints ?? [],
      exitCode: previous?.exitCode ?? EXIT.ok,
      unfinished: true,
    });
  // What is judged as before, of what is as it was, is steered already.
  const isQuietNow = repaired.changes.length === 0 && !repaired.refused && now === repaired.view;
  const isDone = isQuietNow && !turned && judged === verdicts && !balance && !steering;
  const done = isDone ? repaired : await steer(now, wans, balance, steered);

  const changes = dryRun ? done.changes : [...repaired.changes, ...done.changes];
  const problems = [
    ...(await viewProblems(config, now)),
    ...now.seen.blind.map((text) => ({ text })),
    ...unprobed,
    ...(await probeProblems(probes, blind)),
    ...done.problems,
  ];
  const state = stateNow(changes, repaired.lacking || done.lacking);
  const [{ paths }, { seen: left }] = [now, done.view];
  const { refused } = done;
  return {
    ...{ state, transitions, changes, problems, paths, seen: left, probes, blind, refused },
    ...(restart && { restart }),
  };
}

/** What is true beyond one round. */
function carriedOn(
  config: Config,
  previous: State | undefined,
  lacking: boolean,
  { bootId }: Now,
): Pick<State, 'noGroup' | 'plugins' | 'others'> {
  const noGroup = lacking ? bootId : previous?.noGroup;
  return {
    ...(noGroup === undefined ? {} : { noGroup }),
    ...(config.plugins && previous?.plugins && { plugins: previous.plugins }),
    ...(previous?.others && { others: previous.others }),
  };
}

function stateOf(config: Config, wans: WanState[], changes: Change[], begun: Now, ended: Now): State {
  return {
    mode: config.mode,
    timestamp: ended.wall,
    checkInterval: config.checkInterval,
    bootId: ended.bootId,
    uptime: ended.uptime,
    duration: (ended.uptime - begun.uptime) * 1000,
    changes: changes.length,
    exitCode: EXIT.ok,
    begun: begun.uptime,
    complaints: [],
    wans,
  };
}

async function probeAll(world: World, { seen, paths }: View, before: ReadonlyMap<string, WanState>) {
  const ready = paths.flatMap((path) => {
    const { wan, device } = path;
    const state = before.get(wan.name);
    if (!wan.enabled || device === undefined || !state || !isReachable(path) || path.starting) return [];
    return [{ wan, device, state, obstacle: world.platform.whyNoProbe(path, seen) }];
  });
  const open = ready.filter(({ obstacle }) => obstacle === undefined);
  const results = open.map(async ({ wan, device, state }): Promise<[string, Probe]> => {
    return [wan.name, await world.probe(wan, device, attemptsFor(state), turnOf(wan, state), seen)];
  });
  const unprobed = ready.flatMap(({ wan, obstacle }): Problem[] =>
    obstacle === undefined ? [] : [{ option: `interface '${wan.name}'`, text: `it cannot be probed: ${obstacle}` }],
  );
  return { probes: new Map(await Promise.all(results)), unprobed };
}

/** Every WAN was up, and answered at once. */
function isQuiet(before: ReadonlyMap<string, WanState>, probes: ReadonlyMap<string, Probe>): boolean {
  return [...before.values()].every(({ name, verdict: { status } }) => {
    const probe = probes.get(name);
    return status === 'disabled' || (status === 'up' && probe?.answered === true && probe.failures === 0);
  });
}

/** What was learned of a line counts only if it was that line all the time. */
function isSameLine(name: string, then: View, now: View): boolean {
  const identity = ({ paths }: View) => {
    const path = paths.find(({ wan }) => wan.name === name);
    return JSON.stringify([path?.device, path?.gateway, path?.link?.addresses]);
  };
  return identity(then) === identity(now);
}
