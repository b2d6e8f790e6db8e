import { createHash } from 'node:crypto';
import { demand, type Found, inflated, type PackageRead } from './read.js';

/** Names of the slots, from 1 on, as apk-tools prints them. */
const SCRIPTS = 'trigger pre-install post-install pre-deinstall post-deinstall pre-upgrade post-upgrade'.split(' ');
const INFO =
  `name version hashes description arch license origin maintainer url repo-commit build-time installed-size file-size
  provider-priority depends provides replaces install-if recommends layer tags`.split(/\s+/);

/** A value as it is read: what is not there is null. */
type Read = null | number | Buffer | Read[];

/** What apk makes of a package. A reader of its own, which shares nothing with the writer and takes nothing on trust. */
export function readApk(bytes: Buffer): PackageRead {
  demand(bytes.toString('latin1', 0, 4) === 'ADBd', 'not of version 3, or not deflated');
  const content = inflated(bytes.subarray(4));
  demand(content.toString('latin1', 0, 8) === 'ADB.pckg', 'not a package');
  const [first, ...others] = readBlocks(content.subarray(8));
  demand(first?.type === 0, 'the first block is another');
  const [info, paths, scripts] = list(readAdb(first.content));
  const fields = named(INFO, info);
  demand(
    hashOf(first.content, fields.hashes as Buffer).equals(fields.hashes as Buffer),
    'damaged: the hash is another',
  );

  const found = list(paths).flatMap((folder, i) => readFolder(folder, i + 1, others));
  demand(others.length === 0, 'more content than files');
  const size = found.reduce((sum, file) => sum + file.content.length, 0);
  demand(fields['installed-size'] === size, 'another size');
  const texts = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString() : value]),
  );
  const own = found.find(({ path }) => path === `/lib/apk/packages/${texts.name}.conffiles`);
  return {
    info: { ...texts, hashes: undefined, depends: list(fields.depends ?? []).map((names) => String(list(names))) },
    scripts: Object.fromEntries(Object.entries(named(SCRIPTS, scripts)).map(([name, text]) => [name, String(text)])),
    userFiles: String(own?.content ?? '')
      .split('\n')
      .filter(Boolean),
    found,
  };
}

/** The folder, and its files; takes their blocks, which must come in the same order, away. */
function readFolder(folder: Read, place: number, blocks: Block[]): Found[] {
  const [name, acl, files = null] = list(folder);
  const path = `/${name ?? ''}`;
  const inside = list(files ?? []).map((file, i) => {
    const [base, fileAcl, size, time, hash, ...more] = list(file);
    demand(time === 0 && more.length === 0, 'another time, or a link');
    const block = size === 0 ? undefined : blocks.shift();
    if (block) {
      demand(block.type === 2, 'a block of another kind');
      demand(block.content.readUInt32LE(0) === place && block.content.readUInt32LE(4) === i + 1, 'of another file');
    }
    const content = block?.content.subarray(8) ?? Buffer.alloc(0);
    demand(content.length === size, 'another size');
    demand(sha256(content).equals(hash as Buffer), 'damaged: the hash of a file is another');
    return { path: `${name === null ? '' : path}/${base}`, folder: false, mode: readAcl(fileAcl), content };
  });
  return [{ path, folder: true, mode: readAcl(acl), content: Buffer.alloc(0) }, ...inside];
}

/** The mode; root must be the owner. */
function readAcl(acl: Read | undefined): number {
  const [mode, user, group, ...more] = list(acl);
  demand(String(user) === 'root' && String(group) === 'root' && more.length === 0, 'not of root');
  return mode as number;
}

interface Block {
  type: number;
  content: Buffer;
}

function readBlocks(bytes: Buffer): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = bytes.readUInt32LE(at);
    const end = at + (head & 0x3fffffff);
    const next = at + Math.ceil((end - at) / 8) * 8;
    demand(end >= at + 4 && next <= bytes.length, 'a block of an impossible size');
    demand(
      bytes.subarray(end, next).every((byte) => byte === 0),
      'something behind a block',
    );
    blocks.push({ type: head >>> 30, content: bytes.subarray(at + 4, end) });
    at = next;
  }
  return blocks;
}

/** The tree of values in a block. */
export function readAdb(bytes: Buffer): Read {
  demand(bytes.readUInt32LE(0) === 0, 'of another version');
  /** @param end where what refers to it begins: all that it is made of lies before it, so no circle leads back */
  const read = (word: number, end: number): Read => {
    const [type, value] = [word >>> 28, word & 0xfffffff];
    const within = (size: number) => demand(value + size <= end, 'a value that is not there');
    const aligned = (size: number) => demand(value % size === 0, 'a number where not every processor can read it');
    const blob = (size: number) => {
      aligned(size);
      within(size);
      const length = bytes.readUIntLE(value, size);
      within(size + length);
      return bytes.subarray(value + size, value + size + length);
    };
    if (word === 0) return null;
    if (type === 1) return value;
    if (type === 8) return blob(1);
    if (type === 9) return blob(2);
    if (type === 10) return blob(4);
    demand(type === 13 || type === 14, `a value of kind ${type}`);
    aligned(4);
    within(4);
    const count = bytes.readUInt32LE(value);
    within(4 * count);
    demand(count > 1, 'nothing in an array');
    return Array.from({ length: count - 1 }, (_, i) => read(bytes.readUInt32LE(value + 4 + 4 * i), value));
  };
  return read(bytes.readUInt32LE(4), bytes.length);
}

function list(value: Read | undefined): Read[] {
  demand(Array.isArray(value), 'not a list');
  return value;
}

function named(names: string[], value: Read | undefined): Record<string, Read> {
  const pairs = list(value).map((field, i) => [names[i], field] as const);
  return Object.fromEntries(pairs.filter(([, field]) => field !== null));
}

/** The hash of a package: of all but itself. */
function hashOf(adb: Buffer, hash: Buffer): Buffer {
  const blank = Buffer.from(adb);
  blank.fill(0, hash.byteOffset - adb.byteOffset, hash.byteOffset - adb.byteOffset + hash.length);
  return sha256(blank).subarray(0, 20);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
