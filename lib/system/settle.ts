import type { Tools } from './exec.js';
import { attempt } from './files.js';

/**
 * Puts a new file in place of what is there, once it has reached the disk: its name could be there before it, and a power cut in
 * between would leave nothing.
 *
 * @param part the new one, beside it
 * @param timeout ms
 * @returns what went wrong, in words: the new one is removed then
 */
export async function settle(
  { engine, exec }: Pick<Tools, 'engine' | 'exec'>,
  part: string,
  path: string,
  timeout: number,
): Promise<string | undefined> {
  const { exitCode, failure } = await exec.start('sync', [part], { timeout }).finished;
  if (exitCode === 0) {
    engine.files.rename(part, path);
    return undefined;
  }
  attempt(() => engine.files.remove(part));
  return `sync: ${failure ?? `exit ${exitCode}`}`;
}
