import * as os from 'os';
import * as std from 'std';
import { SystemError } from '../engine.js';

/**
 * What QuickJS waits for. Of what a callback throws it prints a trace and goes on, and with nothing left to wait for it ends
 * with exit code 0: a round that has no memory left would look like one that ran.
 */

/** ms between two looks whether anything is waited for. */
const LOOK = 1000;
/** For who has no memory left for words of his own. */
const OUT_OF_MEMORY = 'mini-mwan: the system has no memory left; nothing more was done\n  see: free\n';
const CANNOT_RUN = 3;

/** Timers and files. */
let awaited = 0;
let crash: (error: unknown) => void = () => {};

/** @param crashed told what a callback threw; ends the program */
export function watchLoop(crashed: (error: unknown) => void): void {
  crash = crashed;
  const look = () => {
    // Without memory, a promise may stay open for ever.
    if (awaited === 0) throw new SystemError('ENOMEM');
    os.setTimeout(guard(look), LOOK);
  };
  os.setTimeout(guard(look), LOOK);
}

/** A callback that ends the program if it throws. */
export function guard(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      try {
        crash(error);
      } finally {
        std.err.puts(OUT_OF_MEMORY);
        std.exit(CANNOT_RUN);
      }
    }
  };
}

/** Does something in `ms`. Returns what takes that back. */
export function after(ms: number, work: () => void): () => void {
  let over = false;
  const end = () => {
    if (!over) awaited -= 1;
    over = true;
  };
  const timer = os.setTimeout(
    guard(() => {
      end();
      work();
    }),
    ms,
  );
  awaited += 1;
  return () => {
    end();
    os.clearTimeout(timer);
  };
}

/** Does something whenever the file can be read. Returns what ends that and closes the file. */
export function whenReadable(file: number, work: () => void): () => void {
  return wait(file, os.setReadHandler, work);
}

/** The same, whenever it can be written. */
export function whenWritable(file: number, work: () => void): () => void {
  return wait(file, os.setWriteHandler, work);
}

function wait(file: number, set: typeof os.setReadHandler, work: () => void): () => void {
  let open = true;
  set(file, guard(work));
  awaited += 1;
  return () => {
    if (!open) return;
    open = false;
    awaited -= 1;
    set(file, null);
    os.close(file);
  };
}
