import { DIRECTIONS } from '../config/rates.js';
import type { Config, Direction, Shaper, State, WanState } from '../model.js';
import { isBusy } from '../shape/busy.js';
import type { ShapedLine, ShapeState } from '../state/shape.js';
import type { Context } from './context.js';
import { loadShape } from './shape-store.js';

/** s: a round comes at least so often, and starts the next one. */
const LONGEST_PAUSE = 60;
/** s before that, when it ends. */
const MARGIN = 5;

/**
 * Starts what controls the rates of lines that are loaded, or were not quiet, unless it runs. It outlives us.
 *
 * @param before the state that the round began with
 * @param after the one that it left
 */
export async function startShape(
  { engine, exec, options }: Context,
  config: Config,
  before: State | undefined,
  after: State,
): Promise<void> {
  const { bootId, uptime } = after;
  const known = loadShape(engine, options.state, bootId);
  const { worker } = known;
  if (worker && worker.until > uptime * 1000 && engine.isAlive(worker.pid)) return;
  const names = shapersToStart(config.shapers ?? [], known, before, after);
  if (names.length === 0) return;
  const seconds = Math.max(LONGEST_PAUSE, config.checkInterval) - MARGIN;
  const [program = '', ...words] = engine.self;
  const own = ['--config', options.config, '--state', options.state, '--seconds', `${seconds}`];
  await exec.detach(program, [...words, 'shape', ...own, ...names], '');
}

/** Names of the shapers whose lines have carried a part of their rate since the round before, or were not quiet. */
export function shapersToStart(
  shapers: Shaper[],
  known: ShapeState,
  before: State | undefined,
  after: State,
): string[] {
  const lineOf = new Map(known.lines.map((line) => [line.name, line]));
  return shapers
    .filter((shaper) => {
      const line = lineOf.get(shaper.name);
      return line?.quiet === false || isLoaded(shaper, line, before, after);
    })
    .map(({ name }) => name);
}

function isLoaded(shaper: Shaper, line: ShapedLine | undefined, before: State | undefined, after: State): boolean {
  const wanOf = (state: State | undefined) => state?.wans.find(({ name }) => name === shaper.wan);
  const [then, now] = [wanOf(before), wanOf(after)];
  // What another device has carried, or the same one before a restart, is no difference.
  if (!before || !then || !now || before.bootId !== after.bootId || then.seen.device !== now.seen.device) return false;
  const ms = (after.uptime - before.uptime) * 1000;
  return DIRECTIONS.some((direction) => {
    const bytes = bytesOf(now, direction) - bytesOf(then, direction);
    return isBusy(shaper, direction, line?.decisions[direction]?.rate, bytes, ms);
  });
}

function bytesOf({ seen }: WanState, direction: Direction): number {
  return direction === 'up' ? seen.txBytes : seen.rxBytes;
}
