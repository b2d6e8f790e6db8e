import type { Engine } from '../engine/engine.js';
import { Trouble } from '../explain.js';
import type { Config, Problem } from '../model.js';
import type { Platform, Source } from '../platform/platform.js';
import { exists } from '../system/tree.js';
import type { Exposure } from '../system/trust.js';

type Owner = Pick<Platform, 'configuration'>;

/** What a configuration means, and all that is wrong with it. */
export interface Understood {
  config: Config;
  problems: Problem[];
}

/** Reads the configuration. Throws a Trouble if there is none, or if it means nothing: routes are left alone then. */
export async function loadConfiguration(platform: Owner, file: string): Promise<Understood> {
  return understand(platform, file, await platform.configuration.read(file));
}

/** What the text means. Throws a Trouble if it means nothing. */
export async function understand({ configuration }: Owner, file: string, source: Source): Promise<Understood> {
  const { text, merged, problem, fault, exposed } = source;
  const { config, problems } = await configuration.parse(file, text);
  const unstaged: Problem[] = problem === undefined ? [] : [{ text: problem }];
  const faulty: Problem[] = fault === undefined ? [] : [faultProblem(fault)];
  const known = merged ? problems.map(({ line: _, ...other }) => other) : [...unstaged, ...problems];
  return { config, problems: [...faulty, ...known, ...(exposed ? [exposureProblem(exposed)] : [])] };
}

function faultProblem(fault: string): Problem {
  return {
    text: `${fault}; going on by the last one that could be read`,
    remedy: ['see: mini-mwan validate'],
    blocking: true,
  };
}

/** What the configuration says is done as root, as are the programs that it names. */
export function exposureProblem({ path, reason }: Exposure): Problem {
  const text = `${path}: ${reason}, and could have mini-mwan do anything as root`;
  return { text, remedy: [`chown root '${path}' && chmod go-w '${path}'`] };
}

/**
 * The text of the configuration, for whoever must go on: where the file is there, but cannot be read or means nothing, the text
 * that was kept. Throws a Trouble if there is neither.
 *
 * @param kept the last one that a round could read
 */
export async function readOrKept(
  { configuration }: Owner,
  engine: Engine,
  file: string,
  kept: string | undefined,
): Promise<Source> {
  try {
    const source = await configuration.read(file);
    // What is kept has been understood before.
    if (source.text === kept) return source;
    await configuration.parse(file, source.text);
    return { ...source, fresh: true };
  } catch (error) {
    if (!(error instanceof Trouble) || kept === undefined || !exists(engine, file)) throw error;
    try {
      await configuration.parse(file, kept);
    } catch (worse) {
      throw worse instanceof Trouble ? error : worse;
    }
    // Its lines are not those of the file.
    return { text: kept, merged: true, fault: error.message };
  }
}
