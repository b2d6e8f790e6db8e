import type { Event, LineSample, Sample, ShapedSample } from './sample.js';
import { COLOURS, CREATE, FINE, foldInto, LINES, SHAPED, STATES, TABLES, type Table, VERSION, WAYS } from './schema.js';
import { quote, quoteOrNull, whole } from './sql.js';
import { movesAt } from './tiers.js';

/** When, and of which boot, samples are written. */
export interface Writing {
  /** What the samples are called together: they are counted once, however often they are written. */
  batch: string;
  bootId: string;
  /** s since the epoch, and since boot. */
  wall: number;
  uptime: number;
}

/** s by which the clock on the wall may be set without anybody minding. */
const STEP = 5;
/** Events that are kept; of the last so many, rates, too. */
const MOST_EVENTS = 20_000;
const MOST_WITH_RATES = 2000;
/** Events of one writing at the most: samples wait in a file that is no larger. */
const MOST_AT_ONCE = 4000;
/** s within which a round tells again what one before it was killed behind. */
const AGAIN = 600;

/** Fails where the database is of another version: nothing is changed then. */
export const KNOWN_VERSION =
  `CREATE TEMP TABLE known(version CHECK(version IN (0,${VERSION}))); ` +
  'INSERT INTO known SELECT user_version FROM pragma_user_version;';

/** Fails where it is a database of somebody else. */
export const OURS =
  'CREATE TEMP TABLE ours(tables CONSTRAINT not_ours CHECK(tables=4)); INSERT INTO ours SELECT count(*) FROM sqlite_master ' +
  "WHERE type='table' AND name IN ('meta','wans','events','lines');";

/**
 * One transaction: samples into the database, and what has become old into larger buckets. The answers are what a check of the file
 * found that is due once in each boot (`check`), and how full it is (`pages`).
 */
export function writeSql(samples: Sample[], { batch, bootId, wall, uptime }: Writing): string {
  const isNew = `NOT EXISTS(SELECT 1 FROM meta WHERE key='batch' AND value=${quote(batch)})`;
  // The clock may have been set since: it is right now, if it ever is.
  const at = (sample: Sample) =>
    Math.max(0, Math.floor(sample.bootId === bootId ? wall - (uptime - sample.uptime) : sample.wall));
  const rows = <T>(each: (sample: Sample) => T[], row: (one: T) => string[]) =>
    samples.flatMap((sample) => each(sample).map((one) => `(${[at(sample), ...row(one)].join(',')})`));
  const names = new Set(samples.flatMap(({ lines, shaped }) => [...lines, ...shaped].map(({ wan }) => wan)));
  return [
    KNOWN_VERSION,
    'PRAGMA temp_store=MEMORY; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=100;',
    'BEGIN IMMEDIATE;',
    CREATE,
    `SELECT 'check' AS kind, quick_check AS words FROM pragma_quick_check WHERE NOT EXISTS(SELECT 1 FROM meta WHERE key='checked' AND value=${quote(bootId)}) LIMIT 3;`,
    ...shiftSql(bootId, Math.round(wall - uptime)),
    ...[...names].map((name) => `INSERT OR IGNORE INTO wans(name) VALUES(${quote(name)});`),
    ...insertSql(
      LINES,
      rows(({ lines }) => lines, lineRow),
      isNew,
    ),
    ...insertSql(
      SHAPED,
      rows(({ shaped }) => shaped, shapedRow),
      isNew,
    ),
    ...samples.flatMap((sample) => sample.events.map((event) => eventSql(event, at(sample), isNew))),
    ...movesAt(wall).flatMap(({ from, to, before }) =>
      TABLES.flatMap((table) => [
        foldInto(table, String(to), `at/${to}*${to}`, `${table.name} WHERE tier=${from} AND at<${before}`),
        `DELETE FROM ${table.name} WHERE tier=${from} AND at<${before};`,
      ]),
    ),
    `DELETE FROM events WHERE id<=(SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ${MOST_EVENTS});`,
    // They do not take the place of what happens once a month. Those of earlier writings are gone already.
    `DELETE FROM events WHERE kind='rates' AND id BETWEEN (SELECT max(id) FROM events)-${MOST_WITH_RATES + MOST_AT_ONCE} AND (SELECT max(id) FROM events)-${MOST_WITH_RATES};`,
    `REPLACE INTO meta VALUES('batch',${quote(batch)}),('boot',${quote(bootId)}),('checked',${quote(bootId)}),('offset',${whole(wall - uptime)});`,
    'COMMIT;',
    "SELECT 'pages' AS kind, page_count AS pages, freelist_count AS free, page_size AS size, (SELECT value FROM meta WHERE key='saved') AS saved",
    'FROM pragma_page_count, pragma_freelist_count, pragma_page_size;',
  ].join('\n');
}

