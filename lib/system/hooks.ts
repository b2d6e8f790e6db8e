import type { Exec } from './exec.js';

/**
 * Runs a program that is not ours to know: a hook, a service. What it leaves in the background is its own business.
 *
 * @param program its whole path
 * @param env variables for it
 * @param limit ms until it is killed with all that it has started
 * @returns why it failed, in words; undefined if it did not
 */
export async function runHook(
  exec: Exec,
  program: string,
  args: string[],
  env: Record<string, string>,
  limit: number,
): Promise<string | undefined> {
  // Its output would need a reader for as long as anything in the background may write.
  const { exitCode, failure } = await exec.start(program, args, { timeout: limit, output: 'none', env }).finished;
  return exitCode === 0 ? undefined : (failure ?? `exit ${exitCode}`);
}
