import { type Engine, SystemError } from '../engine/engine.js';
import { fileError } from '../explain.js';
import { faultOf, type Pages, pagesOf } from '../history/condition.js';
import { parseSamples, type Sample } from '../history/sample.js';
import { PRUNE, writeSql } from '../history/write.js';
import type { Config, History, Now } from '../model.js';
import { readClock } from '../system/clock.js';
import { readOwn, removeFile, setAside } from '../system/files.js';
import { askSqlite } from '../system/sqlite.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import { historyFiles, requireOwn, setDatabaseAside } from './history-files.js';
import { tellOnce } from './history-trouble.js';

/** ms that a round waits for the database, which is in RAM. */
const PATIENCE = 5000;
/** Part of its bytes that may be taken before the oldest is given up. */
const FULL = 0.9;
/** s since boot when it is copied for the first time at the latest. */
const FIRST_COPY = 3600;

/** Writes into the database what samples there are. For whoever has the lock of rounds. What goes wrong is said once. */
export async function writeHistory(context: Context, config: Config): Promise<void> {
  const { history } = config;
  if (history) await tellOnce(context, config, 'kept', await write(context, history).catch(fileError));
}

/** @returns what went wrong, in words */
async function write(context: Context, history: History): Promise<string | undefined> {
  const { engine, options } = context;
  const { database, taken } = historyFiles(options.state);
  // What was kept when the router started again is to be there first.
  if (history.copy && !exists(engine, database) && exists(engine, history.copy.path)) {
    await startCopy(context);
    return undefined;
  }
  const samples = takeSamples(engine, options.state);
  if (samples.length === 0) return undefined;
  requireOwn(engine, database);
  const now = readClock(engine);
  const { pages, words } = await intoDatabase(context, database, samples, now);
  if (!pages) return words;
  removeFile(engine, taken);
  await makeRoom(context, database, history, pages);
  if (history.copy && isCopyDue(history.copy.interval, pages, now)) await startCopy(context);
  return words;
}

/** The samples that are to be written. What was taken by somebody who could not write it goes before what came later. */
function takeSamples(engine: Engine, state: string): Sample[] {
  const { samples, taken } = historyFiles(state);
  if (!exists(engine, taken)) {
    if (!exists(engine, samples)) return [];
    engine.files.rename(samples, taken);
  }
  const found = parseSamples(readTaken(engine, taken));
  if (found.length === 0) removeFile(engine, taken);
  return found;
}

/** What cannot be read once is in the way of all that comes. */
function readTaken(engine: Engine, path: string): string {
  try {
    return readOwn(engine, path) ?? '';
  } catch (error) {
    const words = fileError(error);
    throw new SystemError(`${path}: ${words}; it is now ${setAside(engine, path)}`);
  }
}

/** A damaged file is set aside, and a new one begun. */
async function intoDatabase(
  context: Context,
  path: string,
  samples: Sample[],
  now: Now,
): Promise<{ pages?: Pages | undefined; words?: string | undefined }> {
  const [first] = samples;
  const script = writeSql(samples, { ...now, batch: `${first?.bootId} ${first?.uptime}` });
  const ask = () => askSqlite(context, path, script, { timeout: PATIENCE });
  const { stdout, problem, damaged } = await ask();
  const fault = damaged ? problem : faultOf(stdout);
  if (fault === undefined) return { pages: pagesOf(stdout), words: problem && explained(path, problem) };
  const aside = setDatabaseAside(context.engine, path);
  const again = await ask();
  const words = `${path} was damaged (${fault}); it is now ${aside}, and history begins anew`;
  return { pages: pagesOf(again.stdout), words: again.problem ?? words };
}

/** What is wrong with a database, for people. */
export function explained(path: string, problem: string): string {
  if (/disk I\/O|disk is full/.test(problem)) return `${problem}; is there room? df ${path}`;
  if (!problem.includes('CHECK constraint')) return problem;
  return `${path} is of another version of mini-mwan; to begin anew: mv '${path}' '${path}.old'`;
}

async function makeRoom(context: Context, path: string, { size }: History, { used, all }: Pages): Promise<void> {
  if (used > FULL * size) await askSqlite(context, path, PRUNE, { timeout: PATIENCE });
  // It was allowed to be larger once.
  else if (all > size) await askSqlite(context, path, 'VACUUM;', { timeout: PATIENCE, open: true });
}

function isCopyDue(interval: number, { saved }: Pages, { bootId, uptime }: Now): boolean {
  return saved?.bootId === bootId ? uptime - saved.uptime >= interval : uptime >= Math.min(interval, FIRST_COPY);
}

/** Has the database copied to where it outlives a restart, or back from there. That may take its time. */
async function startCopy({ engine, exec, options }: Context): Promise<void> {
  const [program = '', ...words] = engine.self;
  const own = ['--config', options.config, '--state', options.state];
  await exec.detach(program, [...words, 'history', '--copy', ...own], '');
}
