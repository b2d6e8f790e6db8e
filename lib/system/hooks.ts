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
  const options = { env, extendEnv: false, detached: true, cleanup: false, reject: false } as const;
  const child = execa(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'], buffer: false });
  if (child.pid === undefined) return (await child).originalMessage;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, 1000);
  });
  let failure: string | undefined;
  const timer = setTimeout(() => {
    failure = `no end after ${limit / 1000} s`;
    killGroup(child.pid);
  }, limit);
  // Not the end of its output, which something in the background may hold open.
  const [exitCode, signal] = await once(child, 'exit');
  clearTimeout(timer);
  if (exitCode === 0) return undefined;
  const said = stderr.trim().split('\n')[0];
  return [failure ?? (signal ? `ended by ${signal}` : `exit ${exitCode}`), said].filter(Boolean).join(': ');
}
