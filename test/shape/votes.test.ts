import fc from 'fast-check';
import tap from 'tap';
import type { Reflector } from '../../lib/shape/memory.js';
import { bendOf, dropOf, median, type Point, slopeOf } from '../../lib/shape/trend.js';
import { believed, live, noiseOf, pointsOf, vote } from '../../lib/shape/votes.js';

const NAMES = ['a', 'b', 'c'];
/** Points of each reflector, 100 ms apart. */
const points = (delays: Record<string, number[]>): Point[] =>
  Object.entries(delays)
    .flatMap(([reflector, some], j) => some.map((delay, i) => ({ reflector, sent: 1000 + 100 * i + 33 * j, delay })))
    .sort((a, b) => a.sent - b.sent);

const each = (delays: Record<string, number[]>, names = NAMES) => believed(points(delays), names);

tap.test('what the reflectors vote', async (t) => {
  const CASES: [what: string, delays: Record<string, number[]>, noise: number, expected: number | undefined][] = [
    ['nobody', {}, 0, undefined],
    ['one of three has answered', { a: [9] }, 0, undefined],
    ['a majority has seen at least', { a: [0], b: [20], c: [30] }, 0, 20],
    ['two must agree', { a: [4], b: [20] }, 0, 4],
    ['one that lies upwards', { a: [500], b: [1], c: [2] }, 0, 2],
    ['one that lies downwards', { a: [0], b: [31], c: [30] }, 0, 30],
    ['only the last answer', { a: [50, 1], b: [50, 2], c: [50, 3] }, 0, 2],
    ['with noise, the lowest of some', { a: [9, 1, 30], b: [30, 8, 30], c: [7, 30, 30] }, 1, 7],
    ['with noise, of many answers', { a: [9], b: [30], c: [7] }, 5, undefined],
  ];
  for (const [what, delays, noise, expected] of CASES) {
    t.equal(vote(each(delays, NAMES.slice(0, Math.max(2, Object.keys(delays).length))), noise), expected, what);
  }
  t.equal(vote(each({ a: [50, 10] }, ['a']), 0), 10, 'one is enough where there is one');
  t.equal(vote(each({ a: [50, 10], b: [50], c: [50] }), 0, 1090), undefined, 'answers since a time');
});

tap.test('who is asked', async (t) => {
  const reflector = (name: string, heard: number, base?: number): Reflector => ({
    ...{ name, heard, sent: heard - 20 },
    ...(base === undefined ? {} : { base }),
  });
  const all = [reflector('a', 5000, 20), reflector('b', 4000, 20), reflector('c', 5000)];
  t.strictSame(
    live(all, 5100).map(({ name }) => name),
    ['a'],
    'a silent one is dropped',
  );
  const wild = [0, 80, 3, 66, 20, 90, 1, 55];
  const names = (delays: Record<string, number[]>) => each(delays, Object.keys(delays)).map(({ name }) => name);
  t.strictSame(names({ a: wild, b: wild.map(() => 1), c: wild.map((_, i) => i) }), ['b', 'c']);
  t.strictSame(names({ a: wild, b: [...wild].reverse() }), ['a', 'b'], 'all are noisy');
  const samples = [
    { reflector: 'a', sent: 20, rtt: 35 },
    { reflector: 'a', sent: 10, rtt: 10 },
  ];
  t.strictSame(
    pointsOf({ reflectors: all, samples }).map(({ sent, delay }) => [sent, delay]),
    [
      [10, 0],
      [20, 15],
    ],
  );
});

tap.test('noise, and what is none', async (t) => {
  const noise = (delays: number[]) => {
    const all = { a: delays, b: delays, c: delays };
    return noiseOf(points(all), each(all));
  };
  t.equal(noiseOf([], []), 0);
  t.equal(noise([0, 0, 0, 0, 0, 0]), 0);
  t.equal(noise([0, 150, 300, 450, 600]), 0, 'a queue that grows');
  t.ok(noise([0, 30, 5, 40, 0, 20, 40, 3]) > 5, 'jitter');
  t.equal(bendOf(points({ a: [1, 2, 3, 4] })), undefined, 'too few');
});

tap.test('how a delay goes on', async (t) => {
  const CASES: [what: string, delays: number[], slope: number | undefined, drop: { drop: number; steep: boolean }][] = [
    ['nothing', [], undefined, { drop: 0, steep: false }],
    ['two points', [0, 1], undefined, { drop: 0, steep: false }],
    ['it grows', [0, 50, 100, 150], 0.5, { drop: 0, steep: false }],
    ['it falls', [60, 50, 40, 30], -0.1, { drop: 10, steep: false }],
    ['one is far off', [0, 10, 900, 30, 40, 50], 0.1, { drop: 0, steep: false }],
    ['a way that is shorter', [30, 30, 30, 30, 30, 30, 30, 0, 0], 0, { drop: 30, steep: false }],
    ['a way that is much shorter', [80, 80, 80, 80, 80, 80, 80, 0, 0], 0, { drop: 80, steep: true }],
  ];
  for (const [what, delays, slope, drop] of CASES) {
    const some = points({ a: delays });
    t.equal(slopeOf(some, 0), slope, what);
    t.strictSame(dropOf(some, 0, 0.6), drop, what);
  }
  t.equal(median([3, 1, 2, 9]), 2);
});

tap.test('a minority cannot lift the vote, nor hold it down', async (t) => {
  const low = fc.integer({ min: 0, max: 5 });
  const high = fc.integer({ min: 50, max: 500 });
  const property = fc.property(low, low, low, high, high, high, (a, b, c, x, y, z) => {
    const votes = (...delays: number[]) =>
      vote(each({ a: [delays[0] ?? 0], b: [delays[1] ?? 0], c: [delays[2] ?? 0] }), 0);
    return (
      (votes(a, b, z) ?? 99) <= 5 &&
      (votes(x, b, c) ?? 99) <= 5 &&
      (votes(x, y, c) ?? 0) >= 50 &&
      (votes(a, y, z) ?? 0) >= 50
    );
  });
  t.doesNotThrow(() => fc.assert(property));
});
