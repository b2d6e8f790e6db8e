import type { Ended, Engine, Files, Order } from '../engine/engine.js';

/** How a program ended. */
export interface Finished {
  stdout: string;
  stderr: string;
  /** Absent if it did not end by itself. */
  exitCode?: number;
  /** Why there is no exit code, in words: it is missing, ran out of its time, was stopped, printed too much. */
  failure?: string;
  /** It has never run. */
  unstarted?: true;
  /** Of one that printed too much: how its stdout began. */
  beginning?: string;
}

export interface Child {
  finished: Promise<Finished>;
  /** See Running. */
  say?(text: string): void;
  /** Stops it and everything it started; `finished` follows at once. */
  kill(): void;
}

export interface StartOptions {
  /** ms until it is killed. */
  timeout: number;
  /** Text for its stdin; nothing to read otherwise. */
  input?: string;
  /** Characters of output that are too many; MAX_OUTPUT unless said. */
  maxOutput?: number;
  /** An open file of ours that it gets as its stdin. */
  inherit?: number;
  /** See Order. */
  output?: 'mixed' | 'none';
  /** See Order. */
  hear?: (piece: string) => void;
  hearErrors?: (piece: string) => void;
  talk?: true;
  /** More variables of its environment. */
  env?: Record<string, string>;
}

export interface Exec {
  /** Starts a program: no shell, no locale, nothing of our environment but PATH. */
  start(program: string, args: string[], options: StartOptions): Child;
  /** Starts a program that outlives us; resolves when it has its input, to whether it was started. Nobody hears what becomes of it. */
  detach(program: string, args: string[], input: string): Promise<boolean>;
  /** Where the program is; undefined if there is none. */
  find(program: string): Promise<string | undefined>;
}

/** What works with files and programs needs. */
export interface Tools {
  engine: Engine;
  exec: Exec;
  /** Path of the state file: beside it is kept what must outlive a round. Absent, as where a recording is played: nothing is. */
  state?: string;
  /** In place of what is kept there, by the end of its name: of a recording, or of who makes one. */
  recalled?(suffix: string): string | undefined;
}

/** cron starts jobs with a PATH that lacks sbin, where `ip` lives. */
const SYSTEM_PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Characters of output: more than anybody's programs print who still can be helped. */
const MAX_OUTPUT = 10_000_000;

/** The failure of a program that printed more than it may. */
export const EXCESS = 'printed far too much';

const NOT_FOUND: Finished = { stdout: '', stderr: '', failure: 'not found', unstarted: true };

/** Programs of the machine, by the PATH of our environment and the system's folders. */
export function createExec(engine: Engine): Exec {
  const folders = [...(engine.env.PATH ?? '').split(':').filter((folder) => folder.startsWith('/')), ...SYSTEM_PATH];
  const environment = { PATH: folders.join(':'), LC_ALL: 'C' };
  const known = new Map<string, string | undefined>();
  const find = (program: string) => {
    if (program.startsWith('/')) return program;
    if (!known.has(program)) known.set(program, search(engine.files, folders, program));
    return known.get(program);
  };
  const start = (program: string, args: string[], { timeout, env, ...options }: StartOptions): Child => {
    const file = find(program);
    if (file === undefined) return { finished: Promise.resolve(NOT_FOUND), kill: () => {} };
    return runFor(engine, { maxOutput: MAX_OUTPUT, ...options, file, args, env: { ...env, ...environment } }, timeout);
  };
  return {
    start,
    detach: async (program, args, input) =>
      engine.detach({ file: find(program) ?? program, args, env: environment, input, maxOutput: 0 }),
    find: async (program) => find(program),
  };
}

function search(files: Files, folders: string[], program: string): string | undefined {
  return folders.map((folder) => `${folder}/${program}`).find((file) => isExecutable(files, file));
}

function isExecutable(files: Files, file: string): boolean {
  try {
    const found = files.stat(file);
    return found?.kind === 'file' && (found.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** Lets it run until its time is over. */
function runFor(engine: Engine, order: Order, timeout: number): Child {
  const { ended, kill, say } = engine.start(order);
  let failure: string | undefined;
  const stop = (why: string) => {
    failure ??= why;
    kill();
  };
  const cancel = engine.after(timeout, () => stop(`no end after ${timeout / 1000} s`));
  const finished = ended.then((how) => {
    cancel();
    return failure === undefined ? toFinished(how) : { stdout: '', stderr: '', failure };
  });
  return { finished, ...(say && { say }), kill: () => stop('stopped') };
}

function toFinished({ stdout, stderr, exitCode, signal, unstarted, excess }: Ended): Finished {
  if (unstarted !== undefined) return { stdout, stderr, failure: WORDS[unstarted] ?? unstarted, unstarted: true };
  if (excess !== undefined) return { stdout, stderr, failure: EXCESS, beginning: excess };
  return exitCode === undefined ? { stdout, stderr, failure: `ended by ${signal}` } : { stdout, stderr, exitCode };
}

const WORDS: Record<string, string> = {
  ENOENT: 'not found',
  EACCES: 'not executable',
  ENOEXEC: 'not executable',
  EAGAIN: 'no process can be started: there are too many',
  ENOMEM: 'no process can be started: out of memory',
  EMFILE: 'no process can be started: too many open files',
  ENFILE: 'no process can be started: too many open files',
};
