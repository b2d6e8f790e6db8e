import * as os from 'os';
import { isOutOfMemory } from '../../explain.js';
import { BEGINNING, type Ended, type Order, type Running } from '../engine.js';
import { bytesOf, decode } from './bytes.js';
import { check } from './errors.js';
import { readAll } from './files.js';
import { soon, whenReadable } from './loop.js';
import { createPipe } from './pipe.js';
import { killWithAll, MARK, nextMark } from './sweep.js';

/** Open files that can be waited for: FD_SETSIZE of select(2). */
const MOST_FILES = 1024;
/** Bytes that are read at once. */
const PIECE = 16_384;
/** ms until a program that has closed its outputs is asked again whether it has ended; and one of which nothing is heard. */
const SOON = 1;
const LATER = 20;
const SIGKILL = 9;
/** What a terminal sends when it goes or somebody presses a key; the first has no constant, and the same number everywhere. */
const OF_TERMINAL = [1, os.SIGINT, os.SIGQUIT];
/** Exit code of a child that could not become the program. */
const NOT_STARTED = 127;
const buffer = new ArrayBuffer(PIECE);
let nothing: number | undefined;

/** /dev/null; and no file of ours has the number of a standard stream from now on. */
export function openNothing(): number {
  while (nothing === undefined || nothing < 3) nothing = check(os.open('/dev/null', os.O_RDWR));
  return nothing;
}

/** Both ends of a pipe for a child; all that was opened before is closed if it cannot be had. */
function openPipe(opened: number[]): [read: number, write: number] {
  const ends = os.pipe();
  opened.push(...(ends ?? []));
  if (ends?.every((end) => end < MOST_FILES)) return ends;
  opened.forEach(os.close);
  throw new Error('EMFILE');
}

interface Child {
  pid: number;
  mark: string;
  stdin?: number;
  stdout?: number;
  stderr?: number;
}

/** A hook must not ignore what `detach` has us ignore: no shell could take that back. A handler of ours does not go on to it. */
function heedTerminal(): void {
  const [, ignored = '0'] = /^SigIgn:.*(\w{8})$/m.exec(readPath('/proc/self/status')) ?? [];
  for (const signal of OF_TERMINAL) {
    if ((Number.parseInt(ignored, 16) >> (signal - 1)) & 1) os.signal(signal, () => {});
  }
}

function readPath(path: string): string {
  const file = check(os.open(path, os.O_RDONLY));
  try {
    return readAll(file);
  } finally {
    os.close(file);
  }
}

function spawn({ file, args, env, input, talk, inherit, output }: Order): Child {
  const opened: number[] = [];
  const stdin = input === undefined && !talk ? undefined : openPipe(opened);
  const stdout = output === 'none' ? undefined : openPipe(opened);
  const stderr = output === undefined ? openPipe(opened) : undefined;
  const mark = nextMark();
  const quiet = openNothing();
  let pid: number;
  try {
    pid = os.exec([file, ...args], {
      block: false,
      usePath: false,
      env: { ...env, [MARK]: mark },
      stdin: stdin?.[0] ?? inherit ?? quiet,
      stdout: stdout?.[1] ?? quiet,
      stderr: (output === 'mixed' ? stdout?.[1] : stderr?.[1]) ?? quiet,
    });
  } catch (error) {
    opened.forEach(os.close);
    throw new Error(isOutOfMemory(error) ? 'ENOMEM' : 'EAGAIN');
  }
  for (const end of [stdin?.[0], stdout?.[1], stderr?.[1]]) if (end !== undefined) os.close(end);
  const ours = { stdin: stdin?.[1], stdout: stdout?.[0], stderr: stderr?.[0] };
  return { pid, mark, ...(ours as Omit<Child, 'pid' | 'mark'>) };
}

