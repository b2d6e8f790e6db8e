import { fileError } from '../explain.js';
import { readOrKept } from '../platform/configuration.js';
import { createProbe } from '../probe/probe.js';
import { readClock } from '../system/clock.js';
import { setHashPolicy } from '../system/hash-policy.js';
import type { Attempt, Outside } from '../world.js';
import type { Context } from './context.js';
import { keepConfiguration, keptConfiguration, saveState } from './store.js';

/** The world as it is. */
export function reality({ options, engine, exec }: Context): Outside {
  return {
    exec,
    configuration: () => readOrKept(options.config, keptConfiguration(engine, options.state), { engine, exec }),
    keepConfiguration: (text) => keepConfiguration(engine, options.state, text),
    now: () => readClock(engine),
    probe: createProbe({ engine, exec }),
    setHashPolicy: (policy): Attempt => {
      try {
        const command = setHashPolicy(engine, options.state, policy);
        return command === undefined ? {} : { command };
      } catch (error) {
        return { problem: fileError(error) };
      }
    },
    save: (state) => saveState(engine, options.state, state),
  };
}
