import fc from 'fast-check';
import tap from 'tap';
import type { Direction } from '../../lib/model.js';
import { control } from '../../lib/shape/control.js';
import { delayOf } from '../../lib/shape/delay.js';
import { createRandom } from '../random.js';
import { calmAfter, drive, excess, quantile, type Run, reached, type Scenario, type Side } from './drive.js';
import { constant, cubic } from './flow.js';
import { play } from './play.js';

const four = () => [cubic(), cubic(), cubic(), cubic()];
const boundsOf = (rate: number) => ({ min: 0.15 * rate, base: 0.75 * rate, max: 2 * rate });
const side = (capacity: Side['capacity'], by: Side['by'], more: Partial<Side> = {}): Side => ({
  ...{ capacity, by, flows: four() },
  ...more,
});
/** A machine as slow as a small router: it looks each 150 ms, as lib/run/shape.ts does, hears late and sets late. */
const SLOW = { tick: 150, period: 150, slow: 10 };
const lowered = ({ changes }: Run, direction: Direction, from = 0) =>
  changes.filter((step, i) => {
    const before = changes
      .slice(0, i)
      .filter((other) => other.direction === direction)
      .at(-1);
    return step.direction === direction && step.at >= from && before && step.rate < before.rate;
  }).length;

tap.test('the line of the tests is as a real one was measured', async (t) => {
  const run = (by: 'nobody' | number) =>
    drive({ seconds: 30, sides: { up: side((s) => (s < 20 ? 20_000 : 8000), by) } });
  const nobody = run('nobody');
  const p95 = quantile(nobody, 0.95, 5, 20);
  t.ok(p95 > 450 && p95 < 660, `without control ${p95} ms; 564 were measured`);
  t.ok(nobody.carried('up', 5, 20) > 19_800);
  t.ok(quantile(nobody, 0.95, 22) > 1100, `after the fall ${quantile(nobody, 0.95, 22)} ms; 1300 were measured`);
  const fixed = run(18_000);
  t.ok(quantile(fixed, 0.95, 5, 20) < 2.5, `at 90 % ${quantile(fixed, 0.95, 5, 20)} ms; 2 were measured`);
  const share = fixed.carried('up', 5, 20) / nobody.carried('up', 5, 20);
  t.ok(share > 0.86 && share < 0.91, `${share}; 0.87 were measured`);
  t.ok(quantile(fixed, 0.95, 22) > 500, `after the fall ${quantile(fixed, 0.95, 22)} ms; 1360 were measured`);
});

tap.test('what must be reached: steady, a fall, a rise', async (t) => {
  const CASES: [what: string, direction: Direction, rate: number, by: Side['by'], more: Partial<Scenario>][] = [
    ['20 Mbit/s', 'up', 20_000, boundsOf(20_000), {}],
    ['20 Mbit/s, a slow machine', 'up', 20_000, boundsOf(20_000), { ...SLOW, seed: 2 }],
    ['20 Mbit/s, no numbers', 'up', 20_000, {}, { slow: 5 }],
    ['20 Mbit/s', 'down', 20_000, boundsOf(20_000), {}],
    ['50 Mbit/s, a slow machine', 'down', 50_000, boundsOf(50_000), SLOW],
    ['50 Mbit/s, no numbers', 'down', 50_000, {}, { slow: 5 }],
  ];
  for (const [what, direction, rate, by, more] of CASES) {
    const fallen = rate === 20_000 ? 8000 : 15_000;
    const capacity = (s: number) => (s >= 22 && s < 32 ? fallen : rate);
    const run = drive({ seconds: 42, ...more, sides: { [direction]: side(capacity, by) } });
    const [p95, p99] = [quantile(run, 0.95, 10, 22), quantile(run, 0.99, 10, 22)];
    const name = `${direction}, ${what}:`;
    t.ok(p95 <= 7, `${name} p95 of ${p95} ms`);
    t.ok(p99 <= 12, `${name} p99 of ${p99} ms`);
    const share = run.carried(direction, 10, 22) / rate;
    t.ok(share >= 0.94, `${name} ${share} of what it carries`);
    t.ok(calmAfter(run, 22) <= 1.2, `${name} ${calmAfter(run, 22)} s after the fall`);
    t.ok(excess(run, 22, 32) <= 0.1, `${name} ${excess(run, 22, 32)} s of one second’s delay`);
    t.ok(
      reached(run, direction, 32, 0.9 * rate) <= 7,
      `${name} ${reached(run, direction, 32, 0.9 * rate)} s after the rise`,
    );
    t.ok(run.changes.filter(({ at }) => at > 12 && at < 22).length <= 10, `${name} it is not tried all the time`);
  }
});

