import { Trouble } from '../explain.js';
import type { Exec } from '../system/exec.js';
import type { Outside, Source } from '../world.js';
import type { Call } from './folder.js';

/** The world outside, with a witness of every answer that it gives. */
export interface Witnessed {
  outside: Outside;
  /** Grows while the round goes on. */
  calls: Call[];
  /** The configuration's text, once it was read. */
  config(): string | undefined;
}

/** Writes down what the world outside answers, as it is: `replay` gives the same answers to the same calls. */
export function record(outside: Outside): Witnessed {
  const calls: Call[] = [];
  let config: string | undefined;
  const keep = <T>(call: string, answer: T, input?: string): T => {
    calls.push({ call, ...(input === undefined ? {} : { input }), answer: answer ?? null });
    return answer;
  };
  const configuration = async (): Promise<Source> => {
    try {
      const source = await outside.configuration();
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
  const exec: Exec = {
    ...outside.exec,
    start: (program, args, options) => {
      const child = outside.exec.start(program, args, options);
      const call = [program, ...args].join(' ');
      return { ...child, finished: child.finished.then((answer) => keep(call, answer, options.input)) };
    },
    find: async (program) => keep(`find ${program}`, await outside.exec.find(program)),
  };
  return {
    outside: {
      exec,
      configuration,
      keepConfiguration: outside.keepConfiguration,
      now: () => keep('now', outside.now()),
      probe: async (wan, ...how) => keep(`probe ${wan.name}`, await outside.probe(wan, ...how)),
      setHashPolicy: (policy) => keep('hash policy', outside.setHashPolicy(policy)),
      save: (state) => keep('save', outside.save(state)),
    },
    calls,
    config: () => config,
  };
}
