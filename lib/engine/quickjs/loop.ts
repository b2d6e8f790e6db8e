import * as os from 'os';
import * as std from 'std';
import { SystemError } from '../engine.js';

/**
 * What QuickJS waits for. Of what a callback throws it prints a trace and goes on, and with nothing left to wait for it ends
 * with exit code 0: a round that has no memory left would look like one that ran.
 */

/** ms between two looks whether anything is waited for. */
const LOOK = 1000;
/** ms without a word by which all is heard: it runs timers before files, so one that is due at once would never let it read. */
const MOMENT = 1;
/** Pieces that are read as they come: most programs print no more, and a round waits for them. */
const SINGLE = 4;
/** ms that something which is due waits for this at the most, should a program never stop talking. */
const PATIENCE = 1000;
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

/** Something that is due. */
interface Due {
  work: () => void;
  /** The time of `os.now` from which it waits no longer. */
  latest: number;
}

/** What waits until all is heard, and whether somebody sees to it. */
const due: Due[] = [];
let attended = false;
/** How often a file was ready. */
let heard = 0;

/** See Engine. */
export function after(ms: number, work: () => void): () => void {
  const entry = { work, latest: Number.POSITIVE_INFINITY };
  const cancel = soon(ms, () => {
    entry.latest = os.now() + PATIENCE;
    awaited += 1;
    due.push(entry);
    if (!attended) attend();
  });
  return () => {
    cancel();
    const at = due.indexOf(entry);
    if (at >= 0) awaited -= due.splice(at, 1).length;
  };
}

/** Lets go what is due, one by one, each when there is nothing to hear. */
function attend(): void {
  const before = heard;
  attended = due.length > 0;
  if (!attended) return;
  soon(MOMENT, () => {
    const [first] = due;
    const isReady = heard === before || (first !== undefined && os.now() > first.latest);
    if (isReady) awaited -= due.splice(0, 1).length;
    attend();
    if (isReady) first?.work();
  });
}

/** Does something in `ms`, whatever is to be heard. Returns what takes that back. */
export function soon(ms: number, work: () => void): () => void {
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

/**
 * Does something whenever the file can be read. Returns what ends that and closes the file.
 *
 * @param work whether what comes next may wait for what comes after it: `nft` prints each word by itself
 */
export function whenReadable(file: number, work: () => boolean): () => void {
  let [open, small] = [true, 0];
  const listen = () =>
    wait(file, os.setReadHandler, () => {
      if (!work() || !open || ++small < SINGLE) return;
      stop();
      stop = soon(MOMENT, () => {
        // What is due waits for what may be there by now.
        heard += 1;
        stop = listen();
      });
    });
  let stop = listen();
  return () => {
    stop();
    if (open) os.close(file);
    open = false;
  };
}

/** Does something whenever the file can be written. Returns what ends that. */
export function whenWritable(file: number, work: () => void): () => void {
  return wait(file, os.setWriteHandler, work);
}

function wait(file: number, set: typeof os.setReadHandler, work: () => void): () => void {
  let over = false;
  set(
    file,
    guard(() => {
      heard += 1;
      work();
    }),
  );
  awaited += 1;
  return () => {
    if (over) return;
    over = true;
    awaited -= 1;
    set(file, null);
  };
}
