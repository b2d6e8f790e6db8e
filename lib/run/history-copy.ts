import { fileError } from '../explain.js';
import { faultOf } from '../history/condition.js';
import { quote } from '../history/sql.js';
import type { Config } from '../model.js';
import { readClock } from '../system/clock.js';
import { attempt, setAside } from '../system/files.js';
import { takeLock } from '../system/lock.js';
import { type Answer, askSqlite } from '../system/sqlite.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import { historyFiles, requireOwn } from './history-files.js';
import { tellOnce } from './history-trouble.js';

/** ms. Flash is slow. */
const PATIENCE = 120_000;

/** Copies the database to where it outlives a restart of the router; or back, where it has been lost by one. */
export async function copyHistory(context: Context, config: Config): Promise<void> {
  const { engine, options } = context;
  const path = config.history?.copy?.path;
  if (path === undefined) return;
  const { database, lock: lockFile } = historyFiles(options.state);
  const lock = await takeLock(context, lockFile, 1).catch(() => undefined);
  // Somebody is at it.
  if (!lock) return;
  try {
    const work = exists(engine, database) ? save(context, database, path) : fetch(context, database, path);
    const words = await work.catch((error) => fileError(error));
    await tellOnce(context, config, 'copied', words);
  } finally {
    lock.release();
  }
}

/** @returns what went wrong, in words */
async function save(context: Context, database: string, path: string): Promise<string | undefined> {
  const { bootId, uptime } = readClock(context.engine);
  // It counts as done in any case: what fails is not tried each minute.
  const note = `REPLACE INTO meta VALUES('saved',${quote(`${bootId} ${uptime}`)});`;
  const { problem } = await copy(context, database, path, note);
  return problem === undefined ? undefined : `${path} cannot be written: ${problem}`;
}

async function fetch(context: Context, database: string, path: string): Promise<string | undefined> {
  const { files } = context.engine;
  const words = await tryToFetch(context, database, path).catch(fileError);
  if (words === undefined) return undefined;
  // An empty file is an empty database: rounds go on with it.
  attempt(() => files.close(files.create(database, 0o644)));
  return `${words}; history begins anew`;
}

async function tryToFetch(context: Context, database: string, path: string): Promise<string | undefined> {
  const { engine } = context;
  if (!exists(engine, path)) return undefined;
  requireOwn(engine, path);
  const check = "SELECT 'check' AS kind, quick_check AS words FROM pragma_quick_check LIMIT 3;";
  const { stdout, problem, damaged } = await copy(context, path, database, check);
  const fault = damaged ? problem : faultOf(stdout);
  if (fault !== undefined) return `${path} is damaged (${fault}); it is now ${setAside(engine, path)}`;
  return problem === undefined ? undefined : `${path} cannot be read: ${problem}`;
}

/**
 * A whole copy beside, then a rename, so that there is an old one or a new one at any time.
 *
 * @param first SQL before that; what it finds wrong keeps the copy from being used
 */
async function copy(context: Context, from: string, to: string, first: string): Promise<Answer> {
  const { files } = context.engine;
  const part = `${to}.copy`;
  attempt(() => files.remove(part));
  try {
    // Made by us, and never through a link: sqlite3 fills a file that is empty.
    files.close(files.create(part, 0o644));
  } catch (error) {
    return { problem: fileError(error) };
  }
  const script = `${first}\nVACUUM INTO ${quote(part)};`;
  const answer = await askSqlite(context, from, script, { timeout: PATIENCE, open: true });
  if (answer.stdout !== undefined && faultOf(answer.stdout) === undefined) files.rename(part, to);
  else attempt(() => files.remove(part));
  return answer;
}
