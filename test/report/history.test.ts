import tap from 'tap';
import { STATES } from '../../lib/history/schema.js';
import type { Point, Series } from '../../lib/history/series.js';
import { COLOURLESS } from '../../lib/report/colour.js';
import { chartLines, type Past, WIDTH } from '../../lib/report/history-chart.js';
import { columnsOf, stretch, topOf } from '../../lib/report/history-columns.js';
import { pageText } from '../../lib/report/history-page.js';
import { csvLine, eventLines, summaryLines } from '../../lib/report/history-tables.js';
import { dateTime, timeLabel } from '../../lib/report/history-times.js';

const FROM = 1_790_000_000;
/** A clock of a place where it is always the same day: only hours matter here. */
const clock = (seconds: number) => {
  const s = Math.floor(seconds - FROM);
  return { year: 2026, month: 9, day: 21, hour: Math.floor(s / 3600), minute: Math.floor(s / 60) % 60, second: s % 60 };
};

function point(
  at: number,
  seconds: number,
  state: (typeof STATES)[number],
  rtt?: number,
  more: Partial<Point> = {},
): Point {
  const values = { loss_percent: state === 'down' ? 100 : 0, ...(rtt === undefined ? {} : { rtt_ms: rtt }) };
  return {
    at: FROM + at,
    seconds,
    seen: STATES.map((word) => Number(word === state)),
    values,
    ...(rtt === undefined ? {} : { rtt: { least: rtt, most: rtt } }),
    ...more,
  };
}

const past = (series: Series[], more: Partial<Past> = {}): Past => ({
  from: FROM,
  to: FROM + 6400,
  series,
  figures: [],
  shares: [],
  transitions: new Map(),
  ...more,
});

/** A row of the chart of the first WAN, without what stands before it. */
function rowOf(lines: string[], label: string): string {
  return lines.find((line) => line.trimStart().startsWith(`${label} `))?.split('│')[1] ?? '';
}

tap.test('a point lasts until the next one, unless nobody looked', async (t) => {
  const lasting = (times: number[], length = 1) =>
    stretch(times.map((at) => point(at, length, 'up'))).map(({ at, seconds }) => [at - FROM, seconds]);
  t.strictSame(lasting([0, 10, 20, 35, 45]), [
    [0, 10],
    [10, 10],
    [20, 15],
    [35, 10],
    [45, 10],
  ]);
  t.strictSame(lasting([0, 10, 20, 100, 110]), [
    [0, 10],
    [10, 10],
    [20, 10],
    [100, 10],
    [110, 10],
  ]);
  t.strictSame(lasting([0, 60, 180], 60), [
    [0, 60],
    [60, 120],
    [180, 60],
  ]);
  t.strictSame(lasting([7], 300), [[7, 300]]);
});

tap.test('columns: the worst state, the mean of the rest, and nothing where nobody looked', async (t) => {
  const points = [
    point(0, 100, 'up', 10),
    point(100, 50, 'down'),
    point(150, 50, 'up', 30),
    point(400, 600, 'degraded', 20),
  ];
  const columns = columnsOf({ wan: 'a', points }, FROM, FROM + 1000, 10);
  t.strictSame(
    columns.map(({ worst }) => worst),
    [0, 3, undefined, undefined, 1, 1, 1, 1, 1, 1],
  );
  t.match(columns[0], { values: { rtt_ms: 10, loss_percent: 0 }, most: 10 });
  t.match(columns[1], { values: { rtt_ms: 30, loss_percent: 50 } });
  t.strictSame(columnsOf({ wan: 'a', points: [] }, FROM, FROM + 10, 3), [
    { values: {} },
    { values: {} },
    { values: {} },
  ]);
  // What began before, or lasts longer, has its part.
  t.equal(
    columnsOf({ wan: 'a', points: [point(-3600, 36_000, 'up')] }, FROM, FROM + 10, 3).filter(({ worst }) => worst === 0)
      .length,
    3,
  );
});

tap.test('one answer that took long does not press down all others', async (t) => {
  const of = (values: number[], most: number) => topOf(values.map((rtt_ms) => ({ values: { rtt_ms }, most })));
  t.equal(of([10, 10, 10], 11), 11);
  t.equal(of([10, 10, 10], 900), 30);
  t.equal(of([10, 10, 200], 900), 200);
  t.equal(of([0.1], 0.2), 1);
  t.equal(topOf([]), 1);
});

