import { ETHERNET } from '../actuators/red/places.js';
import { basename } from '../path.js';
import { type LogLine, loggerCall } from '../report/log.js';
import type { Tools } from './exec.js';
import { exists, realPath } from './tree.js';

/** ms. It hands the lines to a socket; a syslog that is stuck must not hold up a round. */
const TIMEOUT = 2000;

export interface Logged {
  /** In words, why that was not possible. */
  problem?: string;
  /** Its process could not even be started: another time it may. */
  unstarted?: true;
}

/** Sends lines to syslog, all of them by one process; on IPFire, to a file of their own as well. */
export async function log({ engine, exec }: Tools, lines: LogLine[]): Promise<Logged> {
  if (lines.length === 0) return {};
  if (exists(engine, ETHERNET)) (await import('./ipfire/log.js')).append(engine, lines);
  const program = await exec.find('logger');
  if (program === undefined) return { problem: 'logger: not found' };
  const busybox = basename(realPath(engine, program)).startsWith('busybox');
  const { args, input } = loggerCall(lines, busybox);
  const { exitCode, stderr, failure, unstarted } = await exec.start(program, args, { timeout: TIMEOUT, input })
    .finished;
  if (exitCode === 0) return {};
  const problem = `logger: ${failure ?? (stderr.trim().split('\n')[0] || `exit ${exitCode}`)}`;
  return unstarted ? { problem, unstarted } : { problem };
}
