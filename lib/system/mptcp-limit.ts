import type { Engine } from '../engine/engine.js';
import { parseLimits } from '../observe/mptcp.js';
import type { Exec } from './exec.js';
import { readOwn, removeFile, writeAtomically } from './files.js';

/** What the kernel's limit was before we raised it. It is forgotten with the limit itself, when the system starts again. */
const FILE = '/var/run/mini-mwan.mptcp';
/** ms */
const TIMEOUT = 5000;

/** How many subflows a connection could have before we raised that; undefined where we have not. */
export function formerLimit(engine: Engine): number | undefined {
  const text = readOwn(engine, FILE)?.trim() ?? '';
  return /^\d$/.test(text) ? Number(text) : undefined;
}

/** Keeps the limit as it is now, unless one is kept already. Throws the system's error. */
export async function rememberLimit(engine: Engine, exec: Exec): Promise<void> {
  const { stdout } = await exec.start('ip', ['mptcp', 'limits', 'show'], { timeout: TIMEOUT }).finished;
  const now = parseLimits(stdout);
  if (now !== undefined && formerLimit(engine) === undefined) writeAtomically(engine, FILE, `${now}\n`);
}

export function forgetLimit(engine: Engine): void {
  removeFile(engine, FILE);
}
