import type { Engine } from '../engine/engine.js';
import { dirname, resolve } from '../path.js';
import { whoElseWrites } from './files.js';
import { realPath } from './tree.js';

/** A file or folder that others may change, and why, in words. */
export interface Exposure {
  path: string;
  reason: string;
}

/** By what others than root and us may change a file: by itself, or by a folder on the way to it. */
export function findExposure(engine: Engine, file: string): Exposure | undefined {
  const path = resolve(engine.folder, file);
  const real = realPath(engine, path);
  for (const step of new Set([real, ...foldersAbove(real), ...foldersAbove(path)])) {
    const reason = reasonOf(engine, step);
    if (reason !== undefined) return { path: step, reason };
  }
  return undefined;
}

function foldersAbove(path: string): string[] {
  return path === '/' ? [] : [dirname(path), ...foldersAbove(dirname(path))];
}

/** What cannot be looked at was not changed by others. */
function reasonOf(engine: Engine, path: string): string | undefined {
  try {
    const found = engine.files.stat(path);
    return found && whoElseWrites(engine, found);
  } catch {
    return undefined;
  }
}
