import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { EXIT, fileError, Trouble } from '../explain.js';
import { duration } from '../report/words.js';
import type { Exec } from './exec.js';
import { whoElseWrites } from './files.js';

/** ms that a round waits for the one before: longer than one at the defaults lasts, short enough for cron's minute. */
export const ROUND_PATIENCE = 20_000;
/** ms for who must have the last word: longer than any round. */
export const LAST_PATIENCE = 70_000;

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
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    return { release: async () => {}, problem: `no lock against other rounds: ${path}: ${fileError(error)}` };
  }
  const release = () => file.close();
  const found = await file.stat();
  // It is written to: what has another name, too, may be a file of the system that somebody has linked here.
  const objection = whoElseWrites(found) ?? (found.nlink > 1 ? 'it has a second name' : undefined);
  if (objection !== undefined) return { release, problem: `no lock against other rounds: ${path}: ${objection}` };
  const { exitCode, failure } = await exec.start('flock', ['-x', '3'], { timeout: patience, inherit: file.fd })
    .finished;
  if (exitCode === 0) {
    if (!(await isStill(file, path))) {
      // Whoever removed it let those wait that came before, and not those that come now.
      await release();
      return takeLock(exec, path, patience, uptime);
    }
    await signLock(file, uptime).catch(() => {});
    return { release };
  }
  if (!failure?.startsWith('no end after')) {
    return { release, problem: `no lock against other rounds: flock: ${failure ?? `exit ${exitCode}`}` };
  }
  const holder =
    (await readHolder(file, uptime + patience / 1000).catch(() => undefined)) ?? `for ${patience / 1000} s`;
  await release();
  throw new Trouble(EXIT.cannotRun, `another round has held the lock ${holder}; leaving it to that one`, [
    'without waiting, all routes of mini-mwan are removed by: ip nexthop flush proto 77; ip route flush proto 77',
  ]);
}

async function isStill(file: FileHandle, path: string): Promise<boolean> {
  const [ours, there] = [await file.stat(), await stat(path).catch(() => undefined)];
  return ours.ino === there?.ino && ours.dev === there.dev;
}

/** Says whose it is, for the message of whoever waits. A full disk or a strange file takes no lock away. */
async function signLock(file: FileHandle, uptime: number): Promise<void> {
  await file.truncate();
  await file.write(`${process.pid} ${uptime.toFixed(2)}\n`, 0);
}

async function readHolder(file: FileHandle, uptime: number): Promise<string | undefined> {
  const text = (await file.read({ position: 0, buffer: Buffer.alloc(64) })).buffer.toString();
  const [, pid, since] = /^(\d{1,10}) (\d{1,12}\.\d\d)\n/.exec(text) ?? [];
  return pid === undefined ? undefined : `for ${duration(uptime - Number(since))} (pid ${pid})`;
}
