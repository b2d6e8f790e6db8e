import tap from 'tap';
import { dateOf, isoTime, parseMoment, parseSpan, secondsOf } from '../../lib/history/span.js';
import { questionOf, withinBounds } from '../../lib/run/history-question.js';
import { localTimeAt, secondsAt } from '../../lib/system/local-time.js';

tap.test('spans', async (t) => {
  const CASES: [text: string, seconds: number | undefined][] = [
    ['30s', 30],
    ['5m', 300],
    ['1h', 3600],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['999999999w', 200 * 365 * 86_400],
    ['0s', undefined],
    ['1', undefined],
    ['1y', undefined],
    ['-1h', undefined],
    ['1.5h', undefined],
    [' 1h', undefined],
    ['', undefined],
  ];
  for (const [text, seconds] of CASES) t.equal(parseSpan(text), seconds, text);
});

tap.test('moments', async (t) => {
  const CASES: [text: string, iso: string | undefined][] = [
    ['2026-11-26T14:30:05Z', '2026-11-26T14:30:05Z'],
    ['2026-11-26 14:30Z', '2026-11-26T14:30:00Z'],
    ['2026-11-26T14:30:05.123+01:00', '2026-11-26T13:30:05Z'],
    ['2026-11-26T14:30-0330', '2026-11-26T18:00:00Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00Z'],
    ['1970-01-01T00:00Z', '1970-01-01T00:00:00Z'],
    ['1900-03-01T00:00Z', '1900-03-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-00-10', undefined],
    ['2026-11-26 24:00', undefined],
    ['2026-11-26 14:60', undefined],
    ['26.11.2026', undefined],
    ["2026-11-26'; DROP TABLE lines", undefined],
  ];
  for (const [text, iso] of CASES) {
    const moment = parseMoment(text);
    t.equal(moment && secondsOf(moment), iso && Date.parse(iso) / 1000, text);
  }
  for (const text of ['2026-11-26', '2026-03-29 14:30', '2026-07-01 00:00:01']) {
    const moment = parseMoment(text);
    t.equal(moment?.zone, undefined);
    // By the clock of this machine, there and back.
    t.match(moment, localTimeAt(secondsAt(moment ?? localTimeAt(0))), text);
  }
});

tap.test('what is asked on a command line', async (t) => {
  // Whatever part of this second is over, what was seen in it is asked for.
  const now = 1_800_000_000;
  for (const part of [0, 0.3, 0.7]) {
    t.strictSame(questionOf({}, now - 1 + part), { from: now - 3600, to: now });
    t.strictSame(questionOf({ last: '1d' }, now - 1 + part), { from: now - 86_400, to: now });
  }
  const at = Date.parse('2026-01-02T00:00:00Z') / 1000;
  t.strictSame(questionOf({ to: '2026-01-02T00:00:00Z', last: '5m' }, now), { from: at - 300, to: at });
  t.strictSame(questionOf({ from: '2026-01-02T00:00:00Z' }, now), { from: at, to: now + 1 });
  t.match(questionOf({ wan: ['a,b', 'c'], metrics: 'rtt,state' }, now), {
    wans: ['a', 'b', 'c'],
    metrics: ['rtt_ms', 'state'],
  });
  t.strictSame(questionOf({ wan: [','], metrics: '' }, now - 0.5), { from: now - 3600, to: now });
  for (const asked of [
    { last: 'x' },
    { from: 'x' },
    { to: 'x' },
    { metrics: 'x' },
    { last: '1h', from: '2026-01-01' },
    { from: '2040-01-01' },
  ])
    t.throws(() => questionOf(asked, now), { message: /--/ }, JSON.stringify(asked));
});

tap.test('a chart of a century is one of what there is', async (t) => {
  const now = 1_800_000_000;
  const bounds = { first: now - 1000, last: now - 10 };
  t.strictSame(withinBounds({ from: 0, to: now }, bounds, now), { from: now - 1000, to: now });
  t.strictSame(withinBounds({ from: 0, to: 4e9 }, bounds, now), { from: now - 1000, to: now + 50 });
  t.strictSame(withinBounds({ from: now - 500, to: now }, bounds, now), { from: now - 500, to: now });
  t.strictSame(withinBounds({ from: 5, to: 10 }, bounds, now), { from: 5, to: 10 }, 'where there is nothing');
  t.strictSame(withinBounds({ from: 5, to: 10 }, undefined, now), { from: 5, to: 10 });
});

tap.test('a day, and a time, as ISO 8601 has them', async (t) => {
  for (let day = -800; day < 60_000; day += 13) {
    const [text = ''] = new Date(day * 86_400_000).toISOString().split('T');
    const { year, month, day: date } = dateOf(day);
    if (day >= 0) t.equal(isoTime(day * 86_400 + 3723), `${text}T01:02:03Z`);
    t.strictSame([year, month, date], text.split('-').map(Number));
  }
});
