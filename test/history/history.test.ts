import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import tap from 'tap';
import { parseAnswers } from '../../lib/history/answers.js';
import { faultOf, pagesOf } from '../../lib/history/condition.js';
import { METRICS, metricsBy } from '../../lib/history/metrics.js';
import type { Question } from '../../lib/history/question.js';
import { countSql, type HistoryRecord, type Page, readRecords, recordsSql } from '../../lib/history/records.js';
import {
  EVENTS,
  type Event,
  formatSample,
  type LineSample,
  parseSamples,
  type Sample,
} from '../../lib/history/sample.js';
import { STATES } from '../../lib/history/schema.js';
import { eventsSql, readSeries, seriesSql } from '../../lib/history/series.js';
import { quote } from '../../lib/history/sql.js';
import { readSummary, summarySql } from '../../lib/history/summary.js';
import { movesAt, TIERS } from '../../lib/history/tiers.js';
import { PRUNE } from '../../lib/history/write.js';
import { BOOT, Database, lineOf, sampleAt } from './database.js';

const folder = mkdtempSync(join(tmpdir(), 'mini-mwan-history-'));
tap.teardown(() => rmSync(folder, { recursive: true, force: true }));
let databases = 0;
const fresh = () => new Database(join(folder, `${++databases}`));
const ALL: Question = { from: 0, to: 4e9 };
const HOUR = 3600;
const DAY = 24 * HOUR;
const SEEN = STATES.join('+');

/** What all buckets add up to, whatever tier they are in. */
async function sums(db: Database) {
  const [row] = await db.ask<Record<string, number>>(
    `SELECT sum(${SEEN}) AS samples, sum(down) AS down, sum(rtt_n) AS rtts, sum(rtt_sum) AS rtt, sum(rx) AS rx, sum(span) AS span FROM lines;`,
  );
  return row;
}

/** The same of samples. */
function sumsOf(lines: LineSample[]) {
  const sum = (pick: (line: LineSample) => number) => lines.reduce((all, line) => all + pick(line), 0);
  return {
    samples: lines.length,
    down: sum(({ state }) => Number(state === 'down')),
    rtts: sum(({ rtt }) => Number(rtt !== undefined)),
    rtt: sum(({ rtt = 0 }) => Math.round(rtt * 100)),
    rx: sum(({ carried }) => carried?.rx ?? 0),
    span: sum(({ carried }) => carried?.span ?? 0),
  };
}

const anyLine: fc.Arbitrary<LineSample> = fc
  .record({
    wan: fc.constantFrom('wan1', 'wan2', "it's"),
    state: fc.constantFrom(...STATES),
    rtt: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
    carried: fc.option(fc.record({ rx: fc.nat(1e9), tx: fc.nat(1e9), span: fc.integer({ min: 1, max: 1e7 }) }), {
      nil: undefined,
    }),
  })
  .map(({ rtt, carried, ...line }) => ({
    ...line,
    ...(rtt === undefined ? {} : { rtt }),
    ...(carried === undefined ? {} : { carried }),
  }));

tap.test('what moves, moves in whole buckets', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 4e9, noNaN: true }), (now) => {
      const moves = movesAt(now);
      return (
        moves.length === TIERS.length - 1 &&
        moves.every(({ from, to, before }, i) => {
          const keep = TIERS[i]?.keep ?? 0;
          return from === TIERS[i]?.seconds && before % to === 0 && before <= now - keep && before > now - keep - to;
        })
      );
    }),
  );
  t.strictSame(
    TIERS.map(({ name, keep }) => [name, keep]),
    [
      ['raw', 900],
      ['1m', DAY],
      ['5m', 7 * DAY],
      ['1h', undefined],
    ],
  );
});

