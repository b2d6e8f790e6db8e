import { EXIT, fileError, Trouble } from '../explain.js';
import type { State } from '../model.js';
import { linux } from '../platform/linux.js';
import { openwrt } from '../platform/openwrt.js';
import type { Unsaved } from '../platform/outside.js';
import type { Platform } from '../platform/platform.js';
import { type Colour, createColour } from '../report/colour.js';
import { ubusText } from '../report/ubus.js';
import { safe } from '../report/words.js';
import { formatState, parseState } from '../state/state.js';
import { readClock } from '../system/clock.js';
import { createExec, type Exec } from '../system/exec.js';
import { readText, removeFile, setAside, writeAtomically } from '../system/files.js';
import { takeLock } from '../system/lock.js';

/** What bin hands over: the only way to the outside for everything but `system`. */
export interface Io {
  env: Record<string, string | undefined>;
  /** The program and first argument that start us again. */
  self: [string, string];
  /** Effective user id. */
  uid: number;
  out: { write(text: string): void; isTTY: boolean };
  err: { write(text: string): void; isTTY: boolean };
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
  colour: Colour;
  errColour: Colour;
  /** A line of the answer. */
  say(line: string): void;
  /** A line for the person watching: stderr, as it is. */
  note(line: string): void;
  /** Something is wrong: stderr, with our name in front of the first line. */
  complain(lines: string[]): void;
}

export function createContext(options: Options, io: Io, exec: Exec = createExec(io.env.PATH)): Context {
  const coloured = (stream: { isTTY: boolean }) => options.color && !io.env.NO_COLOR && stream.isTTY;
  return {
    options,
    io,
    exec,
    platform: async () => ((await exec.find('ubus')) ? openwrt(exec) : linux(exec)),
    colour: createColour(coloured(io.out)),
    errColour: createColour(coloured(io.err)),
    say: (line) => io.out.write(`${line}\n`),
    note: (line) => io.err.write(`${line}\n`),
    complain: (lines) => io.err.write(toComplaint(lines)),
  };
}

/** Our name, then the lines. */
export function toComplaint(lines: string[]): string {
  return lines.map((line, i) => `${i === 0 ? 'mini-mwan: ' : ''}${safe(line, 1000)}\n`).join('');
}

/** Where the kernel's hash policy is kept while ours is set. */
export function hashMemory({ options }: Context): string {
  return `${options.state}.hash_policy`;
}

/** Changing routes is root's business. */
export function requireRoot({ io }: Context, command: string): void {
  if (io.uid === 0) return;
  const hint = command === 'check' ? ['to see what it would do: mini-mwan check --dry-run'] : [];
  throw new Trouble(EXIT.cannotRun, `${command} changes routes and must be run as root`, hint);
}

/** Does the work while no other round can run; `unlocked` says why one could after all. */
export async function withLock<T>({ exec, options }: Context, work: (unlocked?: string) => Promise<T>): Promise<T> {
  const lock = await takeLock(exec, `${options.state}.lock`, readClock().uptime);
  try {
    return await work(lock.problem);
  } finally {
    await lock.release();
  }
}

/** The state file as it was left, and what is wrong with it in words. */
export interface Remembered {
  /** As it was read. */
  text?: string;
  state?: State;
  problem?: string;
}

/** `keep`: look only; otherwise what cannot be used is set aside. */
export async function loadState(path: string, keep: boolean): Promise<Remembered> {
  try {
    const text = await readText(path);
    if (text === undefined) return {};
    const state = parseState(text);
    if (state) return { text, state };
    const what = `${path} is no state file of this version`;
    if (keep) return { text, problem: what };
    return { text, problem: `${what}; it is now ${await setAside(path)}, and nothing is remembered` };
  } catch (error) {
    return { problem: `${path} cannot be read: ${fileError(error)}; nothing is remembered` };
  }
}

/** The state of the last round, for whoever only looks; throws a Trouble where there is none. */
export async function requireState(path: string): Promise<State> {
  const { state, problem } = await loadState(path, true);
  if (!state) throw new Trouble(EXIT.cannotRun, problem ?? 'no round has run yet', ['run: mini-mwan check --verbose']);
  return state;
}

/**
 * Writes the state file, and beside it the answer for ubus. An old state would send the traffic back to where it was then,
 * an old answer would pass for news: neither stays if the new one cannot be written.
 */
export async function saveState(path: string, state: State): Promise<Unsaved | undefined> {
  const unsaved = await save(path, formatState(state), 'the next round remembers nothing');
  if (unsaved !== undefined) {
    await dropAnswer(path);
    return { text: unsaved, lost: true };
  }
  const unanswered = await save(answerPath(path), ubusText(state), 'ubus has no answer');
  return unanswered === undefined ? undefined : { text: unanswered, lost: false };
}

/** Takes the answer for ubus back. */
export async function dropAnswer(path: string): Promise<void> {
  await removeFile(answerPath(path)).catch(() => {});
}

function answerPath(path: string): string {
  return `${path}.json`;
}

async function save(path: string, text: string, consequence: string): Promise<string | undefined> {
  try {
    await writeAtomically(path, text);
    return undefined;
  } catch (error) {
    await removeFile(path).catch(() => {});
    return `${path} cannot be written: ${fileError(error)}; ${consequence}`;
  }
}
