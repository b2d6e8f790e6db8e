import { EXIT, type ExitCode } from '../explain.js';
import type { Config, Now, State, View } from '../model.js';
import { steeringOf } from '../optional.js';
import type { Platform } from '../platform/platform.js';
import { fingerprint } from '../state/fingerprint.js';
import { readClock } from '../system/clock.js';
import { createLook } from '../view.js';
import { loadConfiguration } from './configuration.js';
import type { Context } from './context.js';
import { pendingBy } from './pending.js';

/** s by which cron's helper may be early: it counts in whole seconds. */
const EARLY = 2;

/**
 * For cron, where check_interval is longer than its minute: the exit code of the last round, if it still says all. Its time is
 * not over, and nothing that can be seen without a probe differs from what it left: many a change is told by no event.
 *
 * @returns undefined if another round is due
 */
export async function idleAnswer(context: Context, state: State): Promise<ExitCode | undefined> {
  const now = readClock(context.engine);
  // What went wrong is tried again.
  const exitCode = [EXIT.ok, EXIT.noneUp].find((code) => code === state.exitCode);
  if (exitCode === undefined || isOver(state, now)) return undefined;
  const sight = await look(context, state, now);
  if (!sight) return undefined;
  const { platform, config, shown } = sight;
  if (fingerprint(config, shown.paths) !== state.fingerprint) return undefined;
  const steering = await steeringOf(config);
  const actuators = await platform.actuators(config, shown.seen);
  const pending = pendingBy(actuators, state, now, steering?.steersOf)(config, shown);
  return pending.length > 0 ? undefined : exitCode;
}

function isOver({ bootId, uptime, duration, checkInterval }: State, now: Now): boolean {
  const begun = uptime - duration / 1000;
  return bootId !== now.bootId || uptime > now.uptime || now.uptime - begun >= checkInterval - EARLY;
}

/** Undefined where something is in the way: the round says what. */
async function look(
  context: Context,
  state: State,
  { bootId }: Now,
): Promise<{ platform: Platform; config: Config; shown: View } | undefined> {
  try {
    const platform = await context.platform();
    const { config } = await loadConfiguration(platform, context.options.config);
    return { platform, config, shown: await createLook(platform, config, state, bootId)() };
  } catch {
    return undefined;
  }
}
