import { basename } from '../path.js';
import { type LogLine, loggerCall } from '../report/log.js';
import type { Tools } from './exec.js';
import { realPath } from './tree.js';

/** ms. It hands the lines to a socket; a syslog that is stuck must not hold up a round. */
const TIMEOUT = 2000;

/** Sends lines to syslog, all of them by one process. In words, why that was not possible. */
export async function log({ engine, exec }: Tools, lines: LogLine[]): Promise<string | undefined> {
  if (lines.length === 0) return undefined;
  const program = await exec.find('logger');
  if (program === undefined) return 'logger: not found';
  const busybox = basename(realPath(engine, program)).startsWith('busybox');
  const { args, input } = loggerCall(lines, busybox);
  const { exitCode, stderr, failure } = await exec.start(program, args, { timeout: TIMEOUT, input }).finished;
  return exitCode === 0 ? undefined : `logger: ${failure ?? (stderr.trim().split('\n')[0] || `exit ${exitCode}`)}`;
}
