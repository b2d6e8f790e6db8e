import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { EXIT, fileError, Trouble } from '../explain.js';
import { duration } from '../report/words.js';
import type { Exec } from './exec.js';
import { whoElseWrites } from './files.js';

/** ms that a round waits for the one before: longer than one at the defaults lasts, short enough for cron's minute. */
export const ROUND_PATIENCE = 20_000;
/** ms for who must have the last word: longer than any round. */
export const LAST_PATIENCE = 70_000;

/** Where whoever started us has put the lock's file, open and locked. */
const HANDED_OVER = 9;

/** ms in which flock answers if it need not wait, however busy the machine is. */
const NO_WAIT = 5000;
const HELD = 'held';

export interface Lock {
  release(): Promise<void>;
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
 * @param uptime s since boot, now
 */
export async function takeLock(exec: Exec, path: string, patience: number, uptime: number): Promise<Lock> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    return { release: async () => {}, problem: `no lock against other rounds: ${path}: ${fileError(error)}` };
  }
  const release = async () => closeSync(file);
  const objection = objectionTo(file);
  if (objection !== undefined) return { release, problem: `no lock against other rounds: ${path}: ${objection}` };
  const problem = await askFlock(exec, file, patience);
  if (problem === undefined) {
    if (!isStill(file, path)) {
      // Whoever removed it let those wait that came before, and not those that come now.
      await release();
      return takeLock(exec, path, patience, uptime);
    }
    signLock(file, uptime);
    return { release };
  }
  if (problem !== HELD) return { release, problem: `no lock against other rounds: flock: ${problem}` };
  const holder = readHolder(file, uptime + patience / 1000) ?? `for ${patience / 1000} s`;
  await release();
  throw new Trouble(EXIT.cannotRun, `another round has held the lock ${holder}; leaving it to that one`, [
    'without waiting, all routes of mini-mwan are removed by: ip nexthop flush proto 77; ip route flush proto 77',
  ]);
}

/**
 * The lock that whoever started us holds and hands over, so that no process is needed to take it. Undefined if there is none
 * that could be used; it is let go then.
 *
 * @param uptime s since boot, now
 */
export function takeOverLock(path: string, uptime: number): Lock | undefined {
  try {
    // It may be any file, or one of Node's own.
    if (!isStill(HANDED_OVER, path)) return undefined;
    if (objectionTo(HANDED_OVER) !== undefined) {
      closeSync(HANDED_OVER);
      return undefined;
    }
  } catch {
    return undefined;
  }
  try {
    // What we have is open for reading only: otherwise a shell would make the file where there is none.
    const file = openSync(`/proc/self/fd/${HANDED_OVER}`, constants.O_RDWR);
    signLock(file, uptime);
    closeSync(file);
  } catch {}
  return { release: async () => closeSync(HANDED_OVER) };
}

/** Why the file is not to be locked, and written to, in words. */
function objectionTo(file: number): string | undefined {
  const found = fstatSync(file);
  // What has another name, too, may be a file of the system that somebody has linked here.
  return whoElseWrites(found) ?? (found.nlink > 1 ? 'it has a second name' : undefined);
}

/** Resolves when the file is locked; to HELD if somebody else has it for too long, or in words to why flock cannot be used. */
async function askFlock(exec: Exec, file: number, patience: number): Promise<string | undefined> {
  const run = (args: string[], timeout: number) =>
    exec.start('flock', ['-x', ...args, '3'], { timeout, inherit: file }).finished;
  const { exitCode, failure } = await run([], patience);
  if (exitCode === 0) return undefined;
  if (!failure?.startsWith('no end after')) return failure ?? `exit ${exitCode}`;
  // It waits for somebody, or hangs: told not to wait, only the latter takes time.
  const now = await run(['-n'], NO_WAIT);
  if (now.exitCode === 0) return undefined;
  return now.exitCode === 1 ? HELD : failure;
}

function isStill(file: number, path: string): boolean {
  const [ours, there] = [fstatSync(file), statSync(path, { throwIfNoEntry: false })];
  return ours.ino === there?.ino && ours.dev === there.dev;
}

/** Says whose it is, for the message of whoever waits. A full disk or a strange file takes no lock away. */
function signLock(file: number, uptime: number): void {
  try {
    ftruncateSync(file);
    writeSync(file, `${process.pid} ${uptime.toFixed(2)}\n`, 0);
  } catch {}
}

function readHolder(file: number, uptime: number): string | undefined {
  const text = Buffer.alloc(64);
  try {
    readSync(file, text, { position: 0 });
  } catch {}
  const [, pid, since] = /^(\d{1,10}) (\d{1,12}\.\d\d)\n/.exec(text.toString()) ?? [];
  return pid === undefined ? undefined : `for ${duration(uptime - Number(since))} (pid ${pid})`;
}
