import { EXIT, Trouble } from '../../explain.js';
import type { Change } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import type { Refusal } from '../actuator.js';

/** ms that `ip` gets. It takes a few; a second on a slow router with many devices. */
export const IP_TIMEOUT = 10_000;

/** Has one `ip` make the changes. @param options those with which their commands begin: a batch has them once */
export async function apply(exec: Exec, changes: Change[], options: string[] = []): Promise<Refusal | undefined> {
  const input = changes.map(({ command }) => `${command.slice(1 + options.length).join(' ')}\n`).join('');
  const { exitCode, stderr, failure } = await exec.start('ip', [...options, '-batch', '-'], {
    timeout: IP_TIMEOUT,
    input,
  }).finished;
  if (exitCode === 0) return undefined;
  if (failure !== undefined)
    throw new Trouble(EXIT.cannotRun, `'ip -batch' could not be used: ${failure}`, [
      'not all routes may be changed; the next round goes on',
    ]);
  // ip ends its complaint with the line of the batch, from 1.
  const line = /^Command failed -:(\d{1,6})$/m.exec(stderr)?.[1];
  const reason = stderr.replace(/^Command failed .*$/m, '').trim();
  return { index: line === undefined ? 0 : Number(line) - 1, reason: reason || `exit ${exitCode}` };
}
