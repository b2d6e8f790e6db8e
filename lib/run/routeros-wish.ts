import type { Planner } from '../actuators/actuator.js';
import { wordFor } from '../health/transition.js';
import type { Config, State, View, Word } from '../model.js';
import { plan } from '../plan.js';
import { type Course, courseOf } from '../policy/course.js';
import type { Line, Routeros, Wish } from '../routeros.js';
import { EMPTY_STATE } from '../state/empty.js';
import { parseSteered } from '../state/steering.js';
import { readClock } from '../system/clock.js';
import { tryReadText } from '../system/files.js';
import { createLook } from '../view.js';
import type { Context } from './context.js';
import { loadShape } from './shape-store.js';
import { loadState } from './store.js';

/** What the last round and the control of rates want of a machine. */
export async function wishFor(context: Context, config: Config | undefined, machine: Routeros): Promise<Wish> {
  const { engine, options } = context;
  const { bootId } = readClock(engine);
  const { state = EMPTY_STATE } = loadState(engine, options.state, true);
  const isKnown = state.bootId === bootId;
  const lines = config && isKnown ? await linesOf(context, config, state) : [];
  const rates = machine.shaper && ratesOf(context, machine.shaper.name, bootId);
  // A dry run says nothing.
  const isSteering = isKnown && config?.steering?.some(({ dryRun }) => !dryRun);
  const steered = isSteering ? parseSteered(state.steering).some(({ on, dryRun }) => on && !dryRun) : undefined;
  return { lines, ...(rates ? { rates } : {}), ...(steered === undefined ? {} : { steered }) };
}

/** How the WANs are of which something is known, and which of them are to carry traffic. */
async function linesOf(context: Context, config: Config, state: State): Promise<Line[]> {
  const view = await createLook(await context.platform(), config, state, state.bootId)();
  const words = new Map(state.wans.map((wan) => [wan.name, wordFor(wan)]));
  return chosenLines(courseOf(config, state.balance, state.wans), view, words);
}

/** The same, by how the WANs are. */
export function chosenLines(course: Course, view: View, words: ReadonlyMap<string, Word>): Line[] {
  return plan(CHOICE, course, view, words).things;
}

/** Lines are all that another machine is to know of the choice. */
const CHOICE: Planner<Line> = {
  place: 'the RouterOS machine',
  carrying: () => [],
  want: ({ shares }, verdicts) => {
    const things = verdicts.flatMap(({ path, status, usable }): Line[] => {
      if (status === 'unknown' || status === 'disabled') return [];
      const rank = shares.find((share) => share.path === path)?.rank;
      return [{ wan: path.wan.name, up: usable && status === 'up', ...(rank === undefined ? {} : { rank }) }];
    });
    return { things, problems: [] };
  },
  changes: () => [],
};

/** bit/s of both directions. */
function ratesOf({ engine, options }: Context, name: string, bootId: string): Wish['rates'] {
  const { up, down } =
    loadShape(engine, options.state, bootId).lines.find((line) => line.name === name)?.decisions ?? {};
  if (!up || !down) return undefined;
  // As tc has them: whole kbit/s.
  return { up: Math.round(up.rate) * 1000, down: Math.round(down.rate) * 1000 };
}

/** All by which it shows that something else is wanted. */
export function snapshot({ engine, options }: Context): string {
  const { bootId } = readClock(engine);
  const { state } = loadState(engine, options.state, true);
  const words = state?.wans.map((wan) => [wan.name, wordFor(wan)]);
  const rates = loadShape(engine, options.state, bootId).lines.map(({ name, decisions: { up, down } }) => [
    name,
    up?.rate,
    down?.rate,
  ]);
  const steered = parseSteered(state?.steering).map(({ name, on, dryRun }) => [name, on, dryRun]);
  return JSON.stringify([tryReadText(engine, options.config), state?.bootId, words, rates, steered]);
}

/** Something still sets rates. */
export function isShaping({ engine, options }: Context): boolean {
  const { bootId, uptime } = readClock(engine);
  const { worker } = loadShape(engine, options.state, bootId);
  return worker !== undefined && worker.until > uptime * 1000 && engine.isAlive(worker.pid);
}
