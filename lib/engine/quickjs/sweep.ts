import * as os from 'os';
import { readAll } from './files.js';
import { after } from './loop.js';

/**
 * Ends what killed programs have started and left. There are no process groups here, so it is found by a variable that it has
 * inherited.
 */

/** The variable by which all that a program has started can be found. */
export const MARK = 'MINI_MWAN_CHILD';
const SIGKILL = 9;
/** ms from a kill until all that the program had started is ended, too: several kills at a time cost one search. */
const LAST = 1000;
/** Times that it is searched again, as long as something was found: it may have started more meanwhile. */
const PASSES = 3;

/** Those that were killed since the last search: their pids, by their marks. */
const killed = new Map<string, number>();
let started = 0;
/** No other process has had it: one of another time had our number, and may have left something in the background. */
const own = `${os.getpid()}.${os.now()}`;
/** Takes the next search back. */
let expectation: (() => void) | undefined;

/** The value of the variable for another program. */
export function nextMark(): string {
  return `${own}.${started++}`;
}

/** Kills a program at once, and soon all that it has started. */
export function killWithAll(pid: number, mark: string): void {
  os.kill(pid, SIGKILL);
  killed.set(mark, pid);
  expectation ??= after(LAST, sweep);
}

/** Ends what killed programs have left, now. */
export function sweep(): void {
  expectation?.();
  expectation = undefined;
  for (let pass = 0; pass < PASSES && killMarked(); pass++);
  // Not waited for: one that hangs in the kernel does not end.
  for (const pid of killed.values()) os.waitpid(pid, os.WNOHANG);
  killed.clear();
}

/** Whether it found something. */
function killMarked(): boolean {
  if (killed.size === 0) return false;
  let found = false;
  const [names] = os.readdir('/proc');
  for (const name of names.filter((entry) => /^\d+$/.test(entry))) {
    const file = os.open(`/proc/${name}/environ`, os.O_RDONLY);
    if (file < 0) continue;
    try {
      const mark = new RegExp(`(?:^|\\0)${MARK}=([^\\0]*)`).exec(readAll(file))?.[1];
      if (mark !== undefined && killed.has(mark)) found = os.kill(Number(name), SIGKILL) === 0 || found;
    } catch {
      // It has ended, or is not ours to look at.
    }
    os.close(file);
  }
  return found;
}
