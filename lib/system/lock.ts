import type { Engine } from '../engine/engine.js';
import { EXIT, fileError, Trouble } from '../explain.js';
import { duration } from '../report/words.js';
import { readClock } from './clock.js';
import type { Exec, Finished, Tools } from './exec.js';
import { attempt, whoElseWrites } from './files.js';

/** ms that a round waits for the one before: longer than any that is of use lasts, see DEADLINE in probe.ts. */
export const ROUND_PATIENCE = 60_000;
/** ms for who must have the last word: rounds that wait have given up by then. */
export const LAST_PATIENCE = 70_000;

/** ms in which flock answers if it need not wait, however busy the machine is. */
const NO_WAIT = 5000;
const HELD = 'held';
/** Characters of the line that says whose the lock is: the same for each, so that one is written over the other. */
const SIGNATURE = 40;

export interface Lock {
  release(): void;
  /** Why there is none after all, in words: a round without a lock is better than no round. */
  problem?: string;
}

/**
 * Takes the lock that keeps rounds apart, or waits for it; throws a Trouble if it is held for too long.
 *
 * `flock` locks the open file that it inherits from us and ends; the lock stays with the file until we close it, or die in
 * whatever way. So it needs neither a native module nor somebody to clean up.
 *
 * @param patience ms to wait
 */
export async function takeLock({ engine, exec }: Tools, path: string, patience: number): Promise<Lock> {
  const { files } = engine;
  let file: number;
  try {
    file = files.openLock(path);
  } catch (error) {
    return { release: () => {}, problem: `no lock against other rounds: ${path}: ${fileError(error)}` };
  }
  const release = () => files.close(file);
  const objection = objectionTo(engine, file);
  if (objection !== undefined) return { release, problem: `no lock against other rounds: ${path}: ${objection}` };
  const problem = await askFlock(exec, file, patience);
  if (problem === undefined) {
    if (!isStill(engine, file, path)) {
      // Whoever removed it let those wait that came before, and not those that come now.
      release();
      return takeLock({ engine, exec }, path, patience);
    }
    signLock(engine, file);
    return { release };
  }
  if (problem !== HELD) return { release, problem: `no lock against other rounds: flock: ${problem}` };
  const holder = readHolder(engine, file) ?? `for ${patience / 1000} s`;
  release();
  throw new Trouble(EXIT.cannotRun, `another round has held the lock ${holder}; leaving it to that one`, [
    'without waiting, all routes of mini-mwan are removed by: ip nexthop flush proto 77; ip route flush proto 77',
  ]);
}

/** Why the file is not to be locked, and written to, in words. */
function objectionTo(engine: Engine, file: number): string | undefined {
  const found = engine.files.statOpen(file);
  if (found.kind !== 'file') return 'it is no regular file';
  // What has another name, too, may be a file of the system that somebody has linked here.
  return whoElseWrites(engine, found) ?? (found.links > 1 ? 'it has a second name' : undefined);
}

/** Resolves when the file is locked; to HELD if somebody else has it for too long, or in words to why flock cannot be used. */
async function askFlock(exec: Exec, file: number, patience: number): Promise<string | undefined> {
  // Its stdin is file 0, and the only open file that each engine hands over.
  const run = (args: string[], timeout: number) =>
    exec.start('flock', ['-x', ...args, '0'], { timeout, inherit: file }).finished;
  // Told not to wait, it answers at once, or is of no use.
  const now = await run(['-n'], NO_WAIT);
  if (now.exitCode !== 1) return problemOf(now);
  const waited = await run([], patience);
  if (waited.exitCode !== undefined) return problemOf(waited);
  // It ran out of time, or was killed.
  const then = await run(['-n'], NO_WAIT);
  return then.exitCode === 1 ? HELD : problemOf(then);
}

function problemOf({ exitCode, failure }: Finished): string | undefined {
  return exitCode === 0 ? undefined : (failure ?? `exit ${exitCode}`);
}

function isStill({ files }: Engine, file: number, path: string): boolean {
  return files.statOpen(file).identity === files.stat(path)?.identity;
}

/** Says whose it is, and since when, for the message of whoever waits. A full disk or a strange file takes no lock away. */
function signLock(engine: Engine, file: number): void {
  const since = readClock(engine).uptime.toFixed(2);
  attempt(() => engine.files.writeText(file, `${`${engine.pid} ${since}`.padEnd(SIGNATURE)}\n`));
}

function readHolder(engine: Engine, file: number): string | undefined {
  let text = '';
  attempt(() => {
    text = engine.files.readText(file);
  });
  const [, pid, since] = /^(\d{1,10}) (\d{1,12}\.\d\d) *\n/.exec(text) ?? [];
  return pid === undefined ? undefined : `for ${duration(readClock(engine).uptime - Number(since))} (pid ${pid})`;
}
