import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Congestion, WanState } from '../../lib/model.js';
import { congestionOf } from '../../lib/policy/congestion.js';
import { grouped } from '../make.js';

const NOW = { wall: 0, uptime: 1000, bootId: 'boot' };
const shaped = (more: Partial<Congestion>): Congestion => ({
  ...{ wan: 'wan', bootId: 'boot', at: 996, quiet: false, colour: 'GREEN', delay: 0 },
  ...more,
});

/** A WAN whose last round had this RTT, after so many others with `before`; `lost`: of three packets of each. */
function wan({
  rtt,
  before = rtt,
  lost = 0,
  degraded = false,
  rounds = 12,
}: {
  rtt?: number;
  before?: number | undefined;
  lost?: number;
  degraded?: boolean;
  rounds?: number;
}): WanState {
  const sample = (ms: number | undefined) => ({ sent: 3, rtts: Array(ms === undefined ? 0 : 3 - lost).fill(ms ?? 0) });
  const window = Array.from({ length: rounds }, (_, i) => {
    const isLast = i === rounds - 1;
    return { at: 995 - 10 * (rounds - 1 - i), samples: [sample(isLast ? rtt : before)] };
  });
  const quality = rtt === undefined && !degraded ? undefined : { window, reliability: 1, degraded, times: 0 };
  return { ...grouped({ name: 'wan', status: 'up' } as never), ...(quality ? { quality } : {}) } as WanState;
}

tap.test('what speaks for a line being congested', async (t) => {
  const CASES: [what: string, score: number, state: WanState, known?: Congestion[], base?: number][] = [
    ['nothing is known', 0, wan({})],
    ['all is well', 0, wan({ rtt: 20 }), [shaped({})], 20],
    ['RED: it is cut, and the delay is great', 60, wan({}), [shaped({ colour: 'RED', delay: 60 })]],
    ['RED, and a call breaks', 90, wan({}), [shaped({ colour: 'RED', delay: 150 })]],
    ['SOFT_RED: the shaper is at it', 25, wan({}), [shaped({ colour: 'SOFT_RED', delay: 40 })]],
    ['YELLOW, and a call breaks: it is not for the shaper', 70, wan({}), [shaped({ colour: 'YELLOW', delay: 120 })]],
    ['YELLOW', 10, wan({}), [shaped({ colour: 'YELLOW', delay: 20 })]],
    ['degraded', 60, wan({ rtt: 20, degraded: true })],
    ['no shaper: a call breaks (12.19)', 60, wan({ rtt: 140 }), [], 20],
    ['no shaper: people feel it', 30, wan({ rtt: 80 }), [], 20],
    ['no shaper: they feel it, and hear it', 60, wan({ rtt: 80, lost: 1 }), [], 20],
    ['the first look: nobody knows what is usual (12.11)', 0, wan({ rtt: 500 })],
    ['too few packets to speak of loss', 0, wan({ rtt: 20, lost: 1, rounds: 2 }), [], 20],
    ['of another line', 0, wan({}), [shaped({ wan: 'wanb', colour: 'RED', delay: 90 })]],
    ['never more than all', 100, wan({ degraded: true, lost: 1, rtt: 30 }), [shaped({ colour: 'RED', delay: 200 })]],
  ];
  for (const [what, score, state, known, base] of CASES)
    t.equal(congestionOf(state, known, base, NOW, 990).score, score, what);
  t.strictSame(congestionOf(wan({}), [shaped({ colour: 'RED', delay: 90.4 })], undefined, NOW, 990).signs, [
    'RED',
    '90 ms added',
  ]);
});

tap.test('what is stale says nothing, and what is written every five seconds never is (12.10)', async (t) => {
  const red = (more: Partial<Congestion>) =>
    congestionOf(wan({}), [shaped({ colour: 'RED', delay: 90, ...more })], undefined, NOW, 990).score;
  for (const at of [1000, 995, 990, 985.5]) t.equal(red({ at }), 60, `of ${at}`);
  for (const at of [985, 0, 1000.5]) t.equal(red({ at }), 0, `of ${at}`);
  t.equal(red({ bootId: 'other' }), 0, 'of another boot');
  t.equal(red({ quiet: true }), 0, 'it had nothing to control');
});

tap.test('what is usual', async (t) => {
  const base = (rtt: number, before: number | undefined, seconds = 10, known: Congestion[] = []) =>
    congestionOf(wan({ rtt }), known, before, NOW, NOW.uptime - seconds).base;
  t.equal(base(20, undefined), 20);
  t.equal(congestionOf(wan({ rtt: 20 }), [], undefined, NOW, undefined).base, 20, 'in the first round, too');
  t.equal(base(15, 20), 15, 'what is lower, at once');
  const slowly = base(30, 20) ?? 0;
  t.ok(slowly > 20 && slowly < 20.1, `${slowly}`);
  t.ok((base(30, 20, 3 * 3600) ?? 0) > 29, 'a longer way is known after some hours (12.14)');
  t.equal(base(300, 20, 60, [shaped({ colour: 'RED', delay: 280 })]), 20, 'not while the shaper says what it is');
  const steps = (count: number) => {
    let known = 20;
    for (let i = 0; i < count; i++) known = base(50, known, 600 / count) as number;
    return known;
  };
  t.ok(Math.abs(steps(1) - steps(60)) < 1e-9, 'by time, not by rounds (12.4)');
  const state = wan({ rtt: 500 });
  t.equal(congestionOf(state, [], 20, NOW, 999).score, 0, 'what is older than the round before is no news');
});

tap.test('whatever is measured, it is a number from 0 to 100', async (t) => {
  const property = fc.property(
    fc.record({
      rtt: fc.double({ min: 0, max: 1e9, noNaN: true }),
      lost: fc.integer({ min: 0, max: 3 }),
      degraded: fc.boolean(),
    }),
    fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined }),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    (seen, base, delay) => {
      const found = congestionOf(wan(seen), [shaped({ colour: 'RED', delay })], base, NOW, 990);
      assert.ok(found.score >= 0 && found.score <= 100);
      assert.ok(found.base === undefined || Number.isFinite(found.base));
    },
  );
  t.doesNotThrow(() => fc.assert(property));
});
