#!/usr/bin/env node
import { main } from '../lib/cli.js';

const { argv, env, stdout, stderr } = process;

// Whoever was reading may have gone (`| head`): that stops no round.
for (const stream of [stdout, stderr]) stream.on('error', () => {});

main(argv.slice(2), {
  env,
  self: [process.execPath, argv[1] ?? ''],
  uid: process.geteuid?.() ?? 0,
  out: { write: (text) => stdout.write(text), isTTY: stdout.isTTY === true },
  err: { write: (text) => stderr.write(text), isTTY: stderr.isTTY === true },
}).then((exitCode) => process.exit(exitCode));
