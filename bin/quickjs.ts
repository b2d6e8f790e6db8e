import * as std from 'std';

/** Exit code for a program that is not whole, or an engine that is not what it should be. */
const CANNOT_RUN = 3;

// Nothing else is loaded before it can be told what is wrong with it.
import('./run-quickjs.js')
  .then(({ run }) => run(false))
  .catch((error) => {
    std.err.puts(`mini-mwan: the program cannot be run: ${error}; nothing was changed\n  install it again\n`);
    std.exit(CANNOT_RUN);
  });
