import type { Change, Problem } from '../model.js';
import { readClock } from '../system/clock.js';
import { isStopped } from '../system/service.js';
import { sleep } from '../system/sleep.js';
import { exists } from '../system/tree.js';
import type { Keep } from '../world.js';
import type { Context } from './context.js';
import { createCrew, DEADLINE, type RouterosOptions, type Steered } from './routeros-crew.js';
import { snapshot } from './routeros-wish.js';

/** ms between two looks at what rounds and the control of rates have left. */
const TICK = 500;

/** Steers all machines, and goes on for as long as there is something to wait for. For who has the lock. */
export async function steerRouteros(context: Context, options: RouterosOptions): Promise<Steered> {
  const { engine } = context;
  const { bootId, uptime } = readClock(engine);
  const until = uptime + options.seconds;
  const now = () => readClock(engine).uptime;
  // Whoever stops the service, or removes the program, has the last word.
  const isOver = () => now() >= until || isStopped(engine) || !exists(engine, engine.program);
  const crew = createCrew(context, options, bootId);
  for (let isOpen = true; isOpen; ) {
    const before = snapshot(context);
    const turn = await crew.steer(Math.max(until, now() + DEADLINE), before);
    const isNews = () => snapshot(context) !== before || (turn !== undefined && now() >= turn);
    const isWaiting = () => turn !== undefined || crew.isShaping();
    while (!isOver() && !isNews() && isWaiting()) await sleep(engine, TICK);
    isOpen = !isOver() && isNews();
    if (isOpen) continue;
    // From now on, a round that sees news starts another one.
    crew.leave();
    isOpen = !isOver() && isNews();
  }
  await crew.told();
  return crew.result();
}

/** For a plan: what would be changed, by what the last round found. */
export async function planRouteros(context: Context, result: { changes: Change[] }, keep?: Keep): Promise<Problem[]> {
  const { changes, problems } = await steerRouteros(context, { seconds: 0, dryRun: true, ...(keep ? { keep } : {}) });
  result.changes.push(...changes);
  return problems.map((text) => ({ text }));
}