tap.test('whatever comes when, each sample is counted once, in one tier', async (t) => {
  const minutes = fc.array(
    fc.record({
      // s until the next writing, most of them a minute; and what the clock is set by.
      pass: fc.oneof(fc.constant(60), fc.integer({ min: 1, max: 40 * DAY })),
      set: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -30 * DAY, max: 30 * DAY })),
      lines: fc.array(anyLine, { maxLength: 6 }),
      again: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  );
  const property = fc.asyncProperty(minutes, async (all) => {
    const db = fresh();
    const written: LineSample[] = [];
    let [uptime, booted, batch] = [0, BOOT.booted, 0];
    for (const { pass, set, lines, again } of all) {
      uptime += pass;
      booted += set;
      const samples = lines.map((line, i) => ({ ...sampleAt(Math.max(0, uptime - 10 * i)), wall: 0, lines: [line] }));
      const writing = { batch: `b${++batch}`, wall: booted + uptime };
      await db.write(samples, uptime, writing);
      // Of one that was killed before it could say that it has written.
      if (again) await db.write(samples, uptime + 1, { ...writing, wall: booted + uptime + 1 });
      written.push(...lines);
      const found = await sums(db);
      if (written.length > 0 && JSON.stringify(found) !== JSON.stringify(sumsOf(written))) return false;
      const [odd] = await db.ask<{ n: number }>(
        `SELECT count(*) AS n FROM lines WHERE at%tier<>0 OR rtt_min>rtt_max OR rtt_n>0 AND (rtt_sum<rtt_min OR rtt_sum>rtt_max*rtt_n) OR (${movesAt(
          booted + uptime + Number(again),
        )
          .map(({ from, before }) => `tier=${from} AND at<${before}`)
          .join(' OR ')});`,
      );
      if (odd?.n !== 0) return false;
    }
    return true;
  });
  await fc.assert(property, { numRuns: 5 });
  t.pass();
});

tap.test('a day, and then weeks: from tier to tier without a gap', async (t) => {
  const db = fresh();
  const lines: LineSample[] = [];
  for (let hour = 0; hour < 30; hour += 3) {
    const samples = Array.from({ length: 180 }, (_, i) =>
      sampleAt(hour * HOUR + 60 * i, { lines: [lineOf({ rtt: 10 + hour, state: hour === 3 ? 'down' : 'up' })] }),
    );
    lines.push(...samples.flatMap((sample) => sample.lines));
    await db.write(samples, (hour + 3) * HOUR);
  }
  t.strictSame(await sums(db), sumsOf(lines));
  const starts = async () => {
    const rows = await db.ask<{ tier: number; at: number }>('SELECT tier, at FROM lines ORDER BY at;');
    return rows.map(({ tier, at }) => [
      at - (at % Math.max(tier, 60)),
      at - (at % Math.max(tier, 60)) + Math.max(tier, 60),
    ]);
  };
  const cover = await starts();
  // A minute has one sample: each bucket begins where the one before ends, or within it at the seam of raw ones.
  for (const [i, [at = 0]] of cover.slice(1).entries()) t.ok(at <= (cover[i]?.[1] ?? 0), `${at} follows`);
  const tiers = await db.ask<{ tier: number }>('SELECT DISTINCT tier FROM lines ORDER BY tier;');
  t.strictSame(
    tiers.map(({ tier }) => tier),
    [1, 60, 300],
  );

  await db.write([sampleAt(10 * DAY, { lines: [lineOf()] })], 10 * DAY);
  t.strictSame(await sums(db), sumsOf([...lines, lineOf()]));
  const hours = await db.ask<Record<string, number>>(
    `SELECT (at-${BOOT.booted})/3600 AS hour, up, down, rtt_sum/rtt_n AS rtt, rtt_max FROM lines WHERE tier=3600 ORDER BY at;`,
  );
  t.equal(
    hours.reduce((sum, { up = 0, down = 0 }) => sum + up + down, 0),
    30 * 60,
  );
  t.ok(
    hours.some(({ down = 0 }) => down > 0),
    'the worst stays to be seen',
  );
});

