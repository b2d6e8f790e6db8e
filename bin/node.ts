#!/usr/bin/env node
/** Exit code for a program that is not whole, or an engine that is not what it should be. */
const CANNOT_RUN = 3;
const OLDEST = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST)
  giveUp(`it needs Node ${OLDEST}, and this is ${process.version}`);

// Nothing else is loaded before it can be told what is wrong with it.
import('./run-node.js').then(({ run }) => run()).catch(giveUp);

function giveUp(reason: unknown): never {
  process.stderr.write(`mini-mwan: the program cannot be run: ${reason}; nothing was changed\n  install it again\n`);
  process.exit(CANNOT_RUN);
}
