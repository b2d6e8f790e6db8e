import * as os from 'os';
import { type Files, type Stat, SystemError } from '../engine.js';
import { bytesOf, decode, encode, toBuffer } from './bytes.js';
import { check, checkValue, EEXIST, ENOENT } from './errors.js';

/** Bytes that are read at once. */
const PIECE = 16_384;
/** There is no constant for it. Of the processors that OpenWrt runs on, only MIPS has other numbers than the rest (fcntl.h). */
const O_NONBLOCK = os.O_CREAT === 0x100 ? 0x80 : 0x800;
/** Times that what a name leads to may change while it is being opened. */
const PATIENCE = 10;

type Status = NonNullable<ReturnType<typeof os.stat>[0]>;

/** Reads from where the file is, up to its end or that many bytes. */
export function readAll(file: number, maxBytes = Number.POSITIVE_INFINITY): string {
  const buffer = new ArrayBuffer(PIECE);
  let bytes = '';
  while (bytes.length <= maxBytes) {
    const length = check(os.read(file, buffer, 0, PIECE));
    if (length === 0) break;
    bytes += bytesOf(buffer, length);
  }
  return bytes;
}

function writeAll(file: number, bytes: string): void {
  check(os.seek(file, 0, 0));
  const buffer = toBuffer(bytes);
  for (let at = 0; at < buffer.byteLength; ) at += check(os.write(file, buffer, at, buffer.byteLength - at));
}

function toStat({ dev, ino, mode, nlink, uid, gid, size }: Status): Stat {
  const type = mode & os.S_IFMT;
  const kinds = { [os.S_IFREG]: 'file', [os.S_IFDIR]: 'folder', [os.S_IFLNK]: 'link' } as const;
  return { kind: kinds[type] ?? 'other', mode: mode & 0o7777, uid, gid, size, links: nlink, identity: `${dev}:${ino}` };
}

function lookAt([status, errno]: ReturnType<typeof os.stat>): Stat | undefined {
  if (errno === ENOENT) return undefined;
  return toStat(checkValue([status as Status, errno]));
}

function statOpen(file: number): Stat {
  return toStat(checkValue(os.stat(`/proc/self/fd/${file}`)) as Status);
}

/**
 * Opens what the name itself leads to, and no link. There is no O_NOFOLLOW here, so what was opened must be what was there
 * before.
 *
 * @returns undefined if it has gone, or another file has come in its place, meanwhile
 */
function openItself(path: string, there: Stat, flags: number): number | undefined {
  if (there.kind === 'link') throw new SystemError('ELOOP');
  if (there.kind === 'folder') throw new SystemError('EISDIR');
  if (there.kind !== 'file') throw new SystemError('it is no regular file');
  // A pipe that has come in its place would keep us waiting.
  const file = os.open(path, flags | O_NONBLOCK);
  if (file === -ENOENT) return undefined;
  check(file);
  if (statOpen(file).identity === there.identity) return file;
  os.close(file);
  return undefined;
}

/** Opens a file without following a link, or makes it. @param make its mode then; absent: it must be there */
function openOrMake(path: string, flags: number, make?: number): number {
  for (let tries = 0; tries < PATIENCE; tries++) {
    const there = lookAt(os.lstat(path));
    if (there) {
      const file = openItself(path, there, flags);
      if (file !== undefined) return file;
    } else {
      if (make === undefined) throw new SystemError('ENOENT');
      const made = os.open(path, flags | os.O_CREAT | os.O_EXCL, make);
      if (made !== -EEXIST) return check(made);
    }
  }
  throw new SystemError('another file comes in its place again and again');
}

export const files: Files = {
  stat: (path) => lookAt(os.stat(path)),
  lstat: (path) => lookAt(os.lstat(path)),
  statOpen,
  open: (path, follow) => (follow ? check(os.open(path, os.O_RDONLY | O_NONBLOCK)) : openOrMake(path, os.O_RDONLY)),
  create: (path, mode) => check(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)),
  openLock: (path) => openOrMake(path, os.O_RDWR, 0o600),
  openToWrite: (path) => check(os.open(path, os.O_WRONLY)),
  openToAppend: (path, mode) => openOrMake(path, os.O_WRONLY | os.O_APPEND, mode),
  close: (file) => void os.close(file),
  readText: (file) => decode(readAll(file)),
  readBytes: (file) => readAll(file),
  writeText: (file, text) => writeAll(file, encode(text)),
  writeBytes: writeAll,
  setMode: (file, mode) => {
    if (statOpen(file).mode === mode) return;
    // There is no function for it, and hardly ever a need: only where a umask takes more than it should. Not by its name, where
    // a link may have come in its place.
    const args = ['/bin/chmod', '--', mode.toString(8), `/proc/${os.getpid()}/fd/${file}`];
    const code = os.exec(args, { block: true, usePath: false, env: {} });
    if (code !== 0) throw new SystemError(`chmod: exit ${code}`);
  },
  rename: (from, to) => void check(os.rename(from, to)),
  remove: (path) => void check(os.remove(path)),
  makeFolder: (path, mode) => void check(os.mkdir(path, mode)),
  list: (path) => checkValue(os.readdir(path)).filter((name) => name !== '.' && name !== '..'),
  realPath: (path) => checkValue(os.realpath(path)),
};