tap.test('the clock is set: what this boot has left moves along', async (t) => {
  const db = fresh();
  const wrong = 1000;
  await db.write(
    [{ ...sampleAt(10), wall: wrong + 10, lines: [lineOf()], events: [{ kind: 'change', words: 'x' }] }],
    60,
    { wall: wrong + 60 },
  );
  t.match(await db.ask('SELECT at FROM lines; SELECT at FROM events;'), [{ at: wrong + 10 }, { at: wrong + 10 }]);
  // What was sampled by the wrong clock, and is written by the right one, is right at once.
  await db.write([{ ...sampleAt(70), wall: wrong + 70, lines: [lineOf()] }], 120);
  const right = [{ at: BOOT.booted + 10 }, { at: BOOT.booted + 70 }, { at: BOOT.booted + 10 }];
  t.match(await db.ask('SELECT at FROM lines ORDER BY at; SELECT at FROM events;'), right);
  await db.write([], 121, { wall: BOOT.booted + 124 });
  t.match(await db.ask('SELECT at FROM lines ORDER BY at; SELECT at FROM events;'), right, 'seconds are no step');
  await db.write([{ ...sampleAt(5), bootId: 'before', wall: 5000, lines: [lineOf({ wan: 'old' })] }], 130);
  t.match(await db.ask("SELECT tier, at FROM lines JOIN wans ON id=wan WHERE name='old';"), [{ tier: 3600, at: 3600 }]);
});

tap.test('a file is checked once in each boot, and another version is left alone', async (t) => {
  const db = fresh();
  const check = async (more = {}) => {
    const rows = await db.write([], 60, more);
    return rows.filter(({ kind }) => kind === 'check');
  };
  t.strictSame(await check(), [{ kind: 'check', words: 'ok' }]);
  t.strictSame(await check(), []);
  t.strictSame(await check({ bootId: 'next' }), [{ kind: 'check', words: 'ok' }]);
  t.equal(faultOf('[{"kind":"check","words":"ok"}]\n[{"kind":"pages","pages":1}]'), undefined);
  t.equal(faultOf('[{"kind":"check","words":"row 1 missing from index"}]'), 'row 1 missing from index');
  t.strictSame(pagesOf('[{"kind":"pages","pages":10,"free":2,"size":4096,"saved":"boot 12.5"}]'), {
    used: 32_768,
    all: 40_960,
    saved: { bootId: 'boot', uptime: 12.5 },
  });
  t.equal(pagesOf('nonsense'), undefined);

  await db.ask('PRAGMA user_version=7;');
  const before = readFileSync(db.path);
  await t.rejects(db.write([sampleAt(1, { lines: [lineOf()] })], 60), /CHECK constraint/);
  t.ok(readFileSync(db.path).equals(before), 'not a byte is changed');

  const damaged = fresh();
  await damaged.write([sampleAt(1, { lines: [lineOf()] })], 60);
  const bytes = readFileSync(damaged.path);
  writeFileSync(damaged.path, bytes.fill(0x5a, 2000));
  await t.rejects(damaged.write([], 120), /malformed|not a database/);
  writeFileSync(damaged.path, 'no database at all, but a text that is long enough to be taken for one '.repeat(9));
  await t.rejects(damaged.write([], 120), /not a database/);
});

tap.test('names are texts, whatever they hold', async (t) => {
  const NAMES = [
    "'); DROP TABLE lines; --",
    `"quoted" 'twice''`,
    '.shell touch /tmp/x',
    'a\n.quit\nb',
    '\u0000',
    '%s',
    'é',
    '',
  ];
  const db = fresh();
  const line = (wan: string): Sample =>
    sampleAt(1, {
      lines: [lineOf({ wan })],
      events: [
        { kind: 'transition', wan, old: 'up', new: 'down', words: wan, evidence: [{ target: wan, outcome: 'lost' }] },
      ],
    });
  await db.write(NAMES.map(line), 60);
  t.equal((await sums(db))?.samples, NAMES.length);
  const recordsOf = async (wans: string[]) =>
    readRecords(await db.ask(recordsSql({ ...ALL, wans, metrics: ['rtt_ms'] }, { limit: 100 })));
  t.equal((await recordsOf(NAMES)).length, NAMES.length);
  // Each may be the last one of a page.
  const all = await recordsOf(NAMES);
  for (const [i, after] of all.entries())
    t.strictSame(
      readRecords(await db.ask(recordsSql({ ...ALL, metrics: ['rtt_ms'] }, { limit: 100, after }))),
      all.slice(i + 1),
    );
  for (const name of NAMES.slice(0, 3)) t.match(await recordsOf([name]), [{ wan_name: name }]);
  const { events } = readSeries(await db.ask(eventsSql(ALL, 100, EVENTS)));
  t.strictSame(
    events.map(({ words, evidence }) => [words, evidence?.[0]?.target]),
    // What ends a line is no part of a text, but for what is written as JSON.
    NAMES.map((name) => [name.replace(/[\n\0]/g, '?'), name]),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => /^'(?:[^'\n\0]|'')*'$/.test(quote(text))));
});

