import type { Finished, Tools } from './exec.js';

/** The program that knows a database. */
export const SQLITE = 'sqlite3';

/** ms that it waits for somebody else who writes. */
const BUSY = 3000;
/** ms that it may take: a database that is held, or a disk that is slow, must end some time. */
const TIMEOUT = 20_000;
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
  /** The program is not there. */
  missing?: true;
}

/**
 * Asks a database, or has it changed: all of it, or nothing of what stands between BEGIN and COMMIT. It is made where there is none.
 *
 * @param path absolute
 * @param script SQL in which every text is quoted
 * @param isClosed false: the script may write other files, too
 */
export async function askSqlite(
  { exec }: Pick<Tools, 'exec'>,
  path: string,
  script: string,
  isClosed = true,
): Promise<Answer> {
  // Nobody's ~/.sqliterc, and no command of its own that would start a program or open another file.
  const args = ['-batch', '-bail', '-json', '-init', '/dev/null', ...(isClosed ? ['-safe'] : []), path];
  const input = `.timeout ${BUSY}\n${script}\n`;
  return toAnswer(await exec.start(SQLITE, args, { timeout: TIMEOUT, input, maxOutput: MAX_OUTPUT }).finished);
}

function toAnswer({ stdout, stderr, exitCode, failure, unstarted }: Finished): Answer {
  if (exitCode === 0) return { stdout };
  const said = stderr.trim().split('\n')[0] ?? '';
  const words =
    failure ??
    (said === '' ? `exit ${exitCode}` : said.replace(/^(Parse|Runtime|Error:)?\s*(error|Error)?[^:]*line \d+: /, ''));
  return {
    problem: `${SQLITE}: ${words}`,
    ...(/malformed|not a database|is encrypted/.test(said) ? { damaged: true } : {}),
    ...(unstarted && failure === 'not found' ? { missing: true } : {}),
  };
}
