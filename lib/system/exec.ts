import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

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
}

export interface Child {
  finished: Promise<Finished>;
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
  /** An open file of ours that it gets as its file 3. */
  inherit?: number;
}

export interface Exec {
  /** The environment of all that we start. */
  env: Record<string, string>;
  /** Starts a program: no shell, no locale, nothing of our environment but PATH. */
  start(program: string, args: string[], options: StartOptions): Child;
  /** Starts a program that outlives us; resolves when it has its input. Nobody hears what becomes of it. */
  detach(program: string, args: string[], input: string): Promise<void>;
  /** Where the program is; undefined if there is none. */
  find(program: string): Promise<string | undefined>;
}

/** cron starts jobs with a PATH that lacks sbin, where `ip` lives. */
const SYSTEM_PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Characters of output. `ip -j` prints 500 for a route or a device at the most; nobody has 20,000 of them. */
const MAX_OUTPUT = 10_000_000;

/** @param path PATH of the environment, searched before the system's folders */
export function createExec(path: string | undefined): Exec {
  const folders = [...(path ?? '').split(delimiter).filter((folder) => folder.startsWith('/')), ...SYSTEM_PATH];
  const env = { PATH: folders.join(delimiter), LC_ALL: 'C' };
  return {
    env,
    start: (program, args, options) => start(program, args, options, env),
    detach: (program, args, input) => detach(program, args, input, env),
    find: async (program) => {
      for (const folder of folders) {
        const file = join(folder, program);
        if (isExecutable(file)) return file;
      }
      return undefined;
    },
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function start(program: string, args: string[], options: StartOptions, env: Record<string, string>): Child {
  const stop = new AbortController();
  const end = (failure: string) => stop.abort(failure);
  const timer = setTimeout(() => end(`no end after ${options.timeout / 1000} s`), options.timeout);
  const finished = launch(program, args, options, env, stop.signal)
    .catch((error: NodeJS.ErrnoException) => unstarted(error))
    .finally(() => clearTimeout(timer));
  return { finished, kill: () => end('stopped') };
}

async function detach(program: string, args: string[], input: string, env: Record<string, string>): Promise<void> {
  const { spawn } = await childProcess();
  await new Promise<void>((resolve) => {
    const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    child.unref();
    // Without an open file to be had, it has no stdin.
    for (const emitter of [child, child.stdin]) emitter?.on('error', () => resolve());
    child.stdin?.end(input, () => resolve());
  }).catch(() => {});
}

// Not execa: a round starts half a dozen programs, and loading it alone takes as long as all of them.
async function launch(
  program: string,
  args: string[],
  { input, inherit, maxOutput = MAX_OUTPUT }: StartOptions,
  env: Record<string, string>,
  stop: AbortSignal,
): Promise<Finished> {
  const { spawn } = await childProcess();
  return new Promise((resolve) => {
    const extra = inherit === undefined ? [] : [inherit];
    // A group of its own, so that all of it can be killed: a child of the child would keep the pipes open.
    const child = spawn(program, args, {
      env,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...extra],
    });
    const output = { stdout: '', stderr: '' };
    const giveUp = (failure: string) => {
      killGroup(child.pid);
      resolve({ stdout: '', stderr: '', failure });
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > maxOutput) giveUp('printed far too much');
      });
    }
    // It may end before it has read everything.
    child.stdin?.on('error', () => {}).end(input);
    child.on('error', (error) => resolve(unstarted(error)));
    child.on('close', (exitCode, signal) => {
      resolve(exitCode === null ? { ...output, failure: `ended by ${signal}` } : { ...output, exitCode });
    });
    if (stop.aborted) giveUp(String(stop.reason));
    else stop.addEventListener('abort', () => giveUp(String(stop.reason)), { once: true });
  });
}

/** Loaded when the first program is started: that takes an eighth of the time in which Node itself starts. */
const childProcess = () => import('node:child_process');

/** spawn fails by an event, or throws: what the system has run out of decides. */
function unstarted(error: NodeJS.ErrnoException): Finished {
  const failure = WORDS[error.code ?? ''] ?? error.code ?? error.message;
  return { stdout: '', stderr: '', failure, unstarted: true };
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

/** Kills a process that leads a group, and all of the group. */
export function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