tap.test('records: all of them, page by page, each once', async (t) => {
  const db = fresh();
  const samples = Array.from({ length: 30 }, (_, i) =>
    sampleAt(60 * i, {
      lines: [lineOf({ rtt: i }), lineOf({ wan: 'wan2', state: i % 2 === 0 ? 'up' : 'down' })],
      shaped:
        i < 3
          ? [{ wan: 'wan1', way: 'up', colour: i === 2 ? 'red' : 'green', rate: 900 + 100 * i, delay: 1.5, load: 80 }]
          : [],
    }),
  );
  await db.write(samples, 1800);
  const page = async (question: Question, limit = 10_000, after?: Page['after']) =>
    readRecords(await db.ask(recordsSql(question, { limit, after })));
  const records = await page(ALL);
  t.ok(records.length > 3 * 70);
  const paged: HistoryRecord[] = [];
  for (let i = 0; ; i++) {
    const some = await page(ALL, 70, paged.at(-1));
    paged.push(...some);
    if (some.length < 70) break;
    // A round makes room of the oldest, and writes what waited for long, while somebody reads.
    if (i === 1) await db.ask(PRUNE);
    if (i === 2) await db.write([sampleAt(1, { lines: [lineOf({ wan: 'old' })] })], 1800);
  }
  t.strictSame(paged, records, 'each is there, and once');
  t.strictSame(
    [...records]
      .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
      .map(({ timestamp }) => timestamp),
    records.map(({ timestamp }) => timestamp),
  );
  const totals = await db.ask<{ total: number }>(countSql({ ...ALL, wans: ['wan1'] }));
  const now = await page({ ...ALL, wans: ['wan1'] });
  t.equal(
    totals.reduce((sum, { total }) => sum + total, 0),
    now.length,
  );
  const behind = readRecords(await db.ask(recordsSql({ ...ALL, wans: ['wan1'] }, { limit: 7, offset: 11 })));
  t.strictSame(behind, now.slice(11, 18));
  t.equal(countSql({ ...ALL, metrics: [] }), '');
  const states = await page({ ...ALL, metrics: ['state'], wans: ['wan2'] });
  t.match(states.at(-1), { value: 3, labels: { worst: 'down', down: 1 }, granularity: 'raw' });
  t.strictSame([...new Set(states.map(({ granularity }) => granularity))], ['1m', 'raw']);
  const shaped = await page({ ...ALL, metrics: ['rate_up_kbit', 'state_up'] });
  t.match(shaped, [
    { metric_name: 'rate_up_kbit', value: 900 },
    { metric_name: 'state_up', value: 0, labels: { worst: 'green', green: 1 } },
    { value: 1000 },
    {},
    { value: 1100 },
    { value: 3, labels: { worst: 'red' } },
  ]);
  t.strictSame(await page({ ...ALL, metrics: [] }), []);
  t.strictSame(await page({ ...ALL, wans: [] }), []);
  t.strictSame(await page({ from: 5, to: 5 }), []);
  // A part of a bucket is all of it.
  const [first] = await page({ ...ALL, metrics: ['rtt_ms'], wans: ['wan1'] });
  const at = Date.parse(first?.timestamp ?? '') / 1000;
  t.equal((await page({ from: at + 59, to: at + 60, metrics: ['rtt_ms'], wans: ['wan1'] })).length, 1);
  t.equal((await page({ from: at - 100, to: at, metrics: ['rtt_ms'] })).length, 0);
  t.equal(parseAnswers('not JSON'), undefined);
});

