import type { Engine } from '../engine/engine.js';
import type { Config } from '../model.js';
import { readOwn, readText, removeFile, writeAtomically } from './files.js';

/** Which packets belong to one flow, for a multipath route (ip-sysctl.rst): 0 same addresses, 1 same ports, too. */
const SYSCTL = 'net.ipv4.fib_multipath_hash_policy';
const FILE = `/proc/sys/${SYSCTL.replaceAll('.', '/')}`;
const VALUES = { l3: '0', l4: '1' };

/**
 * Sets the kernel's hash policy as the configuration wants it. What it was before is kept in a file beside the state, and set
 * again as soon as nothing is wanted.
 *
 * @param state path of the state file
 * @returns what was done, as a command to paste; undefined if nothing. Throws the system's error.
 */
export function setHashPolicy(engine: Engine, state: string, policy: Config['hashPolicy']): string | undefined {
  const memory = `${state}.hash_policy`;
  const before = readOwn(engine, memory)?.trim();
  const value = policy === undefined ? before : VALUES[policy];
  if (value === undefined || !/^\d$/.test(value)) return undefined;
  const now = readText(engine, FILE)?.trim() ?? '';
  if (policy !== undefined && before === undefined && now !== value) writeAtomically(engine, memory, `${now}\n`);
  if (now !== value) write(engine, FILE, value);
  if (policy === undefined) removeFile(engine, memory);
  return now === value ? undefined : `sysctl -w ${SYSCTL}=${value}`;
}

function write({ files }: Engine, path: string, text: string): void {
  const file = files.openToWrite(path);
  try {
    files.writeText(file, text);
  } finally {
    files.close(file);
  }
}
