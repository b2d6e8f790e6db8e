import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { formatMemory, type Memory, parseMemory } from '../../lib/quota/memory.js';
import { type Counters, count, joined, type Meter, today, useOf } from '../../lib/quota/meter.js';
import { dayName, dayOf, MOST_DAYS, periodOf } from '../../lib/quota/period.js';

const day = (text: string) => Date.parse(text) / 86_400_000;
const MONTH = { bytes: 1e9, day: 1 };
const meter = (more: Partial<Meter> = {}): Meter => ({ wan: 'lte', quota: MONTH, days: [], unkept: 0, ...more });
const counters = (uptime: number, rx: number, tx = 1, more: Partial<Counters> = {}): Counters => ({
  ...{ device: 'wwan0', bootId: 'boot', uptime, rx, tx },
  ...more,
});

tap.test('the period that a day is in', async (t) => {
  const CASES: [quota: { day: number } | { days: number }, today: string, since: string, until?: string][] = [
    [{ day: 1 }, '2026-11-01', '2026-11-01', '2026-12-01'],
    [{ day: 1 }, '2026-11-30', '2026-11-01', '2026-12-01'],
    [{ day: 15 }, '2026-11-14', '2026-10-15', '2026-11-15'],
    [{ day: 15 }, '2026-11-15', '2026-11-15', '2026-12-15'],
    [{ day: 15 }, '2027-01-14', '2026-12-15', '2027-01-15'],
    [{ day: 15 }, '2026-12-31', '2026-12-15', '2027-01-15'],
    [{ day: 31 }, '2026-11-30', '2026-11-30', '2026-12-31'],
    [{ day: 31 }, '2026-11-29', '2026-10-31', '2026-11-30'],
    [{ day: 30 }, '2028-02-29', '2028-02-29', '2028-03-30'],
    [{ days: 1 }, '2026-11-27', '2026-11-27'],
    [{ days: 30 }, '2026-11-27', '2026-10-29'],
  ];
  for (const [quota, now, since, until] of CASES) {
    const found = periodOf({ bytes: 1, ...quota }, day(now));
    t.equal(dayName(found.since), since, `${JSON.stringify(quota)} ${now}`);
    t.equal(found.until === undefined ? undefined : dayName(found.until), until);
  }
  t.equal(dayOf({ year: 2026, month: 11, day: 27 }), day('2026-11-27'));
});

tap.test('what counters say, and what is no traffic', async (t) => {
  const CASES: [name: string, last: Counters | undefined, now: Counters, bytes: number][] = [
    ['the first look', undefined, counters(10, 500), 0],
    ['more', counters(10, 500, 50), counters(20, 700, 60), 210],
    ['the same', counters(10, 500), counters(20, 500), 0],
    ['anew from 0', counters(10, 500), counters(20, 100), 0],
    ['one of them anew', counters(10, 500, 500), counters(20, 700, 100), 0],
    ['32 bits are full', counters(10, 4_294_967_000), counters(20, 200), 0],
    ['a jump', counters(10, 500), counters(20, 500 + 2e10), 0],
    ['as much in an hour', counters(10, 500), counters(3610, 500 + 2e10), 2e10],
    ['another device', counters(10, 500), counters(20, 700, 1, { device: 'wwan1' }), 0],
    ['another boot', counters(10, 500), counters(20, 700, 1, { bootId: 'other' }), 0],
    ['the time goes back', counters(10, 500), counters(5, 700), 0],
  ];
  for (const [name, last, now, bytes] of CASES) {
    const found = count(meter({ days: [[7, 5]], unkept: 3, ...(last ? { last } : {}) }), now, 8);
    t.match(
      found,
      {
        days:
          bytes > 0
            ? [
                [7, 5],
                [8, bytes],
              ]
            : [[7, 5]],
        unkept: 3 + bytes,
        last: now,
      },
      name,
    );
  }
  const away = count(meter({ last: counters(10, 5e9) }), counters(20, 0, 0), 8);
  t.strictSame(away.last, counters(10, 5e9), 'a device that is away has no counters');
  t.strictSame(count(away, counters(30, 5e9 + 10), 8).days, [[8, 10]], 'and goes on when it is back');
});

