import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { whoElseWrites } from './files.js';

/** A file or folder that others may change, and why, in words. */
export interface Exposure {
  path: string;
  reason: string;
}

/** By what others than root and us may change a file: by itself, or by a folder on the way to it. */
export async function findExposure(file: string): Promise<Exposure | undefined> {
  const path = resolve(file);
  const real = await realpath(path).catch(() => path);
  for (const step of new Set([real, ...foldersAbove(real), ...foldersAbove(path)])) {
    const found = await stat(step).catch(() => undefined);
    const reason = found && whoElseWrites(found);
    if (reason !== undefined) return { path: step, reason };
  }
  return undefined;
}

function foldersAbove(path: string): string[] {
  return path === '/' ? [] : [dirname(path), ...foldersAbove(dirname(path))];
}
