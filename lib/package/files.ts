/** A file of a package. */
export interface PackageFile {
  /** From the root: /usr/bin/mini-mwan. */
  path: string;
  content: Uint8Array;
  mode: number;
  /** It is the user's: an update leaves it as it is. */
  config?: boolean;
}

/** A folder and the files in it. Every folder of a package is root's, and has mode 755. */
export interface Folder {
  /** From the root, without the slash in front of it: usr/bin. The root: nothing. */
  path: string;
  files: PackageFile[];
}

/** What both packages say of themselves. */
export interface About {
  name: string;
  /** X.Y.Z; the package's own number comes behind it. */
  version: string;
  description: string;
  license: string;
  /** Names of packages. */
  depends: string[];
}

/** The root and every folder on the way to a file, in the order of their paths, whatever the order of the files was. */
export function folders(files: PackageFile[]): Folder[] {
  const found = new Map<string, Folder>([['', { path: '', files: [] }]]);
  for (const file of inOrder(files)) {
    const names = file.path.split('/').slice(1, -1);
    const ways = names.map((_, i) => names.slice(0, i + 1).join('/'));
    for (const path of ways) if (!found.has(path)) found.set(path, { path, files: [] });
    found.get(names.join('/'))?.files.push(file);
  }
  return inOrder([...found.values()]);
}

/** Those that are the user's. */
export function userFiles(files: PackageFile[]): PackageFile[] {
  return inOrder(files.filter(({ config }) => config));
}

/** By the bytes of their paths: JavaScript compares units of UTF-16, which is another order. */
export function inOrder<T extends { path: string }>(things: T[]): T[] {
  return [...things].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