/** The clock was set: what this boot has left in the finest buckets moves with it. @param offset when the router started, by the clock as it is now */
function shiftSql(bootId: string, offset: number): string[] {
  return [
    'CREATE TEMP TABLE moved(by INTEGER, since INTEGER);',
    `INSERT INTO moved SELECT ${offset}-value, value FROM meta WHERE key='offset' AND abs(${offset}-value)>${STEP}`,
    `AND EXISTS(SELECT 1 FROM meta WHERE key='boot' AND value=${quote(bootId)});`,
    ...TABLES.flatMap((table) => [
      `CREATE TEMP TABLE moved_${table.name} AS SELECT t.*, max(0,at+by) AS later FROM moved CROSS JOIN ${table.name} t WHERE tier=1 AND at>=since;`,
      `DELETE FROM ${table.name} WHERE tier=1 AND at>=(SELECT since FROM moved);`,
      foldInto(table, '1', 'later', `moved_${table.name} WHERE true`),
    ]),
    'UPDATE events SET at=max(0,at+(SELECT by FROM moved)) WHERE at>=(SELECT since FROM moved);',
  ];
}

/** Rows into the finest buckets. */
function insertSql(table: Table, rows: string[], isNew: string): string[] {
  if (rows.length === 0) return [];
  const columns = ['at', ...table.keys, ...table.columns.map(([column]) => column)];
  return [
    `CREATE TEMP TABLE new_${table.name}(${columns.join(',')});`,
    `INSERT INTO new_${table.name} VALUES ${rows.join(',\n')};`,
    foldInto(table, '1', 'at', `new_${table.name} WHERE ${isNew}`),
  ];
}

const idOf = (wan: string) => `(SELECT id FROM wans WHERE name=${quote(wan)})`;
const isOne = (words: readonly string[], word: string) => words.map((known) => String(Number(known === word)));

function lineRow({ wan, state, rtt, jitter, loss, carried }: LineSample): string[] {
  const measured = [rtt, jitter, loss].flatMap((value) => {
    const fine = value === undefined ? undefined : value * FINE;
    return [fine === undefined ? '0' : '1', whole(fine ?? 0), whole(fine), whole(fine)];
  });
  const { span = 0, rx = 0, tx = 0 } = carried ?? {};
  return [idOf(wan), ...isOne(STATES, state), ...measured, whole(span), whole(rx), whole(tx)];
}

function shapedRow({ wan, way, colour, rate, delay, load }: ShapedSample): string[] {
  const numbers = [rate, delay * FINE, load * FINE].flatMap((value) => [whole(value), whole(value), whole(value)]);
  return [idOf(wan), String(WAYS.indexOf(way)), ...isOne(COLOURS, colour), ...numbers];
}

function eventSql({ kind, wan, old, new: now, words, evidence }: Event, at: number, isNew: string): string {
  const values = [whole(at), quote(kind), ...[wan, old, now].map((text) => quoteOrNull(text)), quote(words)];
  const kept = evidence === undefined ? 'NULL' : quote(JSON.stringify(evidence), 20_000);
  const isTold =
    kind === 'transition'
      ? ` AND NOT EXISTS(SELECT 1 FROM (SELECT * FROM events WHERE kind='transition' AND wan=${quoteOrNull(wan)} ORDER BY id DESC LIMIT 1)` +
        ` WHERE old IS ${quoteOrNull(old)} AND new IS ${quoteOrNull(now)} AND abs(at-${whole(at)})<${AGAIN})`
      : '';
  return `INSERT INTO events(at,kind,wan,old,new,words,evidence) SELECT ${[...values, kept].join(',')} WHERE ${isNew}${isTold};`;
}

/** What makes room: of each table the oldest tenth. */
export const PRUNE = [
  'BEGIN IMMEDIATE;',
  ...['events', ...TABLES.map(({ name }) => name)].map(
    (name) =>
      `DELETE FROM ${name} WHERE at<(SELECT at FROM ${name} ORDER BY at LIMIT 1 OFFSET (SELECT count(*)/10 FROM ${name}));`,
  ),
  'COMMIT;',
].join('\n');
