import { EXIT, Trouble } from '../explain.js';
import { parseAnswers } from '../history/records.js';
import { KNOWN_VERSION } from '../history/write.js';
import { asNumber, asRecord, asText, type Json } from '../json.js';
import type { Config } from '../model.js';
import { askSqlite, SQLITE } from '../system/sqlite.js';
import { exists } from '../system/tree.js';
import { readOrKept, understand } from './configuration.js';
import { type Context, withLock } from './context.js';
import { historyFiles } from './history-files.js';
import { explained, writeHistory } from './history-write.js';
import { keptConfiguration } from './store.js';

/** ms for an answer, and to wait for a round that is under way. */
const PATIENCE = 20_000;
const ROUND = 3000;

/** A database that can be asked. */
export interface Past {
  /** Rows of all answers to a script. Throws a Trouble where there is no answer. */
  ask(script: string): Promise<Json[]>;
}

/**
 * Opens it. Throws a Trouble where there is none.
 *
 * @param isFresh with what the last rounds have left for it
 */
export async function openPast(context: Context, isFresh: boolean): Promise<Past> {
  const { engine, options, note } = context;
  const { database, samples, taken } = historyFiles(options.state);
  // Others than root can only look.
  const waits = isFresh && engine.uid === 0 && [samples, taken].some((file) => exists(engine, file));
  const config = waits || !exists(engine, database) ? await readConfig(context) : undefined;
  if (config?.history && waits) {
    const write = () => writeHistory(context, config);
    await withLock(context, ROUND, write).catch(() => note('a round is at work: the last minute is not in here yet'));
  }
  const path = [database, config?.history?.copy?.path].find((one) => one !== undefined && exists(engine, one));
  if (path === undefined) throw new Trouble(EXIT.cannotRun, `there is no history: no ${database}`, remedyOf(config));
  return {
    ask: async (script) => {
      const answer = await askSqlite(context, path, `${KNOWN_VERSION}\n${script}`, { timeout: PATIENCE });
      if (answer.stdout !== undefined) return (parseAnswers(answer.stdout) ?? []).flat();
      throw troubleOf(path, answer.problem ?? '', path !== database);
    },
  };
}

/** Names of the WANs that are in it. */
export async function wansOf({ ask }: Past): Promise<string[]> {
  const rows = await ask('SELECT name AS wan FROM wans ORDER BY name;');
  return rows.flatMap((row) => asText(asRecord(row)?.wan) ?? []);
}

/** s since the epoch: when its first bucket begins, and its last; undefined if there is none. */
export async function boundsOf({ ask }: Past): Promise<{ first: number; last: number } | undefined> {
  const [row] = await ask('SELECT min(at) AS first, max(at) AS last FROM lines;');
  const [first, last] = [asNumber(asRecord(row)?.first), asNumber(asRecord(row)?.last)];
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** Whatever is wrong with the configuration, the past can be looked at. */
async function readConfig({ engine, options, platform }: Context): Promise<Config | undefined> {
  try {
    const owner = await platform();
    const source = await readOrKept(owner, engine, options.config, keptConfiguration(engine, options.state));
    return (await understand(owner, options.config, source)).config;
  } catch {
    return undefined;
  }
}

function remedyOf(config: Config | undefined): string[] {
  if (config?.history) return ['a round writes it: mini-mwan check; or else: mini-mwan validate'];
  return ["to keep one: option history '1' in section settings"];
}

function troubleOf(path: string, problem: string, isCopy: boolean): Trouble {
  if (problem.endsWith('not found'))
    return new Trouble(EXIT.cannotRun, `the program '${SQLITE}' is not there: nobody can read ${path}`, [
      'see: mini-mwan validate',
    ]);
  const words = explained(path, problem);
  return new Trouble(
    EXIT.cannotRun,
    words === problem ? `${path} cannot be read: ${problem}` : words,
    remedyFor(problem, path, isCopy),
  );
}

function remedyFor(problem: string, path: string, isCopy: boolean): string[] {
  if (/locked/.test(problem)) return ['somebody else has it open to write; try again'];
  if (isCopy && /not a database|no such table/.test(problem)) return ['see: option history_path'];
  if (/malformed|not a database|no such table/.test(problem))
    return [`the next round sets it aside; or at once: mv '${path}' '${path}.corrupt'`];
  if (/unable to open|readonly|permission/i.test(problem)) return ['run it as root'];
  return [];
}
