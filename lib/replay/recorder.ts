import { Trouble } from '../explain.js';
import { choosePlatform } from '../platform/choose.js';
import type { Source } from '../platform/platform.js';
import { recall } from '../system/beside.js';
import type { Exec, Tools } from '../system/exec.js';
import type { Keep, World } from '../world.js';
import type { Call } from './folder.js';
import { heardGround } from './ground.js';

/** A world with a witness of every answer that it gives. */
export interface Witnessed {
  world: World;
  /** Grows while the round goes on. */
  calls: Call[];
  /** The configuration's text, once it was read. */
  config(): string | undefined;
}

/** Writes down what the world answers, and what programs do, as it is: a recorded one gives the same answers to the same calls. */
export async function record(world: World, tools: Tools): Promise<Witnessed> {
  const calls: Call[] = [];
  let config: string | undefined;
  const keep = keeperOf(calls);
  const configuration = async (): Promise<Source> => {
    try {
      const source = await world.configuration();
      const { text, ...rest } = source;
      config = text;
      keep('configuration', rest);
      return source;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      const { exitCode, message, remedy } = error;
      keep('configuration', { trouble: { exitCode, message, remedy } });
      throw error;
    }
  };
  return {
    world: {
      platform: await choosePlatform(
        {
          ...tools,
          exec: heard(tools.exec, keep),
          recalled: (suffix) => keep(`recall ${suffix}`, recall(tools, suffix)),
        },
        (ground) => heardGround(ground, keep),
      ),
      configuration,
      keepConfiguration: world.keepConfiguration,
      now: () => keep('now', world.now()),
      probe: async (wan, ...how) => keep(`probe ${wan.name}`, await world.probe(wan, ...how)),
      setHashPolicy: (policy) => keep('hash policy', world.setHashPolicy(policy)),
      ...(world.planElsewhere
        ? { planElsewhere: async (result) => (await world.planElsewhere?.(result, keep)) ?? [] }
        : {}),
      save: (state) => keep('save', world.save(state)),
    },
    calls,
    config: () => config,
  };
}

/** What writes answers down there. */
export function keeperOf(calls: Call[]): Keep {
  return (call, answer, input) => {
    calls.push({ call, ...(input === undefined ? {} : { input }), answer: answer ?? null });
    return answer;
  };
}

function heard(exec: Exec, keep: Keep): Exec {
  return {
    ...exec,
    start: (program, args, options) => {
      const child = exec.start(program, args, options);
      const call = [program, ...args].join(' ');
      return { ...child, finished: child.finished.then((answer) => keep(call, answer, options.input)) };
    },
    find: async (program) => keep(`find ${program}`, await exec.find(program)),
  };
}