tap.test('whatever counters do, what is counted is what they rose by', async (t) => {
  const steps = fc.array(fc.record({ more: fc.nat(1e6), anew: fc.boolean(), days: fc.nat(2) }), { maxLength: 300 });
  const property = fc.property(steps, (all) => {
    let [now, sum, rx, uptime, at] = [meter({ quota: { bytes: 1, days: MOST_DAYS } }), 0, 1, 0, 20_000];
    now = count(now, counters(uptime, rx), at);
    for (const { more, anew, days } of all) {
      if (anew) {
        rx = 1;
        now = count(now, counters(++uptime, rx), at);
      }
      rx += more;
      at += days;
      now = count(now, counters(++uptime, rx), at);
      sum += more;
    }
    assert.equal(now.unkept, sum);
    assert.ok(now.days.length <= MOST_DAYS + 1);
    if (at - 20_000 < MOST_DAYS) assert.equal(useOf(now, at).used, sum);
  });
  t.doesNotThrow(() => fc.assert(property));
});

tap.test('a clock that is wrong', async (t) => {
  const known = [meter({ days: [[20_000, 1]] })];
  t.equal(today(known, 100, 60), 20_000, 'behind, when the router has just started');
  t.equal(today(known, 20_003, 60), 20_003);
  t.equal(today(known, 100, 7200), 100, 'later it is believed');
  t.equal(today([], 100, 60), 100);
  const late = count(
    meter({
      days: [
        [10, 1],
        [30, 2],
      ],
      last: counters(1, 1),
    }),
    counters(2, 4),
    20,
  );
  t.strictSame(
    late.days,
    [
      [10, 1],
      [20, 5],
    ],
    'what a clock that was ahead has counted is of today',
  );
});

tap.test('what is used', async (t) => {
  const days: Meter['days'] = [
    [day('2026-10-31'), 100],
    [day('2026-11-01'), 20],
    [day('2026-11-05'), 3],
  ];
  t.match(useOf(meter({ days }), day('2026-11-07')), { wan: 'lte', used: 23, quota: 1e9, until: day('2026-12-01') });
  t.equal(useOf(meter({ days, quota: { bytes: 1, days: 3 } }), day('2026-11-07')).used, 3);
  t.strictSame(
    joined(meter({ days }), [
      [1, 5],
      [day('2026-11-05'), 4],
    ]).days,
    [[1, 5], ...days.slice(0, 2), [day('2026-11-05'), 7]],
  );
});

tap.test('what is remembered is read again, and nothing else', async (t) => {
  const memory: Memory = {
    ...{ bootId: 'boot', uptime: 12.5, day: 20_000, kept: 3, joined: true, trouble: 'it is full' },
    meters: [
      meter({
        days: [
          [1, 2],
          [3, 4],
        ],
        last: counters(1, 2),
        unkept: 7,
      }),
      meter({ wan: 'b', quota: { bytes: 5, days: 30 } }),
    ],
  };
  t.strictSame(parseMemory(formatMemory(memory)), memory);
  for (const text of ['', 'x', '[]', '{}', '{"version":2}', formatMemory(memory).slice(0, 80)])
    t.equal(parseMemory(text), undefined, text);
  const odd = {
    ...memory,
    meters: [
      { wan: 'a b' },
      7,
      { wan: 'c', quota: { bytes: -1 } },
      { ...meter(), days: [[3, 1], [2, 1], ['x', 1], [4]] },
    ],
  };
  t.match(parseMemory(JSON.stringify({ version: 1, ...odd }))?.meters, [{ wan: 'lte', days: [[3, 1]] }]);
  t.doesNotThrow(() => fc.assert(fc.property(fc.json(), (text) => void parseMemory(text))));
});
