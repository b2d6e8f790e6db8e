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

export interface Exec {
  /** Starts a program: no shell, no locale, nothing of our environment but PATH. `timeout` in ms. */
  start(program: string, args: string[], options: { timeout: number; input?: string }): Child;
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
    start: (program, args, options) => start(program, args, options, env),
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

function start(
  program: string,
  args: string[],
  { timeout, input }: { timeout: number; input?: string },
  env: Record<string, string>,
): Child {
  const stop = new AbortController();
  const end = (failure: string) => stop.abort(failure);
  const timer = setTimeout(() => end(`no end after ${timeout / 1000} s`), timeout);
  const finished = launch(program, args, input, env, stop.signal).finally(() => clearTimeout(timer));
  return { finished, kill: () => end('stopped') };
}

async function launch(
  program: string,
  args: string[],
  input: string | undefined,
  env: Record<string, string>,
  stop: AbortSignal,
): Promise<Finished> {
  const { execa } = await import('execa');
  // A group of its own, so that all of it can be killed: a child of the child would keep the pipes open.
  const child = execa(program, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    maxBuffer: MAX_OUTPUT,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
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
    return { stdout: '', stderr: '', failure: `printed more than ${MAX_OUTPUT / 1e6} MB` };
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
