import type { Config } from '../model.js';
import { atLevel, type LogLine } from '../report/log.js';
import { safe } from '../report/words.js';
import { log } from '../system/log.js';
import type { Context } from './context.js';

/**
 * Only what is grave enough. A syslog that does not listen is no reason to complain.
 *
 * @returns whether it was handed over, as far as it can be here
 */
export async function tellSyslog(context: Context, lines: LogLine[], level: Config['logLevel']): Promise<boolean> {
  const { problem, unstarted } = await log(context, atLevel(lines, level));
  if (problem !== undefined && context.options.verbose) context.note(safe(`nothing goes to syslog: ${problem}`, 200));
  return !unstarted;
}
