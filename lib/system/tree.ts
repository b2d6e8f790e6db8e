// Synchronous inside, as in files.ts.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { refusal, replaceFile } from './files.js';

/** A file as it is. A link, a pipe or a device is not followed: it has no content. */
export interface Found {
  content?: Buffer;
  mode: number;
}

/** What is at the path; undefined if nothing is. Throws where it is a folder. */
export async function look(path: string): Promise<Found | undefined> {
  const found = orNothing(() => lstatSync(path));
  if (!found) return undefined;
  if (found.isDirectory()) throw refusal('EISDIR');
  const mode = found.mode & 0o7777;
  return found.isFile() ? { content: readFileSync(path), mode } : { mode };
}

/** Puts a file in place, unless it is already there as it should be. */
export async function layDown(path: string, content: Buffer, mode: number) {
  const found = await look(path);
  if (found?.content?.equals(content) && found.mode === mode) return 'unchanged';
  await replaceFile(path, content, mode);
  return found ? 'updated' : 'created';
}

/** Removes a file or a link; whether there was one. */
export async function takeAway(path: string): Promise<boolean> {
  if (!(await look(path))) return false;
  rmSync(path);
  return true;
}

/** Makes a folder and those above it. Returns the ones that were not there. */
export async function makeFolders(folder: string): Promise<string[]> {
  // Not mkdir's own `recursive`: it tells a read-only file system as a missing folder.
  if (await isFolder(folder)) return [];
  const above = await makeFolders(dirname(folder));
  mkdirSync(folder);
  return [...above, folder];
}

/** Removes a folder or a file with nothing in it; leaves all others. */
export async function removeEmpty(path: string): Promise<void> {
  const found = orNothing(() => lstatSync(path));
  if (found?.isDirectory()) {
    if (readdirSync(path).length === 0) rmdirSync(path);
  } else if (found?.isFile() && found.size === 0) rmSync(path);
}

/** Names in a folder; none if there is no such folder. */
export async function list(folder: string): Promise<string[]> {
  return orNothing(() => readdirSync(folder)) ?? [];
}

export async function isFolder(path: string): Promise<boolean> {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

export async function exists(path: string): Promise<boolean> {
  return existsSync(path);
}

/** A path without links; as it was given if nothing is there. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The true name of a folder, or of the nearest one above it that is there. */
export async function trueFolder(folder: string): Promise<string> {
  return orNothing(() => realpathSync(folder)) ?? trueFolder(dirname(folder));
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
