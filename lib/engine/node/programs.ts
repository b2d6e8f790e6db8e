import { closeSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { BEGINNING, type Ended, type Order, type Running } from '../engine.js';

/** That Node opens at the most to start a program: three pipes, and one by which it hears whether that was possible. */
const FILES = 8;

/** Loaded when the first program is started. */
const load = () => import('execa');

/** Starts a program and hears it. It leads a group, so that all that it has started can be killed with it. */
export function start(order: Order): Running {
  let pid: number | undefined;
  let killed = false;
  let stop: (ended: Ended) => void = () => {};
  const stopped = new Promise<Ended>((resolve) => {
    stop = resolve;
  });
  const kill = () => {
    killed = true;
    killGroup(pid);
    stop({ stdout: '', stderr: '' });
  };
  const until = (told?: (piece: string) => void) => told && ((piece: string) => killed || told(piece));
  const [hear, hearErrors] = [until(order.hear), until(order.hearErrors)];
  const heard = { ...order, ...(hear ? { hear } : {}), ...(hearErrors ? { hearErrors } : {}) };
  // It is told when it has been started.
  let told: (stdin: Writable) => void = () => {};
  const stdin = new Promise<Writable>((resolve) => {
    told = resolve;
  });
  const ended = run(heard, (child) => {
    pid = child.pid;
    if (child.stdin) told(child.stdin);
    if (killed) killGroup(pid);
  });
  const say = (text: string) => void stdin.then((stream) => stream.write(text));
  return { ended: Promise.race([ended, stopped]), kill, ...(order.talk ? { say } : {}) };
}

/** What there is of a program that was started: no pid if it could not be. */
interface Begun {
  pid?: number | undefined;
  stdin: Writable | null;
}

async function run(order: Order, begun: (child: Begun) => void): Promise<Ended> {
  const { execa } = await load();
  const { file, args, env, input, talk, inherit, output, maxOutput, hear, hearErrors } = order;
  const heard = output === 'none' ? 'ignore' : 'pipe';
  const lack = lackOfFiles();
  if (lack !== undefined) return { stdout: '', stderr: '', unstarted: lack };
  const child = execa(file, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    all: output === 'mixed',
    maxBuffer: maxOutput,
    buffer: hear ? { stdout: false, stderr: output !== 'mixed' && !hearErrors, all: false } : true,
    // Of open files, its type knows the first ten only.
    stdin: input === undefined && !talk ? ((inherit as 3 | undefined) ?? 'ignore') : 'pipe',
    ...(input === undefined ? {} : { input }),
    stdout: heard,
    stderr: heard,
  });
  // It may end before it has read everything.
  if (talk) child.stdin?.on('error', () => {});
  begun(child);
  if (hear) (child.all ?? child.stdout)?.setEncoding('utf8').on('data', hear);
  if (hearErrors) child.stderr?.setEncoding('utf8').on('data', hearErrors);
  for (const stream of [child.stdout, child.stderr]) {
    // After too much output execa reads no more of it, and waits.
    stream?.once('close', () => stream.readableEnded || killGroup(child.pid));
  }
  const result = await child;
  if (child.pid === undefined) return { stdout: '', stderr: '', unstarted: result.code ?? 'EAGAIN' };
  if (result.isMaxBuffer) return { stdout: '', stderr: '', excess: String(result.stdout ?? '').slice(0, BEGINNING) };
  const { stdout, stderr, all, exitCode, signal } = result;
  return {
    stdout: String((output === 'mixed' ? all : stdout) ?? ''),
    stderr: String(stderr ?? ''),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Starts a program that outlives us; resolves when it has its input, to whether there is a process for it. */
export async function detach({ file, args, env, input = '' }: Order): Promise<boolean> {
  const { execa } = await load();
  if (lackOfFiles() !== undefined) return false;
  const child = execa(file, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  child.unref();
  await new Promise<void>((resolve) => {
    // It may not have started, or end before it has read everything.
    child.stdin.on('error', () => resolve());
    child.stdin.end(input, () => resolve());
  });
  return child.pid !== undefined;
}

/** The system's code for why no program can be given its pipes: Node would say so where execa does not listen yet, and crash. */
function lackOfFiles(): string | undefined {
  const files: number[] = [];
  try {
    while (files.length < FILES) files.push(openSync('/dev/null', 'r'));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    files.forEach(closeSync);
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