tap.test('a square wave of 60 and 20 Mbit/s', async (t) => {
  const capacity = (s: number) => (Math.floor(s / 15) % 2 ? 20_000 : 60_000);
  const run = drive({ seconds: 42, sides: { down: side(capacity, boundsOf(60_000)) } });
  t.ok(calmAfter(run, 15) <= 2, `${calmAfter(run, 15)} s after the fall`);
  const rise = reached(run, 'down', 30, 54_000);
  t.ok(rise <= 8, `${rise} s after the rise`);
});

tap.test('a full upload moves no download rate, and both at once are held', async (t) => {
  const up = side((s) => (s < 15 ? 10_000 : 4000), boundsOf(10_000));
  const run = drive({
    seconds: 25,
    sides: { up, down: side(() => 50_000, boundsOf(50_000), { flows: [constant(2000)] }) },
  });
  t.equal(run.changes.filter(({ direction }) => direction === 'down').length, 1, 'only the first');
  t.ok(calmAfter(run, 15) <= 2);
  const full = drive({
    seconds: 30,
    sides: { up: side(() => 10_000, boundsOf(10_000)), down: side(() => 20_000, boundsOf(20_000)) },
  });
  t.ok(quantile(full, 0.95, 10) <= 15, `${quantile(full, 0.95, 10)} ms`);
  for (const [direction, rate] of [
    ['up', 10_000],
    ['down', 20_000],
  ] as const)
    t.ok(full.carried(direction, 10, 30) >= 0.9 * rate, `${direction} ${full.carried(direction, 10, 30)}`);
});

tap.test('what is no congestion lowers no rate', async (t) => {
  const half = () => [2500, 2500, 2500, 2500].map(constant);
  const random = createRandom(1);
  const jitter = Array.from({ length: 800 }, () => random.below(40_000) / 1000);
  const CASES: [what: string, scenario: Scenario][] = [
    [
      'a stream of 128 kbit/s',
      { seconds: 12, sides: { down: side(() => 50_000, boundsOf(50_000), { flows: [constant(128)] }) } },
    ],
    [
      'a second of radio silence',
      {
        seconds: 30,
        silent: (s) => s >= 20 && s < 21,
        sides: { up: side(() => 20_000, boundsOf(20_000), { flows: half() }) },
      },
    ],
    [
      'jitter of 20 ms around another delay, as LTE has it',
      {
        seconds: 30,
        way: (s) => jitter[Math.floor(s * 20)] ?? 0,
        sides: { up: side(() => 20_000, boundsOf(20_000), { flows: half() }) },
      },
    ],
    [
      'jitter of each answer by itself, at a rate below the line',
      { seconds: 30, jitter: 20, sides: { up: side(() => 20_000, { min: 3000, base: 15_000, max: 18_000 }) } },
    ],
  ];
  for (const [what, scenario] of CASES) {
    const run = drive(scenario);
    const cuts = run.changes.filter(({ reason, at }) => /^cut/.test(reason) && at > 2).length;
    t.equal(cuts, 0, what);
  }
});

tap.test('silence of all with bytes still flowing is said', async (t) => {
  const moments = play({ bounds: { up: { base: 9000 } }, seconds: 6, delay: (s) => (s < 3 ? 0 : Number.NaN) });
  const last = moments.at(-1)?.decisions.up;
  t.match(last, {
    rate: moments.at(64)?.decisions.up?.rate,
    reason: /no reflector answers, but bytes flow: that is no congestion/,
    colour: 'GREEN',
  });
});

/** A way that takes up to 80 ms longer, another time each one to four seconds, whatever is sent. */
function wild(seed: number): (seconds: number) => number {
  const random = createRandom(seed);
  const each: number[] = [];
  while (each.length < 7000) {
    const delay = random.below(80);
    for (let i = 100 + random.below(300); i > 0; i--) each.push(delay);
  }
  return (s) => each[Math.floor(100 * s)] ?? 0;
}

tap.test('a delay that does not follow the load: what is carried counts, and it is said', async (t) => {
  // Its provider has a short queue, and lets who sends little overtake: how full the line is shows nowhere.
  for (const seed of [1, 2, 3]) {
    const line = (by: Side['by']) =>
      drive({ seconds: 60, way: wild(seed), sides: { up: side(() => 20_000, by, { limit: 16, fair: true }) } });
    const [run, nobody] = [line(boundsOf(20_000)), line('nobody')];
    const share = run.carried('up', 10, 60) / nobody.carried('up', 10, 60);
    t.ok(share >= 0.95, `${seed}: ${share} of what it carries without control`);
    t.ok(run.steps.at(-1)?.reason.includes('does not follow the load'), `${seed}`);
  }
});

