import * as os from 'os';
import * as std from 'std';
import type { Engine, Output } from '../engine.js';
import { decode } from './bytes.js';
import { checkValue } from './errors.js';
import { files, readAll } from './files.js';
import { line } from './line.js';
import { after, guard, watchLoop } from './loop.js';
import { detach, openNothing, start } from './programs.js';
import { sweep } from './sweep.js';

/**
 * As /usr/bin/mini-mwan starts it, too. A promise may be rejected before anybody has asked for it; nobody asks for the text of
 * functions.
 */
const OPTIONS = ['--no-unhandled-rejection', '--strip-source', '-m'];

/**
 * QuickJS by itself, or with the program in one executable.
 *
 * @param native it is one executable
 * @param crashed told what was thrown where nobody could catch it; ends the program
 */
export function createEngine(native: boolean, crashed: (error: unknown) => void): Engine {
  watchLoop(crashed);
  openNothing();
  const [first = '', ...args] = scriptArgs;
  const executable = os.readlink('/proc/self/exe')[0];
  const program = native ? executable : os.realpath(first)[0] || first;
  const interrupted: (() => void)[] = [];
  const interrupt = () => {
    for (const told of interrupted) told();
  };
  // A handler, because what is ignored stays ignored in the programs that we start.
  os.signal(os.SIGPIPE, () => {});
  // Whoever started us may ignore how children end; then nobody would know.
  os.signal(os.SIGCHLD, null);
  return {
    kind: native ? 'native' : 'quickjs',
    name: native ? 'QuickJS, native' : 'QuickJS',
    args,
    env: std.getenviron(),
    self: native ? [executable] : [executable, ...OPTIONS, program],
    program,
    pid: os.getpid(),
    uid: checkValue(os.stat('/proc/self'))?.uid ?? 0,
    out: output(1, std.out, interrupt),
    err: output(2, std.err, () => {}),
    files,
    input: async (maxBytes) => {
      const bytes = readAll(0, maxBytes);
      if (bytes.length > maxBytes) throw new Error('too much input');
      return decode(bytes);
    },
    line,
    folder: () => checkValue(os.getcwd()),
    ticks: os.now,
    after,
    onInterrupt: (told) => {
      interrupted.push(told);
      os.signal(os.SIGINT, guard(interrupt));
    },
    start,
    detach,
    // Somebody else's may not be asked: EPERM.
    isAlive: (pid) => [0, -1].includes(os.kill(pid, 0)),
    exit: (code) => {
      sweep();
      return std.exit(code);
    },
  };
}

/** @param gone told when nobody reads it any more */
function output(file: number, stream: typeof std.out, gone: () => void): Output {
  return {
    write: (text) => {
      stream.puts(text);
      stream.flush();
      if (stream.error()) gone();
    },
    isTTY: os.isatty(file),
  };
}