tap.test('a chart that is understood at a glance', async (t) => {
  const step = 6400 / WIDTH;
  const points = Array.from({ length: WIDTH }, (_, i) => {
    if (i >= 20 && i < 24) return point(i * step, step, 'down');
    return i >= 40 && i < 50 ? point(i * step, step, 'degraded', 80) : point(i * step, step, 'up', i === 60 ? 20 : 40);
  });
  const shaped: Series = {
    wan: 'dsl',
    way: 'up',
    points: [{ at: FROM + 100 * 30, seconds: 100 * 4, seen: [1, 0, 0, 1], values: { rate: 9000 } }],
  };
  const lines = chartLines(
    past([{ wan: 'dsl', points }, shaped], {
      figures: [{ wan: 'dsl', metric: 'rtt_ms', min: 20, max: 80, average: 46.5, p50: 40, p95: 80, p99: 80 }],
      shares: [
        {
          wan: 'dsl',
          metric: 'state',
          shares: [
            ['up', 0.99995],
            ['down', 0.00005],
          ],
        },
      ],
      transitions: new Map([['dsl', 2]]),
    }),
    clock,
    COLOURLESS,
  );
  t.equal(lines[0], '2026-09-21 00:00:00 to 2026-09-21 01:46:40');
  t.equal(lines[2], 'dsl  RTT 46.5 ms (20.0 to 80.0 ms), up 99.99 %, down 0.01 %, 2 transitions');
  t.equal(rowOf(lines, 'state'), `${'━'.repeat(20)}████${'━'.repeat(16)}${'▒'.repeat(10)}${'━'.repeat(14)}`);
  t.equal(rowOf(lines, 'loss'), `${' '.repeat(20)}████`);
  t.equal(rowOf(lines, '80.0 ms'), `${' '.repeat(40)}${'█'.repeat(10)}`, 'the highest row has what is high');
  t.equal(rowOf(lines, 'RTT'), `${'█'.repeat(20)}    ${'█'.repeat(40)}`, 'and the lowest all that answered');
  t.match(rowOf(lines, 'rate up'), /^ {30}█{4} +up to 9\.0 Mbit\/s, red at worst$/);
  t.match(lines, [
    ...lines.slice(0, -3),
    /00:00 +00:53 +01:46$/,
    '',
    'state: ━ up  ▒ degraded  █ down   RTT: █ average ░ highest',
  ]);
  t.ok(lines.every((line) => [...line].length <= 110));
  t.strictSame(chartLines(past([]), clock, COLOURLESS).length, 2);
  t.match(
    chartLines(past([{ wan: 'a\u001b[2J', points: [point(0, 60, 'unknown')] }]), clock, COLOURLESS)[2],
    /^a\?\[2J/,
  );
});

tap.test('times, as exact as is of use', async (t) => {
  const time = { year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5 };
  t.equal(dateTime(time), '2026-01-02 03:04:05');
  t.equal(timeLabel(time, 60), '03:04:05');
  t.equal(timeLabel(time, 3600), '03:04');
  t.equal(timeLabel(time, 7 * 86_400), '01-02 03:04');
  t.equal(timeLabel(time, 400 * 86_400), '2026-01-02');
});

tap.test('tables', async (t) => {
  const figure = { wan: 'dsl', metric: 'rtt_ms', min: 1, max: 12_345.678, average: 2.5, p50: 2, p95: 3, p99: 4 };
  t.strictSame(summaryLines([figure], [{ wan: 'dsl', metric: 'state', shares: [['no_gateway', 1]] }]), [
    'WAN  METRIC  MIN   AVERAGE  MAX    P50   P95   P99',
    'dsl  rtt_ms  1.00  2.50     12346  2.00  3.00  4.00',
    '',
    'WAN  METRIC  SHARES',
    'dsl  state   no gateway 100.00 %',
  ]);
  const evidence = [
    { target: '1.1.1.1', outcome: 'lost', instead: 'HTTP 500\u0007' },
    { target: '8.8.8.8', outcome: 'answered', rtt: 12.06 },
  ];
  const event = {
    at: FROM + 61,
    timestamp: '2026-09-21T13:34:21Z',
    kind: 'transition',
    wan: 'dsl',
    old: 'up',
    new: 'interface_down',
    words: 'no carrier',
    evidence,
  } as const;
  t.strictSame(
    eventLines(
      [
        { ...event, evidence: [...evidence] },
        { at: FROM, timestamp: '2026-09-21T13:33:20Z', kind: 'change', words: '+ default' },
      ],
      clock,
    ),
    [
      '2026-09-21 00:01:01  dsl: up to no link: no carrier (1.1.1.1 lost: HTTP 500?, 8.8.8.8 12.1 ms)',
      '2026-09-21 00:00:00  + default',
    ],
  );
  const record = {
    timestamp: '2026-01-01T00:00:00Z',
    wan_name: 'a "b", c',
    metric_name: 'state',
    value: 3,
    labels: { worst: 'down' },
    granularity: '1m',
  } as const;
  t.equal(csvLine(record), '2026-01-01T00:00:00Z,"a ""b"", c",state,3,down,1m');
});

tap.test('a page holds nothing but what it is to show', async (t) => {
  const name = `<script>alert("1")</script>'`;
  const timestamp = '2026-09-21T13:33:20Z';
  const event = { at: FROM, timestamp, kind: 'transition', wan: name, old: 'up', new: 'down', words: name } as const;
  const page = pageText({ ...past([{ wan: name, points: [point(0, 6400, 'up', 10)] }]), events: [event] }, clock);
  t.notMatch(page, /<script|https?:|<link|@import|url\(|<img|\son\w+=/);
  t.match(page, '&#60;script&#62;');
  t.match(page, "default-src 'none'");
  t.match(pageText({ ...past([]), events: [] }, clock), 'Nothing is known of that time.');
  t.notMatch(page, /NaN|Infinity|undefined/);
});