tap.test('a fall on a line whose delay does not follow the load is cut all the same', async (t) => {
  for (const seed of [1, 2, 3]) {
    const way = wild(seed);
    const run = drive({ seconds: 45, way, sides: { up: side((s) => (s < 35 ? 20_000 : 8000), boundsOf(20_000)) } });
    // What is more than the way itself ever adds, is a queue.
    const bad = run.delays.filter(({ at, delay }) => at >= 35 && delay - way(at) > 100).length;
    t.ok(bad / 100 <= 0.6, `${seed}: ${bad / 100} s`);
  }
});

/** ms that are added: twice 40 that no cut lowers, and from 15 s on what comes then. */
const deaf = (then: (seconds: number) => number) => (s: number) =>
  s >= 15 ? then(s) : (s >= 5 && s < 8) || (s >= 10 && s < 13) ? 40 : 0;
const cutsBehind = (moments: ReturnType<typeof play>, from: number) =>
  moments.filter(({ at, decisions }) => at >= from && /^cut|is too much/.test(decisions.up?.reason ?? '')).length;

tap.test(
  'a delay that comes and goes by itself is known for one that follows no load as long as it does',
  async (t) => {
    const each10 = (s: number) => (s % 10 < 4 ? 36 : 0);
    const script = { bounds: { up: { min: 2000, base: 20_000, max: 20_000 } }, seconds: 150 };
    const moments = play({ ...script, delay: deaf(each10) });
    t.ok(cutsBehind(moments, 4) >= 2, 'first it is cut');
    t.equal(cutsBehind(moments, 15), 0);
    // What shows nothing for as long is forgotten.
    const late = play({ ...script, delay: deaf((s) => (s > 140 ? each10(s) : 0)) });
    t.ok(cutsBehind(late, 140) > 0, 'forgotten');
  },
);

tap.test('a longer way on such a line is told from a queue by what is carried, if that becomes more', async (t) => {
  const longer = (carries: (seconds: number) => number) =>
    play({
      bounds: { up: { min: 2000, base: 20_000, max: 20_000 } },
      seconds: 25,
      delay: deaf((s) => (s >= 20 ? 70 : 0)),
      carries: (s, _, rate) => (s < 20 ? 1 : Math.min(1, carries(s - 20))) * rate,
    });
  const more = longer((s) => 0.3 + 0.7 * s);
  t.equal(cutsBehind(more, 15), 0);
  t.ok(more.some(({ decisions }) => decisions.up?.reason.includes('more and more is carried')));
  t.ok(
    cutsBehind(
      longer(() => 0.4),
      15,
    ) > 0,
    'as much as before may be all that it carries',
  );
});

tap.test(
  'what is tried on such a line is taken back, and not cut, when the delay grows by what it does by itself',
  async (t) => {
    const moments = play({
      bounds: { up: { min: 2000, base: 20_000, max: 40_000 } },
      seconds: 60,
      delay: deaf((s) => (s % 2 < 1 ? 15 : 0)),
      carries: (_, __, rate) => Math.min(rate, 21_000),
    });
    t.equal(cutsBehind(moments, 15), 0);
    t.ok(moments.some(({ decisions }) => decisions.up?.reason.includes('may be too much, or the way is longer')));
  },
);

tap.test('a line that was one of these, and whose rate rises and falls, is cut at each fall', async (t) => {
  for (const seed of [1, 3, 4]) {
    const before = wild(seed);
    const way = (s: number) => (s < 35 ? before(s) : 20);
    const capacity = (s: number) => (s >= 35 && Math.floor((s - 35) / 10) % 2 === 0 ? 8000 : 20_000);
    const { delays, memory } = drive({ seconds: 95, way, sides: { up: side(capacity, boundsOf(20_000)) } });
    const bad = delays.filter(({ at, delay }) => at >= 35 && delay - way(at) > 100).length / 100;
    t.ok(bad <= 0.6, `${seed}: ${bad} s`);
    t.ok((memory?.deaf?.at ?? 0) < 1_036_000, `${seed}: no queue that drains is taken for a proof`);
  }
});

tap.test('a way that is longer for good is found out by two cuts, and held for a queue no more', async (t) => {
  const run = drive({
    seconds: 40,
    way: (s) => (s < 15 ? 0 : 25),
    sides: { up: side(() => 20_000, boundsOf(20_000)) },
  });
  t.ok(quantile(run, 0.95, 17) - 25 <= 10, `${quantile(run, 0.95, 17) - 25} ms`);
  t.ok(run.carried('up', 15, 40) >= 18_400, `${run.carried('up', 15, 40)}`);
});

