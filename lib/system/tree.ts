import { type Engine, type Files, SystemError } from '../engine/engine.js';
import { dirname } from '../path.js';
import { replaceFile } from './files.js';

/** A file as it is. A link, a pipe or a device is not followed: it has no content. */
export interface Found {
  /** Bytes. */
  content?: string;
  mode: number;
}

/** What is at the path; undefined if nothing is. Throws where it is a folder. */
export function look({ files }: Engine, path: string): Found | undefined {
  const found = files.lstat(path);
  if (!found) return undefined;
  if (found.kind === 'folder') throw new SystemError('EISDIR');
  return found.kind === 'file' ? { content: readBytes(files, path), mode: found.mode } : { mode: found.mode };
}

/** All bytes of a file. */
export function readBytes(files: Files, path: string): string {
  const file = files.open(path, true);
  try {
    return files.readBytes(file);
  } finally {
    files.close(file);
  }
}

/** Puts a file in place, unless it is already there as it should be. */
export function layDown(engine: Engine, path: string, content: string, mode: number) {
  const found = look(engine, path);
  if (found?.content === content && found.mode === mode) return 'unchanged';
  replaceFile(engine, path, mode, (file) => engine.files.writeBytes(file, content));
  return found ? 'updated' : 'created';
}

/** Removes a file or a link; whether there was one. */
export function takeAway(engine: Engine, path: string): boolean {
  if (!look(engine, path)) return false;
  engine.files.remove(path);
  return true;
}

/** Makes a folder and those above it. Returns the ones that were not there. */
export function makeFolders(engine: Engine, folder: string): string[] {
  if (isFolder(engine, folder)) return [];
  const above = makeFolders(engine, dirname(folder));
  engine.files.makeFolder(folder, 0o777);
  return [...above, folder];
}

/** Removes a folder or a file with nothing in it; leaves all others. */
export function removeEmpty({ files }: Engine, path: string): void {
  const found = files.lstat(path);
  const empty = found?.kind === 'folder' ? files.list(path).length === 0 : found?.kind === 'file' && found.size === 0;
  if (empty) files.remove(path);
}

/** Names in a folder; none if there is no such folder. */
export function list({ files }: Engine, folder: string): string[] {
  return files.stat(folder) ? files.list(folder) : [];
}

export function isFolder(engine: Engine, path: string): boolean {
  return kindOf(engine, path) === 'folder';
}

export function exists(engine: Engine, path: string): boolean {
  return kindOf(engine, path) !== undefined;
}

function kindOf({ files }: Engine, path: string) {
  try {
    return files.stat(path)?.kind;
  } catch {
    return undefined;
  }
}

/** A path without links; as it was given if nothing is there. */
export function realPath({ files }: Engine, path: string): string {
  try {
    return files.realPath(path);
  } catch {
    return path;
  }
}

/** The true name of a folder, or of the nearest one above it that is there. */
export function trueFolder(engine: Engine, folder: string): string {
  return engine.files.stat(folder) ? engine.files.realPath(folder) : trueFolder(engine, dirname(folder));
}
