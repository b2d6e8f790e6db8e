import type { Tools } from './exec.js';
import { readOwn } from './files.js';

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
