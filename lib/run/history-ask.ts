import { EXIT, Trouble } from '../explain.js';
import { parseAnswers } from '../history/answers.js';
import type { Question } from '../history/question.js';
import { KNOWN_VERSION } from '../history/write.js';
import { asNumber, asRecord, asText, type Json } from '../json.js';
import type { Config } from '../model.js';
import { safe } from '../report/words.js';
import { sleep } from '../system/sleep.js';
import { askSqlite, toLookAt } from '../system/sqlite.js';
import { exists } from '../system/tree.js';
import { readOrKept, understand } from './configuration.js';
import { type Context, withLock } from './context.js';
import { faultTrouble } from './history-fault.js';
import { historyFiles } from './history-files.js';
import { writeHistory } from './history-write.js';
import { keptConfiguration } from './store.js';

/** ms for an answer, and to wait for a round that is under way. */
const PATIENCE = 20_000;
const ROUND = 3000;
/** ms between two looks for whether somebody writes, and how many there are. */
const PAUSE = 100;
const LOOKS = 20;

/** A database that can be asked. */
export interface Past {
  /** Its file. */
  path: string;
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
    path,
    ask: async (script) => {
      const answer = await askAs(context, path, `${KNOWN_VERSION}\n${script}`);
      if (answer.stdout !== undefined) return (parseAnswers(answer.stdout) ?? []).flat();
      throw faultTrouble(path, answer.problem ?? '', path !== database);
    },
  };
}

/** Who may not write what sqlite3 keeps beside a database reads it as it lies there, while nobody writes. */
async function askAs(context: Context, path: string, script: string) {
  const { engine } = context;
  if (engine.uid === 0) return askSqlite(context, path, script, { timeout: PATIENCE });
  const isWritten = () => exists(engine, `${path}-wal`);
  for (let look = 1; ; look++) {
    if (!isWritten()) {
      const answer = await askSqlite(context, toLookAt(path), script, { timeout: PATIENCE });
      if (!isWritten() || look >= LOOKS) return answer;
    }
    if (look >= LOOKS) return { problem: 'database is locked' };
    await sleep(engine, PAUSE);
  }
}

/** Names of the WANs that are in it. */
async function wansOf({ ask }: Past): Promise<string[]> {
  const rows = await ask('SELECT name AS wan FROM wans ORDER BY name;');
  return rows.flatMap((row) => asText(asRecord(row)?.wan) ?? []);
}

/** Throws a Trouble where a WAN is asked for that it does not know. */
export async function requireKnown(past: Past, { wans = [] }: Question): Promise<void> {
  if (wans.length === 0) return;
  const known = await wansOf(past);
  const unknown = wans.find((wan) => !known.includes(wan));
  if (unknown === undefined || known.length === 0) return;
  const names = known.map((wan) => safe(wan)).join(', ');
  throw new Trouble(EXIT.config, `history knows no WAN '${safe(unknown)}' but ${names}`);
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
