import { attemptsFor, judge, recall } from './health/judge.js';
import type {
  Change,
  Config,
  Now,
  Observation,
  Probe,
  Problem,
  State,
  Status,
  Transition,
  Uplink,
  Wan,
  WanState,
} from './model.js';
import { findUplinks, missingInterfaces } from './network/uplinks.js';
import type { Platform } from './platform/platform.js';
import { isDefault, isOurs, usesDevice } from './routing/route.js';
import { isReachable } from './routing/wanted.js';
import { steer, type View } from './steer.js';

/** What a round needs of the world. */
export interface World {
  platform: Platform;
  now(): Now;
  /** Probes a WAN through a device; `attempts` failures in a row end it. */
  probe(wan: Wan, device: string, attempts: number): Promise<Probe>;
}

/** Told while the round goes on, for whoever watches. */
export interface Watcher {
  /** Before the changes are made. */
  changing(changes: Change[]): void;
  judged(wans: WanState[], uplinks: Uplink[], probes: ReadonlyMap<string, Probe>): void;
}

export interface RoundResult {
  state: State;
  transitions: Transition[];
  /** Made; with `dryRun`, not made. */
  changes: Change[];
  problems: Problem[];
  /** No ping could be understood: nothing was learned. */
  blind: boolean;
  /** The kernel did not accept a route. */
  refused: boolean;
}

/** One round: observe, steer by the old verdicts, probe, judge, steer by the new ones. */
export async function round(
  world: World,
  watcher: Watcher,
  config: Config,
  previous: State | undefined,
  dryRun: boolean,
): Promise<RoundResult> {
  const begun = world.now();
  const lastDevices = new Map(previous?.wans.flatMap(({ name, device }) => (device ? [[name, device]] : [])));
  const look = async () => view(config, await world.platform.observe(), lastDevices);
  const helm = { mode: config.mode, platform: world.platform, look, changing: watcher.changing, dryRun };

  const seen = await look();
  const before = recall(seen.uplinks, previous, begun);
  const repaired = await steer(helm, seen, verdicts(before));

  const probes = await probeAll(world, repaired.view, before);
  const blind = probes.size > 0 && [...probes.values()].every((probe) => probe.broken !== undefined);

  // Where all is well, nothing that happened meanwhile can turn a verdict: the next round sees it.
  const now = isQuiet(before, probes) ? repaired.view : await look();
  const counted = new Map([...probes].filter(([name]) => isSameLine(name, repaired.view, now) && !blind));
  const { wans, transitions } = judge(now.uplinks, counted, previous, world.now());
  watcher.judged(wans, now.uplinks, probes);
  const steered = await steer(helm, now, verdicts(wans));

  const ended = world.now();
  const changes = dryRun ? steered.changes : [...repaired.changes, ...steered.changes];
  const problems = [
    ...missingInterfaces(config, now.seen),
    ...now.seen.blind.map((text) => ({ text })),
    ...pingProblems(probes, blind),
    ...steered.problems,
  ];
  const state: State = {
    mode: config.mode,
    timestamp: ended.wall,
    checkInterval: config.checkInterval,
    bootId: ended.bootId,
    uptime: ended.uptime,
    duration: (ended.uptime - begun.uptime) * 1000,
    changes: changes.length,
    complaints: [],
    wans,
  };
  return { state, transitions, changes, problems, blind, refused: steered.refused };
}

/** The WANs as an observation shows them. */
export function view(config: Config, seen: Observation, lastDevices: ReadonlyMap<string, string>): View {
  return { seen, uplinks: findUplinks(config, seen, isOurs, lastDevices) };
}

function verdicts(wans: WanState[]): Map<string, Status> {
  return new Map(wans.map((wan) => [wan.name, wan.status]));
}

async function probeAll(world: World, { seen, uplinks }: View, before: WanState[]): Promise<Map<string, Probe>> {
  const hasDefault = (device: string) => seen.routes.some((route) => isDefault(route) && usesDevice(route, device));
  const results = uplinks.map(async (uplink, i): Promise<[string, Probe][]> => {
    const { wan, device, pointToPoint } = uplink;
    if (!wan.enabled || device === undefined || !isReachable(uplink)) return [];
    // Without a default the kernel takes the target for a neighbour, and whoever answers its ARP for the Internet.
    if (!pointToPoint && !hasDefault(device)) return [];
    return [[wan.name, await world.probe(wan, device, attemptsFor(before[i] as WanState))]];
  });
  return new Map((await Promise.all(results)).flat());
}

/** Every WAN was up, and answered at once. */
function isQuiet(before: WanState[], probes: ReadonlyMap<string, Probe>): boolean {
  return before.every(({ name, status }) => {
    const probe = probes.get(name);
    return status === 'disabled' || (status === 'up' && probe?.answered === true && probe.failures === 0);
  });
}

/** What was learned of a line counts only if it was that line all the time. */
function isSameLine(name: string, then: View, now: View): boolean {
  const identity = ({ uplinks }: View) => {
    const uplink = uplinks.find(({ wan }) => wan.name === name);
    return JSON.stringify([uplink?.device, uplink?.gateway, uplink?.link?.addresses]);
  };
  return identity(then) === identity(now);
}

function pingProblems(probes: ReadonlyMap<string, Probe>, blind: boolean): Problem[] {
  const said = [...probes].flatMap(([name, { broken }]) => (broken === undefined ? [] : [{ name, broken }]));
  if (!blind) return said.map(({ name, broken }) => ({ option: `interface '${name}'`, text: `ping said: ${broken}` }));
  return [
    {
      text: `ping could not be used: ${said[0]?.broken}; the verdicts stay as they were`,
      remedy: ['try: ping -c 1 -I DEVICE 1.1.1.1', 'on Debian: apt-get install iputils-ping'],
    },
  ];
}