tap.test('a summary is that of the samples', async (t) => {
  const rtts = fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 40 });
  const property = fc.asyncProperty(rtts, async (values) => {
    const db = fresh();
    await db.write(
      values.map((value, i) =>
        sampleAt(i, { lines: [lineOf({ rtt: value / 100, state: value > 5000 ? 'down' : 'up' })] }),
      ),
      60,
    );
    const { figures, shares } = readSummary(await db.ask(summarySql({ ...ALL, metrics: ['rtt_ms', 'state'] })));
    const sorted = values.map((value) => value / 100).sort((a, b) => a - b);
    const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0;
    const [found] = figures;
    const near = (a = -1, b = -2) => Math.abs(a - b) < 0.006;
    return (
      figures.length === 1 &&
      near(found?.min, sorted[0]) &&
      near(found?.max, sorted.at(-1)) &&
      near(found?.average, sorted.reduce((sum, value) => sum + value, 0) / sorted.length) &&
      near(found?.p50, rank(0.5)) &&
      near(found?.p95, rank(0.95)) &&
      near(found?.p99, rank(0.99)) &&
      near(
        shares[0]?.shares.reduce((sum, [, share]) => sum + share, 0),
        1,
      )
    );
  });
  await fc.assert(property, { numRuns: 5 });
  t.pass();
});

tap.test('a metric by its name, or without its unit', async (t) => {
  t.strictSame(
    metricsBy('rtt').map(({ name }) => name),
    ['rtt_ms'],
  );
  t.strictSame(
    metricsBy('state').map(({ name }) => name),
    ['state'],
  );
  t.strictSame(
    metricsBy('rate_up').map(({ name }) => name),
    ['rate_up_kbit'],
  );
  t.strictSame(metricsBy('r'), []);
  t.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
});

tap.test('what happened, and why', async (t) => {
  const db = fresh();
  const fall = {
    kind: 'transition',
    wan: 'wan1',
    old: 'up',
    new: 'down',
    words: 'no reply',
    evidence: [{ target: '1.1.1.1', outcome: 'lost', instead: 'HTTP 500' }],
  } as const;
  const rise = { ...fall, old: 'down', new: 'up' };
  const change = { kind: 'change', words: '- default' } as const;
  await db.write([sampleAt(10, { events: [fall, change] as never })], 60);
  // A round that was killed before it could remember what it told.
  await db.write(
    [
      sampleAt(70, { events: [fall] as never }),
      sampleAt(80, { events: [rise] as never }),
      sampleAt(90, { events: [fall] as never }),
    ],
    120,
  );
  const told = async (question: Question, limit: number, kinds: readonly Event['kind'][]) =>
    readSeries(await db.ask(eventsSql(question, limit, kinds))).events.map(({ at, kind, new: now }) => [
      at - BOOT.booted,
      now ?? kind,
    ]);
  t.strictSame(await told(ALL, 100, EVENTS), [
    [10, 'down'],
    [10, 'change'],
    [80, 'up'],
    [90, 'down'],
  ]);
  t.strictSame(await told(ALL, 2, ['transition']), [
    [80, 'up'],
    [90, 'down'],
  ]);
  t.strictSame(await told({ from: BOOT.booted, to: BOOT.booted + 80 }, 100, ['transition']), [[10, 'down']]);
  t.strictSame(await told({ ...ALL, wans: ['wan2'] }, 100, EVENTS), [[10, 'change']]);
  t.strictSame(await told({ ...ALL, wans: ['wan2'] }, 100, ['transition']), []);
  const { events } = readSeries(await db.ask(eventsSql(ALL, 1, ['transition'])));
  const at = BOOT.booted + 90;
  t.strictSame(events, [{ at, timestamp: '2026-09-21T14:14:50Z', ...fall }]);
});

