import { type Engine, SystemError } from '../engine/engine.js';
import { fileError } from '../explain.js';
import { faultOf, nameOf } from '../history/condition.js';
import { quote } from '../history/sql.js';
import { KNOWN_VERSION, OURS } from '../history/write.js';
import type { Config } from '../model.js';
import { readClock } from '../system/clock.js';
import { attempt, setAside } from '../system/files.js';
import { takeLock } from '../system/lock.js';
import { settle } from '../system/settle.js';
import { type Answer, askSqlite } from '../system/sqlite.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import { historyFiles, requireOwn } from './history-files.js';
import { tellOnce } from './history-trouble.js';
import { explained } from './history-write.js';

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
  const now = quote(`${bootId} ${uptime}`);
  // It counts as done in any case: what fails is not tried each minute.
  const note = `INSERT OR IGNORE INTO meta VALUES('name',${now}); REPLACE INTO meta VALUES('saved',${now});`;
  const noted = await askSqlite(context, database, `${note} ${NAME}`, { timeout: PATIENCE });
  const name = nameOf(noted.stdout);
  if (name === undefined) return `${path} cannot be written: ${noted.problem}`;
  const words = exists(context.engine, path) ? await makeWay(context, path, name) : undefined;
  const { problem } = await copy(context, database, path, '');
  return problem === undefined ? words : `${path} cannot be written: ${problem}`;
}

const NAME = "SELECT 'name' AS kind, value AS name FROM meta WHERE key='name';";

/**
 * Another history is renamed: that of before the router started again, where the folder came later than the first round. Throws
 * where what is there must stay.
 *
 * @param name of the database that is to be copied there
 * @returns what was done, in words
 */
async function makeWay(context: Context, path: string, name: string): Promise<string | undefined> {
  const { engine } = context;
  requireOwn(engine, path);
  if (isEmpty(engine, path)) return undefined;
  const answer = await askSqlite(context, path, `${OURS}\n${NAME}`, { timeout: PATIENCE });
  if (isDamaged(answer)) return setAsideWords(engine, path, answer.problem);
  if (answer.stdout === undefined) throw new SystemError(unusable(path, answer.problem));
  if (nameOf(answer.stdout) === name) return undefined;
  const old = `${path}.old`;
  if (exists(engine, old))
    throw new SystemError(`${path} is another history, and there is ${old} already: move one of them away`);
  engine.files.rename(path, old);
  return `${path} was another history; it is now ${old}`;
}

/** What cannot be read now may be read later: there is no database until then, and samples wait. */
async function fetch(context: Context, database: string, path: string): Promise<string | undefined> {
  const { engine } = context;
  if (!exists(engine, path)) return undefined;
  requireOwn(engine, path);
  if (isEmpty(engine, path)) return `${setAsideWords(engine, path, 'it is empty')}; history begins anew`;
  const check = "SELECT 'check' AS kind, quick_check AS words FROM pragma_quick_check LIMIT 3;";
  const answer = await copy(context, path, database, `${OURS}\n${KNOWN_VERSION}\n${check}`);
  const fault = isDamaged(answer) ? answer.problem : faultOf(answer.stdout);
  if (fault !== undefined) return `${setAsideWords(engine, path, fault)}; history begins anew`;
  return answer.problem === undefined ? undefined : unusable(path, answer.problem);
}

/** What is no database at all is none of ours that was damaged. */
function isDamaged({ damaged, problem = '' }: Answer): boolean {
  return damaged === true && !problem.includes(NO_DATABASE);
}

const NO_DATABASE = 'not a database';

function unusable(path: string, problem = ''): string {
  if (problem.includes('not_ours') || problem.includes(NO_DATABASE))
    return `${path} is no history, and is left alone: name another file in option history_path, or: mv '${path}' '${path}.old'`;
  return problem.includes('CHECK') ? explained(path, problem) : `${path} cannot be read: ${problem}`;
}

function isEmpty({ files }: Engine, path: string): boolean {
  return files.lstat(path)?.size === 0;
}

function setAsideWords(engine: Engine, path: string, fault = ''): string {
  return `${path} is damaged (${fault}); it is now ${setAside(engine, path)}`;
}

/**
 * A whole copy beside, then a rename, so that there is an old one or a new one at any time, whenever the power is cut.
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
  if (answer.stdout === undefined || faultOf(answer.stdout) !== undefined) {
    attempt(() => files.remove(part));
    return answer;
  }
  // sqlite3 leaves it to the kernel when that reaches the flash.
  const problem = await settle(context, part, to, PATIENCE);
  return problem === undefined ? answer : { problem };
}
