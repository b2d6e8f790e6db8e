import { EXIT, Trouble } from '../explain.js';
import { linux } from '../platform/linux.js';
import { openwrt } from '../platform/openwrt.js';
import type { Platform } from '../platform/platform.js';
import { COLOURLESS, type Colour, createColour } from '../report/colour.js';
import { safe } from '../report/words.js';
import { readClock } from '../system/clock.js';
import { createExec, type Exec } from '../system/exec.js';
import { type Lock, takeLock } from '../system/lock.js';

/** What bin hands over: the only way to the outside for everything but `system`. */
export interface Io {
  env: Record<string, string | undefined>;
  /** The program and first argument that start us again. */
  self: [string, string];
  /** Effective user id. */
  uid: number;
  out: Output;
  err: Output;
}

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
}

/** Options that all commands share. */
export interface Options {
  config: string;
  state: string;
  verbose: boolean;
  json: boolean;
  color: boolean;
}

/** What a command works with. */
export interface Context {
  options: Options;
  io: Io;
  exec: Exec;
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

export function createContext(options: Options, io: Io, exec: Exec = createExec(io.env.PATH)): Context {
  const colourOf = async (stream: Output) =>
    options.color && !io.env.NO_COLOR && stream.isTTY ? createColour() : COLOURLESS;
  return {
    options,
    io,
    exec,
    platform: async () => ((await exec.find('ubus')) ? openwrt(exec) : linux(exec)),
    colour: () => colourOf(io.out),
    errColour: () => colourOf(io.err),
    say: (line) => io.out.write(`${line}\n`),
    note: (line) => io.err.write(`${line}\n`),
    complain: (lines) => io.err.write(toComplaint(lines)),
  };
}

/** Our name, then the lines. */
export function toComplaint(lines: string[]): string {
  return lines.map((line, i) => `${i === 0 ? 'mini-mwan: ' : ''}${safe(line, 1000)}\n`).join('');
}

/** Changing routes is root's business. */
export function requireRoot({ io }: Context, command: string): void {
  if (io.uid === 0) return;
  const hint = command === 'check' ? ['to see what it would do: mini-mwan check --dry-run'] : [];
  throw new Trouble(EXIT.cannotRun, `${command} changes routes and must be run as root`, hint);
}

/**
 * Does the work while no other round can run; `unlocked` says why one could after all.
 *
 * @param patience ms to wait for one that is under way
 * @param held the lock, if it is ours already
 */
export async function withLock<T>(
  { exec, options }: Context,
  patience: number,
  work: (unlocked?: string) => Promise<T>,
  held?: Lock,
): Promise<T> {
  const lock = held ?? (await takeLock(exec, `${options.state}.lock`, patience, readClock().uptime));
  try {
    return await work(lock.problem);
  } finally {
    await lock.release();
  }
}
