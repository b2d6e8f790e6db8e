import { SystemError } from '../../engine/engine.js';
import { dirname } from '../../path.js';
import type { Tools } from '../exec.js';
import { attempt, readText } from '../files.js';
import { takeAway } from '../tree.js';

/** ms for what coreutils do with one small file. */
const TIMEOUT = 10_000;

/** What is to become a file. It stays where somebody was killed. */
export function temporaryOf(path: string): string {
  return `${path}.mini-mwan.tmp`;
}

/**
 * Puts a text in place of a file, whose owner and permissions stay: IPFire's web interface, which is not root, must be able to write
 * it again. A reader sees the old text or the new one, also after a power cut; a second name of the file keeps the old text.
 *
 * @param mode permissions that it must have, whatever it had
 * @param was what the text was made of: it is not replaced if it is another one by then
 */
export async function replaceKept(
  tools: Tools,
  path: string,
  text: string,
  { mode, was }: { mode?: number; was?: string } = {},
): Promise<void> {
  const { engine } = tools;
  const there = engine.files.stat(path);
  const temporary = temporaryOf(path);
  const permissions = mode ?? there?.mode ?? 0o644;
  try {
    takeAway(engine, temporary);
    const file = engine.files.create(temporary, permissions);
    try {
      engine.files.setMode(file, permissions);
      engine.files.writeText(file, text);
    } finally {
      engine.files.close(file);
    }
    // A folder's owner is the web interface, whose files are those in it.
    await run(tools, 'chown', ['-h', `--reference=${there ? path : dirname(path)}`, temporary]);
    await run(tools, 'sync', [temporary]);
    if (was !== undefined && readText(engine, path) !== was) throw new SystemError('it was changed meanwhile');
    engine.files.rename(temporary, path);
  } catch (error) {
    attempt(() => engine.files.remove(temporary));
    throw error;
  }
}

/** Runs one of coreutils' programs. Throws what it says where it fails. */
export async function run({ exec }: Tools, program: string, args: string[]): Promise<void> {
  const { exitCode, stderr, failure } = await exec.start(program, args, { timeout: TIMEOUT }).finished;
  if (exitCode !== 0)
    throw new SystemError(failure ?? (stderr.trim().split('\n')[0] || `${program}: exit ${exitCode}`));
}