tap.test('what lies: a reflector, and the counters', async (t) => {
  const truth = (_: number, rtt: number) => rtt;
  const lies: ((seconds: number, rtt: number) => number | undefined)[] = [
    (s, rtt) => rtt + (s > 5 ? 90 * ((7.3 * s) % 1) : 0),
    (s, rtt) => (s > 5 ? 3 : rtt),
    (s, rtt) => (s > 5 ? undefined : rtt),
  ];
  for (const [i, lie] of lies.entries()) {
    const run = drive({
      seconds: 28,
      reflectors: [truth, lie, truth],
      sides: { up: side((s) => (s < 20 ? 20_000 : 8000), boundsOf(20_000)) },
    });
    t.ok(run.carried('up', 8, 20) >= 18_000, `lie ${i}: ${run.carried('up', 8, 20)}`);
    t.ok(quantile(run, 0.95, 8, 20) <= 12, `lie ${i}: ${quantile(run, 0.95, 8, 20)} ms`);
    t.ok(calmAfter(run, 20) <= 2.5, `lie ${i}: ${calmAfter(run, 20)} s`);
  }
});

tap.test('the rate, whatever is seen', async (t) => {
  const bounds = { min: 2000, base: 8000, max: 30_000 };
  const slices = fc.array(
    fc.record({
      delay: fc.constantFrom(0, 1, 4, 8, 15, 40, 90, 400, Number.NaN),
      ramp: fc.constantFrom(0, 0, 0.1, 0.6, 1.5),
      load: fc.constantFrom(0, 0.1, 0.5, 0.9, 1),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const property = fc.property(
    slices,
    fc.integer({ min: 500, max: 40_000 }),
    fc.constantFrom(50, 100, 330),
    (some, set, tick) => {
      const slice = (s: number) => some[Math.min(some.length - 1, Math.floor(s / 1.5))] ?? some[0];
      const moments = play({
        ...{ bounds: { up: bounds }, seconds: 1.5 * some.length, tick, set },
        delay: (s) => (slice(s)?.delay ?? 0) + (slice(s)?.ramp ?? 0) * 1000 * (s % 1.5),
        carries: (s, _, rate) => (slice(s)?.load ?? 0) * rate,
      });
      let before: number | undefined;
      for (const { decisions, memory } of moments) {
        const { rate, delay } = decisions.up ?? { rate: Number.NaN, delay: 0 };
        if (!(rate >= bounds.min)) throw new Error(`${rate}: below min`);
        if (!(rate <= bounds.max)) throw new Error(`${rate}: above max`);
        const { target } = delayOf(memory, before ?? rate, memory.at);
        if (before !== undefined && delay > target && rate > before)
          throw new Error(`${before} -> ${rate} at ${delay} ms`);
        before = rate;
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 80 }));
});

tap.test('every decision says why, and what kept it from another one', async (t) => {
  const run = drive({ seconds: 25, sides: { up: side((s) => (s > 15 ? 6000 : 20_000), boundsOf(20_000)) } });
  t.ok(run.steps.every(({ reason }) => reason.length > 3));
  const held = run.steps.filter(
    (step, i) => i > 0 && step.rate === run.steps[i - 1]?.rate && /well|just below/.test(step.reason),
  );
  t.ok(held.length > 50);
  t.ok(
    held.every(({ blocker }) => blocker !== undefined),
    held.find(({ blocker }) => !blocker)?.reason ?? '',
  );
  t.ok(lowered(run, 'up', 15) >= 1);
  const colours = new Set(run.steps.map(({ colour }) => colour));
  for (const colour of ['GREEN', 'YELLOW', 'SOFT_RED'] as const) t.ok(colours.has(colour), colour);
  const slow = play({
    bounds: { up: { min: 500, base: 9000 } },
    seconds: 9,
    delay: (s) => (s > 5 ? 400 * (s - 5) : 0),
  });
  t.ok(slow.some(({ decisions }) => decisions.up?.colour === 'RED'));
  t.match(slow.at(-1)?.decisions.up, { reason: /max learnt/ }, 'what is learnt is said');
});

tap.test('nothing is known, and nobody is there', async (t) => {
  const first = control({ up: {} }, undefined, { now: 9, echoes: [], counts: {} });
  t.strictSame(first.decisions, {}, 'no rate is made up');
  const none = control({}, undefined, { now: 9, echoes: [], counts: {} });
  t.strictSame(none.decisions, {});
  t.match(control({ up: { base: 700 } }, undefined, { now: 9, echoes: [], counts: {} }).decisions.up, { rate: 700 });
});
