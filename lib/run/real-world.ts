import { fileError } from '../explain.js';
import { createProbe } from '../probe/probe.js';
import { readClock } from '../system/clock.js';
import { setHashPolicy } from '../system/hash-policy.js';
import type { Attempt, World } from '../world.js';
import { readOrKept } from './configuration.js';
import type { Context } from './context.js';
import { keepConfiguration, keptConfiguration, saveState } from './store.js';

/** The world as it is. */
export async function realWorld(context: Context): Promise<World> {
  const { options, engine, exec } = context;
  const platform = await context.platform();
  const ping = createProbe({ engine, exec, bind: platform.bind });
  return {
    platform,
    configuration: () => readOrKept(platform, engine, options.config, keptConfiguration(engine, options.state)),
    keepConfiguration: (text) => keepConfiguration(engine, options.state, text),
    now: () => readClock(engine),
    probe: (wan, device, attempts, turn, seen) =>
      platform.inspect?.(wan, device, seen) ?? ping(wan, device, attempts, turn),
    setHashPolicy: (policy): Attempt => {
      try {
        const command = setHashPolicy(engine, options.state, policy);
        return command === undefined ? {} : { command };
      } catch (error) {
        return { problem: fileError(error) };
      }
    },
    planElsewhere: async (result, keep) => (await import('./routeros.js')).planRouteros(context, result, keep),
    save: (state) => saveState(engine, options.state, state),
  };
}
