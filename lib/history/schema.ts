/** The number of this format: `PRAGMA user_version`. */
export const VERSION = 1;

/** What becomes of the numbers of several buckets when they are one. */
type Fold = 'sum' | 'min' | 'max';

/** A table of buckets. All numbers are whole, so that none is lost by adding them up, and small ones take little room. */
export interface Table {
  name: string;
  /** Beside `tier` (s of a bucket) and `at` (its begin, s since the epoch). */
  keys: readonly string[];
  columns: readonly (readonly [name: string, fold: Fold])[];
}

/** How a line may be, the best first: how many samples saw it so. */
export const STATES = ['up', 'degraded', 'unknown', 'down', 'no_gateway', 'interface_down'] as const;
/** How a shaper may be, the best first. */
export const COLOURS = ['green', 'yellow', 'soft_red', 'red'] as const;
/** By their number in the table. */
export const WAYS = ['down', 'up'] as const;

/** Units of a number in the table: RTT, jitter and delay are kept in 10 µs, shares in hundredths of a percent. */
export const FINE = 100;

/** A WAN: RTT, jitter, loss; bytes, and the ms in which they were carried. */
export const LINES: Table = {
  name: 'lines',
  keys: ['wan'],
  columns: [
    ...STATES.map((state) => [state, 'sum'] as const),
    ...(['rtt', 'jitter', 'loss'] as const).flatMap(
      (name) =>
        [
          [`${name}_n`, 'sum'],
          [`${name}_sum`, 'sum'],
          [`${name}_min`, 'min'],
          [`${name}_max`, 'max'],
        ] as const,
    ),
    ...(['span', 'rx', 'tx'] as const).map((name) => [name, 'sum'] as const),
  ],
};

/** A direction of a WAN that is shaped: its rate in kbit/s, the delay that it has, the share of its rate that it carries. */
export const SHAPED: Table = {
  name: 'shaped',
  keys: ['wan', 'way'],
  columns: [
    ...COLOURS.map((colour) => [colour, 'sum'] as const),
    ...(['rate', 'delay', 'load'] as const).flatMap(
      (name) =>
        [
          [`${name}_sum`, 'sum'],
          [`${name}_min`, 'min'],
          [`${name}_max`, 'max'],
        ] as const,
    ),
  ],
};

export const TABLES = [LINES, SHAPED] as const;

/** All that is in the database, made where it is not there yet. */
export const CREATE = [
  'CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;',
  'CREATE TABLE IF NOT EXISTS wans(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);',
  'CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, wan TEXT, old TEXT, new TEXT, ' +
    'words TEXT NOT NULL, evidence TEXT);',
  'CREATE INDEX IF NOT EXISTS events_at ON events(at);',
  ...TABLES.map(({ name, keys, columns }) => {
    const keyed = ['tier', 'at', ...keys];
    const fields = [
      ...keyed.map((key) => `${key} INTEGER NOT NULL`),
      ...columns.map(([column, fold]) => `${column} INTEGER${fold === 'sum' ? ' NOT NULL DEFAULT 0' : ''}`),
    ];
    return `CREATE TABLE IF NOT EXISTS ${name}(${fields.join(', ')}, PRIMARY KEY(${keyed.join(', ')})) WITHOUT ROWID;`;
  }),
  `PRAGMA user_version=${VERSION};`,
].join('\n');

/**
 * Adds rows to a table's buckets.
 *
 * @param tier SQL of the tier, and `at` of the begin, of each bucket
 * @param from what they are taken from: a table's name, with its condition
 */
export function foldInto({ name, keys, columns }: Table, tier: string, at: string, from: string): string {
  const all = ['tier', 'at', ...keys, ...columns.map(([column]) => column)];
  const values = columns.map(([column, fold]) => `${fold}(${column})`);
  const meet = columns.map(([column, fold]) => `${column}=${joined(fold, column)}`);
  return [
    `INSERT INTO ${name}(${all.join(',')})`,
    `SELECT ${[tier, `${at} AS bucket`, ...keys, ...values].join(',')} FROM ${from}`,
    `GROUP BY ${['bucket', ...keys].join(',')}`,
    `ON CONFLICT(${['tier', 'at', ...keys].join(',')}) DO UPDATE SET ${meet.join(',')};`,
  ].join(' ');
}

/** Of what is there and what comes; nothing of either counts for nothing. */
function joined(fold: Fold, column: string): string {
  if (fold === 'sum') return `${column}+excluded.${column}`;
  return `${fold}(coalesce(${column},excluded.${column}),coalesce(excluded.${column},${column}))`;
}
