import { recall } from './beside.js';
import type { Tools } from './exec.js';
import { removeFile, writeAtomically } from './files.js';

/** What the kernel's limit was before we raised it: kept beside the state, which is forgotten when the system starts again, too. */
const SUFFIX = '.mptcp';

/** How many subflows a connection could have before we raised that; undefined where we have not, or nobody can say. */
export function formerLimit(tools: Tools): number | undefined {
  const text = recall(tools, SUFFIX)?.trim() ?? '';
  return /^\d$/.test(text) ? Number(text) : undefined;
}

/** Keeps what the limit was, unless that is kept already. @returns whether it can be put back */
export function rememberLimit(tools: Tools, former: number): boolean {
  const { engine, state } = tools;
  if (state === undefined || formerLimit(tools) !== undefined) return true;
  try {
    writeAtomically(engine, state + SUFFIX, `${former}\n`);
    return true;
  } catch {
    return false;
  }
}

/** Nothing is to be put back any more. A file that stays says no more than the limit that there is. */
export function forgetLimit({ engine, state }: Tools): void {
  if (state === undefined) return;
  try {
    removeFile(engine, state + SUFFIX);
  } catch {}
}
