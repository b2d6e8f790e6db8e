import type { Engine, Output } from '../engine.js';
import { files } from './files.js';
import { detach, start } from './programs.js';

/** Node 20 and later. */
export function createEngine(): Engine {
  const { argv, env, execPath, pid, versions } = process;
  const program = argv[1] ?? '';
  return {
    kind: 'node',
    name: `Node ${versions.node}`,
    args: argv.slice(2),
    env,
    self: [execPath, program],
    program,
    pid,
    uid: process.geteuid?.() ?? 0,
    out: output('stdout'),
    err: output('stderr'),
    files,
    input,
    folder: () => process.cwd(),
    // Not performance.now(), for which Node would load all of node:perf_hooks.
    ticks: () => process.uptime() * 1000,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    onInterrupt: (told) => {
      process.once('SIGINT', told);
      process.stdout.once('error', told);
    },
    start,
    detach,
    isAlive,
    exit: (code) => process.exit(code),
  };
}

/** Node opens a stream when it is asked for, which takes a while: a round that has nothing to say asks for none. */
function output(name: 'stdout' | 'stderr'): Output {
  let stream: NodeJS.WriteStream | undefined;
  const open = () => {
    // Whoever was reading may have gone (`| head`): that stops no round.
    stream ??= process[name].on('error', () => {});
    return stream;
  };
  return {
    write: (text) => open().write(text),
    get isTTY() {
      return open().isTTY === true;
    },
  };
}

async function input(maxBytes: number): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxBytes) throw new Error('too much input');
  }
  return text;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
