import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** How a program ended. */
export interface Finished {
  stdout: string;
  stderr: string;
  /** Absent if it did not end by itself. */
  exitCode?: number;
  /** Why there is no exit code, in words: it is missing, ran out of its time, was stopped, printed too much. */
  failure?: string;
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
  /** Variables of its environment besides PATH and LC_ALL. */
  env?: Record<string, string>;
}

export interface Exec {
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
    start: (program, args, options) => start(program, args, options, { ...options.env, ...env }),
    detach: (program, args, input) => detach(program, args, input, env),
    find: async (program) => {
      for (const folder of folders) {
        const file = join(folder, program);
        if (await isExecutable(file)) return file;
      }
      return undefined;
    },
  };
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function start(program: string, args: string[], options: StartOptions, env: Record<string, string>): Child {
  const stop = new AbortController();
  const end = (failure: string) => stop.abort(failure);
  const timer = setTimeout(() => end(`no end after ${options.timeout / 1000} s`), options.timeout);
  const finished = launch(program, args, options, env, stop.signal).finally(() => clearTimeout(timer));
  return { finished, kill: () => end('stopped') };
}

async function detach(program: string, args: string[], input: string, env: Record<string, string>): Promise<void> {
  const { execa } = await import('execa');
  const stdio: ['pipe', 'ignore', 'ignore'] = ['pipe', 'ignore', 'ignore'];
  const child = execa(program, args, { env, extendEnv: false, detached: true, cleanup: false, reject: false, stdio });
  child.unref();
  await new Promise<void>((resolve) => {
    // It may be gone before it has read everything.
    child.stdin.on('error', () => resolve());
    child.stdin.end(input, () => resolve());
  });
}

async function launch(
  program: string,
  args: string[],
  { input, inherit, maxOutput = MAX_OUTPUT }: StartOptions,
  env: Record<string, string>,
  stop: AbortSignal,
): Promise<Finished> {
  const { execa } = await import('execa');
  // execa hands any open file on, but its types know only the first three.
  const extra = inherit === undefined ? [] : [inherit as 0];
  // A group of its own, so that all of it can be killed: a child of the child would keep the pipes open.
  const child = execa(program, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    maxBuffer: maxOutput,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...extra],
    ...(input === undefined ? {} : { input }),
  });
  const stopped = new Promise<Finished>((resolve) => {
    const kill = () => {
      killGroup(child.pid);
      resolve({ stdout: '', stderr: '', failure: String(stop.reason) });
    };
    if (stop.aborted) kill();
    else stop.addEventListener('abort', kill, { once: true });
  });
  return Promise.race([stopped, child.then((result) => describe(result, child.pid))]);
}

interface Ended {
  stdout: string;
  stderr: string;
  exitCode?: number | undefined;
  code?: string | undefined;
  signal?: string | undefined;
  isMaxBuffer: boolean;
}

function describe(result: Ended, pid: number | undefined): Finished {
  const { stdout = '', stderr = '', exitCode, code, signal } = result;
  if (result.isMaxBuffer) {
    killGroup(pid);
    return { stdout: '', stderr: '', failure: 'printed far too much' };
  }
  if (exitCode !== undefined) return { stdout, stderr, exitCode };
  const words: Record<string, string> = { ENOENT: 'not found', EACCES: 'not executable', ENOEXEC: 'not executable' };
  return { stdout, stderr, failure: signal ? `ended by ${signal}` : (words[code ?? ''] ?? code ?? 'could not start') };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
