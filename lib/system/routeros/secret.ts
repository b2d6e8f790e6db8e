import type { Engine } from '../../engine/engine.js';
import { fileError } from '../../explain.js';
import { readText } from '../files.js';

/** Bytes; a key has four thousand at the most. */
const MAX_SECRET = 20_000;

/** What keeps a file from being a secret, in words, with what to do; undefined: only root can read it. */
export function exposedSecret({ files }: Engine, path: string): string | undefined {
  try {
    const found = files.lstat(path);
    if (!found) return `there is no file ${path}`;
    if (found.kind !== 'file') return `${path} is no regular file`;
    if (found.uid !== 0) return `${path} belongs to user ${found.uid}, and not to root: chown root ${path}`;
    return (found.mode & 0o077) === 0 ? undefined : `others than root may read ${path}: chmod 600 ${path}`;
  } catch (error) {
    return `${path}: ${fileError(error)}`;
  }
}

/** The first line of a file that only root can read; or in words why not. */
export function readSecret(engine: Engine, path: string): { secret: string } | { problem: string } {
  const problem = exposedSecret(engine, path);
  if (problem !== undefined) return { problem };
  try {
    const [secret = ''] = (readText(engine, path, MAX_SECRET) ?? '').split(/\r?\n/);
    return secret === '' ? { problem: `${path} is empty: its first line is the password` } : { secret };
  } catch (error) {
    return { problem: `${path}: ${fileError(error)}` };
  }
}
