import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { BLOCK, block, encode, number, type Value } from './adb.js';
import { type About, type Folder, folders, inOrder, type PackageFile, userFiles } from './files.js';
import { apkScripts } from './scripts.js';

/** Slots of the objects, as in src/apk_adb.h of apk-tools. */
const PACKAGE = { info: 1, paths: 2, scripts: 3 };
const INFO = { name: 1, version: 2, hash: 3, description: 4, arch: 5, license: 6, size: 12, depends: 15 };
const DEPENDENCY = { name: 1 };
const FOLDER = { name: 1, acl: 2, files: 3 };
const FILE = { name: 1, acl: 2, size: 3, time: 4, hash: 5 };
const ACL = { mode: 1, user: 2, group: 3 };
const SCRIPTS = { postInstall: 3, preDeinstall: 4, postDeinstall: 5, postUpgrade: 7 };

/** Bytes of the SHA-256 by which apk knows a package. */
const HASH_SIZE = 20;

/** Version of the package. */
export function apkVersion({ version }: About): string {
  return `${version}-r1`;
}

/**
 * A package for apk, OpenWrt's package manager from 25.12 on: version 3 of the format (doc/apk-v3.5.scd of apk-tools), with the
 * lists and scripts of OpenWrt's include/package-pack.mk. It is not signed; OpenWrt signs the index of a feed.
 */
export function apk(about: About, files: PackageFile[]): Buffer {
  const all = folders([...files, ...lists(about.name, files)]);
  // The hash is that of the tree in which it has not been filled in.
  const blank = encode(packageTree(about, all, Buffer.alloc(HASH_SIZE)));
  const tree = encode(packageTree(about, all, sha256(blank).subarray(0, HASH_SIZE)));
  const content = Buffer.concat([Buffer.from('ADB.pckg'), block(BLOCK.adb, tree), ...contents(all)]);
  return Buffer.concat([Buffer.from('ADBd'), deflateRawSync(content, { level: 9 })]);
}

/** What OpenWrt's functions want to know of a package: its files, and those of the user, which sysupgrade keeps if changed. */
function lists(name: string, files: PackageFile[]): PackageFile[] {
  const texts = {
    list: inOrder(files).map(({ path }) => path),
    conffiles: userFiles(files).map(({ path }) => path),
    conffiles_static: userFiles(files).map(({ path, content }) => `${path} ${sha256(content).toString('hex')}`),
  };
  return Object.entries(texts).map(([kind, lines]) => ({
    path: `/lib/apk/packages/${name}.${kind}`,
    content: Buffer.from(lines.map((line) => `${line}\n`).join('')),
    mode: 0o644,
  }));
}

function packageTree(about: About, all: Folder[], hash: Uint8Array): Value {
  return object(PACKAGE, {
    info: object(INFO, {
      name: about.name,
      version: apkVersion(about),
      hash,
      description: about.description,
      arch: 'noarch',
      license: about.license,
      size: all.flatMap(({ files }) => files).reduce((sum, { content }) => sum + content.length, 0),
      // In the order in which apk itself writes them.
      depends: { array: [...about.depends].sort().map((name) => object(DEPENDENCY, { name })) },
    }),
    paths: { array: all.map(folderTree) },
    scripts: object(SCRIPTS, apkScripts(about.name)),
  });
}

function folderTree({ path, files }: Folder): Value {
  return object(FOLDER, { name: path, acl: acl(0o755), files: { array: files.map(fileTree) } });
}

function fileTree({ path, mode, content }: PackageFile): Value {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return object(FILE, { name, acl: acl(mode), size: content.length, time: 0, hash: sha256(content) });
}

function acl(mode: number): Value {
  return object(ACL, { mode, user: 'root', group: 'root' });
}

/** A block for each file that is not empty: which it is, counted from 1, and its bytes. */
function contents(all: Folder[]): Buffer[] {
  return all.flatMap(({ files }, folder) =>
    files.flatMap(({ content }, file) =>
      content.length === 0 ? [] : [block(BLOCK.data, number(folder + 1, 4), number(file + 1, 4), content)],
    ),
  );
}

function object<Name extends string>(slots: Record<Name, number>, fields: Record<Name, Value>): Value {
  const names = Object.keys(slots) as Name[];
  return { object: Object.fromEntries(names.map((name) => [slots[name], fields[name]])) };
}

function sha256(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
