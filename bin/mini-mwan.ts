#!/usr/bin/env node
import { main } from '../lib/cli.js';
import type { Output } from '../lib/commands/context.js';

const { argv, env } = process;

main(argv.slice(2), {
  env,
  self: [process.execPath, argv[1] ?? ''],
  uid: process.geteuid?.() ?? 0,
  out: output('stdout'),
  err: output('stderr'),
}).then((exitCode) => process.exit(exitCode));

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
