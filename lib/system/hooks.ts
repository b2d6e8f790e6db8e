import { once } from 'node:events';
import { killGroup } from './exec.js';

/**
 * Runs a program that is not ours to know: a hook, a service. What it leaves in the background is its own business.
 *
 * @param env all of its environment
 * @param limit ms until it is killed with all that it has started
 * @returns why it failed, in words; undefined if it did not
 */
export async function runHook(
  program: string,
  args: string[],
  env: Record<string, string>,
  limit: number,
): Promise<string | undefined> {
  const { execa } = await import('execa');
  // Output would need a reader for as long as anything in the background may write.
  const child = execa(program, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    stdio: 'ignore',
  });
  if (child.pid === undefined) return (await child).originalMessage;
  let failure: string | undefined;
  const timer = setTimeout(() => {
    failure = `no end after ${limit / 1000} s`;
    killGroup(child.pid);
  }, limit);
  const [exitCode, signal] = await once(child, 'exit');
  clearTimeout(timer);
  if (exitCode === 0) return undefined;
  return failure ?? (signal ? `ended by ${signal}` : `exit ${exitCode}`);
}
