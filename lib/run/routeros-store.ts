import type { Engine } from '../engine/engine.js';
import { formatRouteros, parseRouteros, type RouterosState } from '../state/routeros.js';
import { attempt, readOwn, removeFile, writeAtomically } from '../system/files.js';
import { exists } from '../system/tree.js';

/** What is remembered of RouterOS machines; nothing where it cannot be read. */
export function loadRouteros(engine: Engine, path: string, bootId: string): RouterosState {
  try {
    return parseRouteros(readOwn(engine, routerosPath(path)) ?? '', bootId) ?? { bootId, machines: [] };
  } catch {
    return { bootId, machines: [] };
  }
}

/** Keeps it, or removes the file where there is nothing to keep. @returns whether that was possible */
export function saveRouteros(engine: Engine, path: string, state: RouterosState): boolean {
  const file = routerosPath(path);
  if (state.machines.length > 0) return attempt(() => writeAtomically(engine, file, formatRouteros(state)));
  return !exists(engine, file) || attempt(() => removeFile(engine, file));
}

export function routerosPath(path: string): string {
  return `${path}.routeros`;
}
