import type { Engine, Output } from '../engine/engine.js';
import { EXIT, Trouble } from '../explain.js';
import { choosePlatform } from '../platform/choose.js';
import type { Platform } from '../platform/platform.js';
import { COLOURLESS, type Colour, createColour } from '../report/colour.js';
import { safe } from '../report/words.js';
import { createExec, type Exec, type Tools } from '../system/exec.js';
import { takeLock } from '../system/lock.js';

/** Options that all commands share. */
export interface Options {
  config: string;
  state: string;
  verbose: boolean;
  json: boolean;
  color: boolean;
}

/** What a command works with. */
export interface Context extends Tools {
  options: Options;
  platform(): Promise<Platform>;
  /** Colours for what goes to stdout, and to stderr. */
  colour(): Promise<Colour>;
  errColour(): Promise<Colour>;
  /** A line of the answer. */
  say(line: string): void;
  /** A line for the person watching: stderr, as it is. */
  note(line: string): void;
  /** Something is wrong: stderr, with our name in front of the first line. */
  complain(lines: string[]): void;
}

export function createContext(options: Options, engine: Engine, exec: Exec = createExec(engine)): Context {
  const { env, out, err } = engine;
  const colourOf = async (stream: Output) =>
    options.color && !env.NO_COLOR && stream.isTTY ? createColour() : COLOURLESS;
  return {
    options,
    engine,
    exec,
    platform: () => choosePlatform({ engine, exec, state: options.state }),
    colour: () => colourOf(out),
    errColour: () => colourOf(err),
    say: (line) => out.write(`${line}\n`),
    note: (line) => err.write(`${line}\n`),
    complain: (lines) => err.write(toComplaint(lines)),
  };
}

/** Our name, then the lines. */
export function toComplaint(lines: string[]): string {
  return lines.map((line, i) => `${i === 0 ? 'mini-mwan: ' : ''}${safe(line, 1000)}\n`).join('');
}

/** Changing routes is root's business. */
export function requireRoot({ engine }: Context, command: string): void {
  if (engine.uid === 0) return;
  const hint = command === 'check' ? ['to see what it would do: mini-mwan check --dry-run'] : [];
  throw new Trouble(EXIT.cannotRun, `${command} changes routes and must be run as root`, hint);
}

/**
 * Does the work while no other round can run; `unlocked` says why one could after all.
 *
 * @param patience ms to wait for one that is under way
 * @param busy told why the lock was not to be had, before that is thrown
 */
export async function withLock<T>(
  { engine, exec, options }: Context,
  patience: number,
  work: (unlocked?: string) => Promise<T>,
  busy: (error: unknown) => Promise<unknown> = async () => {},
): Promise<T> {
  const lock = await takeLock({ engine, exec }, `${options.state}.lock`, patience).catch(async (error) => {
    await busy(error);
    throw error;
  });
  try {
    return await work(lock.problem);
  } finally {
    lock.release();
  }
}