/** Starts a program and hears it. */
export function start(order: Order): Running {
  let child: Child;
  try {
    if (order.output === 'none') heedTerminal();
    child = spawn(order);
  } catch (error) {
    return { ended: Promise.resolve(unstarted((error as Error).message)), kill: () => {} };
  }
  const { pid, mark } = child;
  const heard = { stdout: '', stderr: '' };
  let silent = true;
  const pipe = child.stdin === undefined ? undefined : createPipe(child.stdin);
  /** What ends the hearing of each file. */
  const hearing = new Set<() => void>();
  let settle: (ended: Ended) => void = () => {};
  let over = false;
  const ended = new Promise<Ended>((resolve) => {
    settle = resolve;
  });
  const end = (how: Partial<Ended>) => {
    over = true;
    for (const stop of hearing) stop();
    pipe?.close();
    settle({ stdout: decode(heard.stdout), stderr: decode(heard.stderr), ...how });
  };
  const kill = (how: Partial<Ended> = {}) => {
    if (over) return;
    killWithAll(pid, mark);
    end({ stdout: '', stderr: '', ...how });
  };
  const reap = (pause: number) => {
    if (over) return;
    const [found, status] = os.waitpid(pid, os.WNOHANG);
    if (found === 0) soon(pause, () => reap(pause));
    else if (found < 0) end({ signal: 'nobody knows what' });
    else end(howItEnded(status, order, silent));
  };
  for (const name of ['stdout', 'stderr'] as const) {
    const file = child[name];
    if (file === undefined) continue;
    const hear = name === 'stdout' ? order.hear : order.hearErrors;
    const read = () => {
      const length = os.read(file, buffer, 0, PIECE);
      if (length > 0) {
        silent = false;
        const bytes = bytesOf(buffer, length);
        if (hear) hear(decode(bytes));
        else heard[name] += bytes;
      } else {
        hearing.delete(stop);
        stop();
        if (hearing.size === 0) reap(SOON);
      }
      if (heard[name].length > order.maxOutput) kill({ excess: decode(heard.stdout.slice(0, BEGINNING)) });
      return !hear && length < PIECE;
    };
    const stop = whenReadable(file, read);
    hearing.add(stop);
  }
  if (hearing.size === 0) reap(LATER);
  pipe?.say(order.input ?? '');
  if (!order.talk) pipe?.end();
  return { ended, kill: () => kill(), ...(pipe && order.talk ? { say: pipe.say } : {}) };
}

/** Starts a program that outlives us; resolves when it has its input, to whether there is a process for it. */
export async function detach(order: Order): Promise<boolean> {
  try {
    // There is no setsid(2) here; but what we ignore, it ignores from its beginning.
    for (const signal of OF_TERMINAL) os.signal(signal, undefined);
    const { stdin } = spawn({ ...order, output: 'none' });
    for (const signal of OF_TERMINAL) os.signal(signal, null);
    if (stdin !== undefined) {
      const pipe = createPipe(stdin);
      pipe.say(order.input ?? '');
      await new Promise<void>(pipe.end);
    }
    return true;
  } catch {
    return false;
  }
}

/** @param status that of wait(2) @param silent it has printed nothing */
function howItEnded(status: number, { file, output }: Order, silent: boolean): Partial<Ended> {
  const signal = status & 0x7f;
  if (signal !== 0) return { signal: signalName(signal) };
  const exitCode = (status >> 8) & 0xff;
  if (exitCode !== NOT_STARTED || !silent) return { exitCode };
  const [found] = os.stat(file);
  if (!found) return { unstarted: 'ENOENT' };
  if ((found.mode & os.S_IFMT) !== os.S_IFREG || (found.mode & 0o111) === 0) return { unstarted: 'EACCES' };
  // A script that nobody hears may have ended like this.
  return output === 'none' ? { exitCode } : { unstarted: 'ENOEXEC' };
}

function signalName(number: number): string {
  // It has no constant, and the same number everywhere.
  if (number === SIGKILL) return 'SIGKILL';
  const [name] = Object.entries(os).find(([key, value]) => key.startsWith('SIG') && value === number) ?? [];
  return name ?? `signal ${number}`;
}

function unstarted(code: string): Ended {
  return { stdout: '', stderr: '', unstarted: code };
}
