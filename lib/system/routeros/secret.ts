import type { Engine, Stat } from '../../engine/engine.js';
import { fileError } from '../../explain.js';
import { readUnless } from '../files.js';

/** Bytes; a key has four thousand at the most. */
const MAX_SECRET = 20_000;

/** What keeps a file from being a secret, in words, with what to do; undefined: only root can read it. */
export function exposedSecret(engine: Engine, path: string): string | undefined {
  const read = readSecret(engine, path);
  return 'problem' in read ? read.problem : undefined;
}

/** The first line of a file that only root can read; or in words why not. */
export function readSecret(engine: Engine, path: string): { secret: string } | { problem: string } {
  try {
    const text = readUnless(engine, path, false, MAX_SECRET, (found) => whoElseReads(found, path));
    if (text === undefined) return { problem: `there is no file ${path}` };
    const [secret = ''] = text.split(/\r?\n/);
    return secret === '' ? { problem: `${path}: its first line is empty, and the secret belongs there` } : { secret };
  } catch (error) {
    return { problem: `${path}: ${fileError(error)}` };
  }
}

function whoElseReads({ uid, mode }: Stat, path: string): string | undefined {
  if (uid !== 0) return `it belongs to user ${uid}, and not to root: chown root ${path}`;
  return (mode & 0o077) === 0 ? undefined : `others than root may read it: chmod 600 ${path}`;
}
