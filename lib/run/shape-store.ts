import type { Engine } from '../engine/engine.js';
import { fileError } from '../explain.js';
import { formatShape, parseShape, type ShapeState } from '../state/shape.js';
import { attempt, readOwn, removeFile, writeAtomically } from '../system/files.js';
import { exists } from '../system/tree.js';

/** What was left in this boot; nothing where it cannot be read, for all of it can be learnt again. */
export function loadShape(engine: Engine, path: string, bootId: string): ShapeState {
  try {
    return parseShape(readOwn(engine, shapePath(path)) ?? '', bootId) ?? { bootId, lines: [] };
  } catch {
    return { bootId, lines: [] };
  }
}

/** @returns what is wrong, in words */
export function saveShape(engine: Engine, path: string, state: ShapeState): string | undefined {
  try {
    writeAtomically(engine, shapePath(path), formatShape(state));
    return undefined;
  } catch (error) {
    return `${shapePath(path)} cannot be written: ${fileError(error)}; what is learned of the lines is lost`;
  }
}

/** Is it still there? */
export function hasShape(engine: Engine, path: string): boolean {
  return exists(engine, shapePath(path));
}

/** Has whoever is at work end, and leave nothing. */
export function dropShape(engine: Engine, path: string): void {
  attempt(() => removeFile(engine, shapePath(path)));
}

function shapePath(path: string): string {
  return `${path}.shape`;
}
