import { EXIT, type ExitCode, Trouble } from '../explain.js';
import type { Config, WanState } from '../model.js';
import { devicesOf } from '../shape/devices.js';
import type { ShapeState } from '../state/shape.js';
import { readClock } from '../system/clock.js';
import { DEVICES } from '../system/queues.js';
import { isStopped } from '../system/service.js';
import { exists, list } from '../system/tree.js';
import { readOrKept, understand } from './configuration.js';
import type { Context } from './context.js';
import { type Common, createLine, type Line } from './shape-line.js';
import { createQueues, type Wish } from './shape-queues.js';
import { createSpeaker } from './shape-speaker.js';
import { hasShape, loadShape, saveShape } from './shape-store.js';
import { keptConfiguration, loadState } from './store.js';

/** ms between two decisions at least: by then each reflector has answered once more. What one says decides nothing. */
const TICK = 140;
/** ms after which it is decided in any case. */
const SILENCE = 250;
/** ms between two writings of what is remembered, and between two looks whether anybody still wants it. */
const SAVE = 5000;
/** ms for which it counts as at work after each of them: its number may soon be that of another process. */
const ALIVE = 30_000;
/** ms until the first one: the delay without a queue is learned as soon as somebody answers, and may not be seen again for long. */
const FIRST = 1000;

export interface ShapeOptions {
  /** s until it ends at the latest. Absent: it ends when all lines are quiet. */
  seconds?: number;
  /** Nothing is set, and nothing remembered. */
  dryRun: boolean;
  /** Names of the shapers that it begins with; others follow when they are loaded. None: all. */
  names: string[];
}

/** Controls the rates of lines for as long as they are loaded. For who has the lock. */
export async function shape(context: Context, { seconds, dryRun, names }: ShapeOptions): Promise<ExitCode> {
  const { engine, options } = context;
  const { uptime, bootId } = readClock(engine);
  const offset = uptime * 1000 - engine.ticks();
  const clock = () => Math.round(engine.ticks() + offset);
  const config = await readConfig(context, names);
  const known = loadShape(engine, options.state, bootId);
  const speaker = createSpeaker(context, config, { known, clock, isDetached: seconds !== undefined });
  const queues = createQueues({ engine, exec: context.exec }, clock);
  let nudge = (_: number) => {};
  const tools = { engine, exec: context.exec, state: options.state };
  const common = { tools, clock, queues, heard: (now: number) => nudge(now), ...speaker };
  const lines = openLines(context, config, common, known);
  for (const [name, line] of lines) if (names.length === 0 || names.includes(name)) line.wake();

  const until = seconds === undefined ? Number.MAX_SAFE_INTEGER : clock() + seconds * 1000;
  let isKept = false;
  // Whoever removes what is remembered has put back what we have set.
  const isLost = () => isKept && !hasShape(engine, options.state);
  const keep = config.history && !dryRun ? (await import('./history-shape.js')).keeperOf(context, bootId) : () => {};
  const save = (isAtWork: boolean) => {
    if (dryRun) return;
    const worker = isAtWork ? { worker: { pid: engine.pid, until: Math.min(until, clock() + ALIVE) } } : {};
    const remembered = [...lines.values()].map((line) => line.remembered());
    const unsaved = saveShape(engine, options.state, { bootId, ...worker, lines: remembered });
    isKept = unsaved === undefined;
    keep(remembered);
    if (unsaved !== undefined) speaker.complain(unsaved);
  };
  const wishesOf = (work: (line: Line) => Wish[]) => {
    const wishes = [...lines.values()].flatMap(work);
    return dryRun ? wishes.map(({ rate: _, ...wish }) => wish) : wishes;
  };
  save(true);
  let saved = clock() + FIRST - SAVE;
  const loop = createLoop(context, clock, (now) => {
    if (isLost()) return false;
    queues.turn(
      wishesOf((line) => line.tick(now)),
      now,
    );
    if (now >= until || [...lines.values()].every((line) => line.isQuiet())) return false;
    if (now < saved + SAVE) return true;
    saved = now;
    save(true);
    // Whoever stops the service, or removes the program, has the last word.
    return !isStopped(engine) && exists(engine, engine.program);
  });
  nudge = loop.nudge;
  await loop.ended;
  // What was decided while tc was at work has not been set yet.
  await queues.ended();
  const wishes = wishesOf((line) => line.end());
  if (!isLost()) {
    queues.turn(wishes, clock());
    await queues.ended();
    save(false);
  }
  queues.stop();
  await speaker.told();
  return EXIT.ok;
}

