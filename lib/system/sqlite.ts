import type { Finished, Tools } from './exec.js';

/** The program that knows a database. */
export const SQLITE = 'sqlite3';

/** ms that it waits for somebody else who writes. */
const BUSY = 1000;
/** Characters of an answer that are too many. */
const MAX_OUTPUT = 30_000_000;

/** How a database answered. */
export interface Answer {
  /** What it printed, as JSON: a list for each answer that has rows. Absent: see `problem`. */
  stdout?: string;
  /** What went wrong, in words. */
  problem?: string;
  /** The file is no database, or a damaged one. */
  damaged?: true;
}

/**
 * Asks a database, or has it changed: all of it, or nothing of what stands between BEGIN and COMMIT. It is made where there is none.
 *
 * @param path absolute
 * @param script SQL in which every text is quoted
 * @param timeout ms until it is stopped
 * @param open the script may write other files, too
 */
export async function askSqlite(
  { exec }: Pick<Tools, 'exec'>,
  path: string,
  script: string,
  { timeout, open = false }: { timeout: number; open?: boolean },
): Promise<Answer> {
  // Nobody's ~/.sqliterc, and no command of its own that would start a program or open another file.
  const args = ['-batch', '-bail', '-json', '-init', '/dev/null', ...(open ? [] : ['-safe']), path];
  const input = `.timeout ${BUSY}\n${script}\n`;
  return toAnswer(await exec.start(SQLITE, args, { timeout, input, maxOutput: MAX_OUTPUT }).finished);
}

/** A database that is only looked at, while nobody writes it: nothing is kept beside it, nor asked who else is there. */
export function toLookAt(path: string): string {
  return `file:${path.replace(/[%?#]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}?immutable=1`;
}

/** `Runtime error near line 2: database is locked (5)`, and as other versions begin it. */
const BEGINNING = /^(?:\w+ )?error:?(?: near line \d+)?: /i;

function toAnswer({ stdout, stderr, exitCode, failure }: Finished): Answer {
  if (exitCode === 0) return { stdout };
  const said = (stderr.trim().split('\n')[0] ?? '').replace(BEGINNING, '');
  const problem = `${SQLITE}: ${failure ?? (said === '' ? `exit ${exitCode}` : said)}`;
  return { problem, ...(/malformed|not a database|disk image/.test(said) ? { damaged: true } : {}) };
}
