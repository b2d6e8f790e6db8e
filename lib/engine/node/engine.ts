import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Engine, Output } from '../engine.js';
import { files, plainly } from './files.js';
import { detach, start } from './programs.js';

/** ms until what its reader had no room for is written. */
const PAUSE = 10;

/** Node 20 and later. */
export function createEngine(): Engine {
  const { argv, env, execPath, pid, versions } = process;
  const program = programOf(argv[1] ?? '');
  const interrupted: (() => void)[] = [];
  const interrupt = () => {
    for (const told of interrupted) told();
  };
  return {
    kind: 'node',
    name: `Node ${versions.node}`,
    args: argv.slice(2),
    env,
    self: [execPath, program],
    program,
    pid,
    uid: process.geteuid?.() ?? 0,
    out: output(1, interrupt),
    err: output(2, () => {}),
    files,
    input,
    line,
    folder: () => plainly(() => process.cwd()),
    // Not performance.now(), for which Node would load all of node:perf_hooks.
    ticks: () => process.uptime() * 1000,
    after,
    onInterrupt: (told) => {
      interrupted.push(told);
      process.once('SIGINT', told);
    },
    start,
    detach,
    isAlive,
    exit: (code) => process.exit(code),
  };
}

/** See Engine: an immediate comes after what can be read. */
function after(ms: number, work: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(work);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}

/** npm starts it by a link, beside which its other files are not. */
function programOf(path: string): string {
  try {
    return files.realPath(path);
  } catch {
    return path;
  }
}

/**
 * Not by Node's streams: what one of them has not handed on when we end is lost.
 *
 * @param gone told when nobody reads it any more
 */
function output(file: number, gone: () => void): Output {
  return {
    write: (text) => {
      try {
        writeAll(file, Buffer.from(text));
      } catch {
        gone();
      }
    },
    get isTTY() {
      return isatty(file);
    },
  };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      // execa opens Node's streams, which do not wait for their readers.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

async function input(maxBytes: number): Promise<string> {
  let bytes = '';
  for await (const chunk of process.stdin.setEncoding('latin1')) {
    bytes += chunk;
    if (bytes.length > maxBytes) throw new Error('too much input');
  }
  return Buffer.from(bytes, 'latin1').toString();
}

/** The lines of standard input, from when the first is asked for. */
let lines: AsyncIterator<string> | undefined;

async function line(): Promise<string | undefined> {
  if (!lines) {
    const { createInterface } = await import('node:readline');
    lines = createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  }
  const { value, done } = await lines.next();
  return done ? undefined : value;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
