import { COMMANDS } from '../commands/index.js';
import type { Engine } from '../engine/engine.js';
import type { ExitCode } from '../explain.js';
import { createContext, type Options } from '../run/context.js';
import { type DEFAULTS, defaultsOn, readPlain } from './argv.js';

/** What a round starts behind itself. */
interface Behind {
  command: 'shape' | 'routeros';
  options: Options & { dryRun: boolean; seconds: number; shaper?: string[] };
}

/** Runs what a round starts behind itself, for which yargs is as much to load as all that it does; and by yargs all the rest. */
export async function runBehind(engine: Engine): Promise<ExitCode> {
  const behind = readBehind(engine.args, defaultsOn(engine));
  if (behind === undefined) return (await import('./usage.js')).runByYargs(engine);
  const command = await COMMANDS[behind.command]();
  return command(createContext(behind.options, engine), behind.options);
}

/**
 * A command as a round writes it: its name, options that `check` has, too, then `--seconds` with a number, then names of shapers.
 *
 * @param defaults of this system
 * @returns undefined if it is for yargs
 */
export function readBehind([command, ...words]: string[], defaults: typeof DEFAULTS): Behind | undefined {
  if (command !== 'shape' && command !== 'routeros') return undefined;
  const at = words.indexOf('--seconds');
  const [seconds = '', ...shaper] = words.slice(at + 1);
  const plain = readPlain(['check', ...words.slice(0, Math.max(0, at))], defaults);
  if (!plain || at < 0 || !/^[1-9]\d{0,5}$/.test(seconds)) return undefined;
  const { ifStarted, ifDue, check: _, ...options } = plain.options;
  if (ifStarted || ifDue || !shaper.every((name) => command === 'shape' && /^\w/.test(name))) return undefined;
  return { command, options: { ...options, seconds: Number(seconds), ...(shaper.length > 0 ? { shaper } : {}) } };
}
