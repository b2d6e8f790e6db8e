// Synchronous: nothing else could go on meanwhile, and Node's threads cost a round more than all of its files.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { type Files, type Stat, SystemError } from '../engine.js';

const { O_APPEND, O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_NONBLOCK, O_NOFOLLOW } = constants;

/** Node's errors have a code and much more. */
export function plainly<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SystemError((error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function toStat(found: Stats): Stat {
  const { mode, uid, gid, size, nlink, dev, ino } = found;
  const kind = found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'folder'
      : found.isSymbolicLink()
        ? 'link'
        : ('other' as const);
  return { kind, mode: mode & 0o7777, uid, gid, size, links: nlink, identity: `${dev}:${ino}` };
}

function lookAt(look: () => Stats): Stat | undefined {
  try {
    return toStat(plainly(look));
  } catch (error) {
    if ((error as SystemError).code === 'ENOENT') return undefined;
    throw error;
  }
}

function open(path: string, flags: number, mode?: number): number {
  return plainly(() => openSync(path, flags, mode));
}

function writeAll(file: number, bytes: Buffer): void {
  plainly(() => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
  });
}

export const files: Files = {
  stat: (path) => lookAt(() => statSync(path)),
  lstat: (path) => lookAt(() => lstatSync(path)),
  statOpen: (file) => toStat(plainly(() => fstatSync(file))),
  // A pipe that has come in place of a file would keep us waiting.
  open: (path, follow) => open(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW)),
  create: (path, mode) => open(path, O_WRONLY | O_CREAT | O_EXCL, mode),
  openLock: (path) => open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600),
  openToWrite: (path) => open(path, O_WRONLY),
  openToAppend: (path, mode) => open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode),
  close: (file) => plainly(() => closeSync(file)),
  readText: (file) => plainly(() => readFileSync(file, 'utf8')),
  readBytes: (file) => plainly(() => readFileSync(file, 'latin1')),
  writeText: (file, text) => writeAll(file, Buffer.from(text)),
  writeBytes: (file, bytes) => writeAll(file, Buffer.from(bytes, 'latin1')),
  setMode: (file, mode) => plainly(() => fchmodSync(file, mode)),
  rename: (from, to) => plainly(() => renameSync(from, to)),
  remove: (path) => plainly(() => (lstatSync(path).isDirectory() ? rmdirSync(path) : unlinkSync(path))),
  makeFolder: (path, mode) => plainly(() => void mkdirSync(path, mode)),
  list: (path) => plainly(() => readdirSync(path)),
  realPath: (path) => plainly(() => realpathSync(path)),
};