async function readConfig({ engine, options, platform }: Context, names: string[]): Promise<Config> {
  const owner = await platform();
  const source = await readOrKept(owner, engine, options.config, keptConfiguration(engine, options.state));
  const { config } = await understand(owner, options.config, source);
  const all = config.shapers?.map(({ name }) => name) ?? [];
  const unknown = names.find((name) => !all.includes(name));
  if (!config.enabled) throw new Trouble(EXIT.config, "disabled; option enabled '1' in section settings turns it on");
  if (all.length === 0) throw new Trouble(EXIT.config, `${options.config}: there is no shaper`, SEE);
  if (unknown !== undefined) throw new Trouble(EXIT.config, `there is no shaper '${unknown}' but ${all.join(', ')}`);
  return config;
}

const SEE = [
  'a section config shaper makes one, or one of an interface that is not usable made it nothing: mini-mwan validate',
];

/**
 * By the names of their shapers. One whose line is away has none. A device that the configuration does not name is the one that the
 * last round has seen, which as a rule has started us: to look again would cost as much as seconds of control.
 */
function openLines({ engine, options }: Context, config: Config, common: Common, known: ShapeState): Map<string, Line> {
  const { state } = loadState(engine, options.state, true);
  const last = state?.bootId === known.bootId ? state.wans : [];
  const links = list(engine, DEVICES).map((device) => ({ device }));
  const paths = config.wans.map((wan) => {
    const seen = last.find(({ name }) => name === wan.name)?.seen.device;
    const device = wan.device ?? links.find(({ device }) => device === seen)?.device;
    return { wan, ...(device === undefined ? {} : { device }) };
  });
  const lines = new Map<string, Line>();
  for (const shaper of config.shapers ?? []) {
    const before = known.lines.find(({ name }) => name === shaper.name);
    const device = paths.find(({ wan }) => wan.name === shaper.wan)?.device;
    const devices = devicesOf(shaper, paths, links);
    if (device === undefined) common.failed(shaper, whyAway(shaper.wan, last));
    else lines.set(shaper.name, createLine(common, { shaper, device, devices, before }));
  }
  return lines;
}

function whyAway(name: string, last: WanState[]): string {
  if (last.some((wan) => wan.name === name)) return `${name} is away`;
  return `no round has seen ${name} since the router started; run: mini-mwan check`;
}

/**
 * Does something as often as it is nudged, but for a while after the last time, and when it was not for long. A timer alone would
 * wait on a busy router until all is heard. It ends when that says false, and at Ctrl-C; throws what that throws.
 */
function createLoop(
  { engine }: Context,
  clock: () => number,
  work: (now: number) => boolean,
): { nudge(now: number): void; ended: Promise<void> } {
  let [end, fail]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const ended = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  let over = false;
  let last = Number.NEGATIVE_INFINITY;
  let forget = () => {};
  const nudge = (now: number) => {
    if (over || now < last + TICK) return;
    last = now;
    forget();
    try {
      over = !work(now);
      if (over) end();
      else forget = engine.after(SILENCE, () => nudge(clock()));
    } catch (error) {
      over = true;
      fail(error);
    }
  };
  engine.onInterrupt(() => {
    over = true;
    forget();
    end();
  });
  nudge(clock());
  return { nudge, ended };
}
