import type { Config } from '../model.js';
import { safe } from '../report/words.js';
import { attempt, readOwn, removeFile, writeAtomically } from '../system/files.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import { historyFiles } from './history-files.js';
import { tellSyslog } from './syslog.js';

/**
 * Says what is wrong with history, once, and that it is well again.
 *
 * @param what of which work
 * @param words absent: all is well
 */
export async function tellOnce(
  context: Context,
  { logLevel }: Pick<Config, 'logLevel'>,
  what: 'kept' | 'copied',
  words: string | undefined,
): Promise<void> {
  const { engine, options } = context;
  const failure = historyFiles(options.state)[`not_${what}`];
  if (words === undefined && !exists(engine, failure)) return;
  const text = words === undefined ? `history: it is ${what} again` : `history: ${words}`;
  if (words !== undefined && text === lastOf(context, failure)) return;
  if (words === undefined) attempt(() => removeFile(engine, failure));
  else attempt(() => writeAtomically(engine, failure, text));
  if (words !== undefined) context.complain([text]);
  await tellSyslog(context, [{ priority: words === undefined ? 'notice' : 'err', text: safe(text, 400) }], logLevel);
}

function lastOf({ engine }: Context, path: string): string | undefined {
  try {
    return readOwn(engine, path);
  } catch {
    return undefined;
  }
}