tap.test('rates of another machine take the place of nothing else', async (t) => {
  const db = fresh();
  const change = { kind: 'change', words: "~ edge: route 'WAN1' disabled" } as const;
  await db.write([sampleAt(1, { events: [change] })], 1);
  const rates = (minute: number) =>
    Array.from({ length: 3000 }, (_, i): Event => ({ kind: 'rates', words: `${minute} ${i}` }));
  for (let minute = 1; minute <= 8; minute++)
    await db.write([sampleAt(60 * minute, { events: rates(minute) })], 60 * minute);
  const [row] = await db.ask<{ n: number; oldest: string }>(
    "SELECT 'n' AS kind, count(*) AS n, min(words) AS oldest FROM events WHERE events.kind='rates';",
  );
  t.match(row, { n: 2000, oldest: '8 1000' }, 'the last ones are kept');
  const { events } = readSeries(await db.ask(eventsSql(ALL, 10, ['transition', 'change'])));
  t.match(events, [change]);
  // Changes do go when there are more than anybody looks at.
  const changes = Array.from({ length: 20_000 }, (_, i): Event => ({ kind: 'change', words: `${i}` }));
  await db.write([sampleAt(600, { events: changes })], 600);
  const [all] = await db.ask<{ n: number }>("SELECT 'n' AS kind, count(*) AS n FROM events;");
  t.equal(all?.n, 20_000);
});

tap.test('a chart has what there is, whatever its step', async (t) => {
  const db = fresh();
  await db.write(
    Array.from({ length: 360 }, (_, i) => sampleAt(10 * i, { lines: [lineOf({ rtt: i < 180 ? 10 : 20 })] })),
    HOUR,
  );
  for (const step of [1, 10, 60, HOUR, 7 * DAY]) {
    const { series } = readSeries(await db.ask(seriesSql(ALL, step)));
    t.equal(series.length, 1);
    const points = series[0]?.points ?? [];
    t.equal(
      points.reduce((sum, { seen }) => sum + seen.reduce((all, count) => all + count, 0), 0),
      360,
      `${step}`,
    );
    t.ok(
      points.every(
        ({ at, seconds }, i) => at % seconds === 0 && at + seconds <= (points[i + 1]?.at ?? Number.POSITIVE_INFINITY),
      ),
    );
  }
  const [whole] = readSeries(await db.ask(seriesSql(ALL, 7 * DAY))).series[0]?.points ?? [];
  t.match(whole, { values: { rtt_ms: 15, received_kbit: 0.8 }, rtt: { least: 10, most: 20 } });
});

tap.test('room is made of the oldest, and it stays within its bytes', async (t) => {
  const db = fresh();
  const samples = Array.from({ length: 2000 }, (_, i) =>
    sampleAt(HOUR * i, { lines: [lineOf()], events: [{ kind: 'change', words: `${i}` }] }),
  );
  await db.write(samples, 2000 * HOUR);
  const oldest = async () => (await db.ask<{ at: number }>('SELECT min(at) AS at FROM lines;'))[0]?.at ?? 0;
  const before = await oldest();
  const used = async () => pagesOf(JSON.stringify(await db.write([], 2000 * HOUR)))?.used ?? 0;
  const full = await used();
  await db.ask(PRUNE);
  t.ok((await oldest()) >= before + 190 * HOUR);
  t.ok((await used()) < 0.95 * full);
  t.ok((await sums(db))?.samples ?? 0 >= 1700, 'and no more than that');
  await db.ask(PRUNE.repeat(60));
  t.ok(((await sums(db))?.samples ?? 0) > 0, 'never all of it');
});

tap.test('samples are read as they were written, and what is torn spoils no other', async (t) => {
  const samples = [
    sampleAt(1, { lines: [lineOf()] }),
    sampleAt(2, {
      shaped: [{ wan: 'wan1', way: 'down', colour: 'soft_red', rate: 5, delay: 2, load: 50 }],
      events: [{ kind: 'change', words: 'x' }],
    }),
  ];
  const text = samples.map(formatSample).join('');
  t.strictSame(parseSamples(text), samples);
  for (let cut = 0; cut < text.length; cut++) {
    const found = parseSamples(text.slice(0, cut) + formatSample(samples[0] as Sample));
    t.strictSame(found.at(-1), samples[0], `cut at ${cut}`);
  }
});
