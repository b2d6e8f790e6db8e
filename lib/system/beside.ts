import type { Tools } from './exec.js';
import { readOwn, removeFile, writeAtomically } from './files.js';

/** The end of the name of the file that says which queues we have made or changed. */
export const QUEUES = '.qdisc';

/** Have we made or changed some, and not put all of them back? */
export function hasQueues(tools: Tools): boolean {
  return recall(tools, QUEUES) !== undefined;
}

/** What a file beside the state says, as root has written it; undefined where there is none. Where a recording is played, it says so. */
export function recall({ engine, state, recalled }: Tools, suffix: string): string | undefined {
  if (recalled) return recalled(suffix);
  if (state === undefined) return undefined;
  try {
    return readOwn(engine, `${state}${suffix}`);
  } catch {
    return undefined;
  }
}

/** Keeps values by their keys in a file beside the state; without any there is none. @returns whether they are kept */
export function keepBeside({ engine, state }: Tools, suffix: string, values: Record<string, unknown>): boolean {
  if (state === undefined) return true;
  try {
    if (Object.keys(values).length === 0) removeFile(engine, state + suffix);
    else writeAtomically(engine, state + suffix, `${JSON.stringify(values)}\n`);
    return true;
  } catch {
    return false;
  }
}
