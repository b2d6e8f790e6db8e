import * as os from 'os';
import * as std from 'std';

/** Exit code for a program that is not whole, or an engine that is not what it should be. */
const CANNOT_RUN = 3;
/**
 * What the program and a small round take: QuickJS may crash where memory runs out while it reads a program. In pieces that
 * malloc(3) keeps for what comes next, so that asking costs nothing.
 */
const ROOM = { pieces: 20, bytes: 50_000 };

// Nothing else is loaded before it can be told what is wrong with it.
if (hasRoom()) {
  import('./run-quickjs.js').then(({ run }) => run(false)).catch((error) => giveUp(String(error?.message ?? error)));
} else giveUp('out of memory');

function hasRoom(): boolean {
  try {
    return Array.from({ length: ROOM.pieces }, () => new ArrayBuffer(ROOM.bytes)).length > 0;
  } catch {
    return false;
  }
}

function giveUp(why: string): never {
  // Of a file that could not be opened, QuickJS does not say why.
  const file = os.open('/dev/null', os.O_RDONLY);
  const reason = file < 0 ? std.strerror(-file).toLowerCase() : why;
  const remedy = file < 0 ? 'see: ulimit -n' : why === 'out of memory' ? 'see: free' : 'install it again';
  std.err.puts(`mini-mwan: the program cannot be run: ${reason}; nothing was changed\n  ${remedy}\n`);
  return std.exit(CANNOT_RUN);
}
