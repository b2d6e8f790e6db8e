import fc from 'fast-check';
import tap from 'tap';
import { addRound, figuresOf } from '../../lib/health/figures.js';
import { ROUNDS } from '../../lib/health/health.js';
import type { Measurement, Sample } from '../../lib/model.js';

const sample = (sent: number, ...rtts: number[]): Sample => ({ sent, rtts });
const figures = (reliability: number, ...rounds: Sample[][]) =>
  figuresOf({ window: rounds.map((samples, i) => ({ at: 10 * i, samples })), reliability });

tap.test('what a window adds up to', async (t) => {
  const CASES: [what: string, reliability: number, rounds: Sample[][], expected: object | undefined][] = [
    ['nothing', 1, [], undefined],
    ['nothing was sent', 1, [[sample(0)]], undefined],
    ['one packet', 1, [[sample(1, 20)]], { packets: 1, loss: 0, rtt: { average: 20, median: 20, p95: 20 } }],
    [
      'three, one of them lost: jitter is of answers in a row',
      1,
      [[sample(3, 10, 14)]],
      { packets: 3, loss: 100 / 3, rtt: { average: 12, median: 10, p95: 14 }, jitter: 4 },
    ],
    [
      'jitter is within a round, not from one to the next',
      1,
      [[sample(2, 10, 12)], [sample(2, 100, 104)]],
      { packets: 4, loss: 0, rtt: { average: 56.5, median: 12, p95: 104 }, jitter: 3 },
    ],
    ['all are lost', 1, [[sample(3)], [sample(3)]], { packets: 6, loss: 100 }],
    [
      'the best target speaks for the line',
      1,
      [[sample(2), sample(2, 30, 30)]],
      { packets: 2, loss: 0, rtt: { average: 30, median: 30, p95: 30 }, jitter: 0 },
    ],
    [
      'of those that lose as little, the nearest',
      1,
      [[sample(1, 30), sample(1, 20)]],
      { packets: 1, loss: 0, rtt: { average: 20, median: 20, p95: 20 } },
    ],
    [
      'where two must answer, the second best',
      2,
      [[sample(2, 5, 5), sample(2), sample(2, 7)]],
      { packets: 2, loss: 50, rtt: { average: 7, median: 7, p95: 7 } },
    ],
    [
      'more must answer than there are',
      9,
      [[sample(1, 5)]],
      { packets: 1, loss: 0, rtt: { average: 5, median: 5, p95: 5 } },
    ],
  ];
  for (const [what, reliability, rounds, expected] of CASES)
    t.strictSame(figures(reliability, ...rounds), expected, what);
});

tap.test('the figures do not depend on how often one looks', async (t) => {
  const rtts = fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 3 });
  const property = fc.property(
    fc.array(rtts, { minLength: 1, maxLength: ROUNDS }),
    fc.integer({ min: 2, max: 300 }),
    (rounds, interval) => {
      const windowAt = (seconds: number) =>
        rounds.reduce<Measurement[]>(
          (window, known, i) => addRound(window, { at: 100 + i * seconds, samples: [sample(3, ...known)] }, seconds),
          [],
        );
      const [often, rarely] = [windowAt(2), windowAt(interval)].map((window) => figuresOf({ window, reliability: 1 }));
      return JSON.stringify(often) === JSON.stringify(rarely);
    },
  );
  t.doesNotThrow(() => fc.assert(property));
});

tap.test('what a window holds', async (t) => {
  const round = (at: number): Measurement => ({ at, samples: [] });
  const at = (window: Measurement[]) => window.map((measurement) => measurement.at);
  let window: Measurement[] = [];
  for (let i = 0; i < 30; i++) window = addRound(window, round(1000 + 10 * i), 10);
  t.strictSame(
    at(window),
    Array.from({ length: ROUNDS }, (_, i) => 1180 + 10 * i),
    'the last rounds',
  );
  t.strictSame(
    at(addRound(window, round(1390), 10)),
    [...at(window).filter((time) => time >= 1190), 1390].slice(-ROUNDS),
    'a gap ages it',
  );
  t.strictSame(at(addRound(window, round(3000), 10)), [3000], 'a long one empties it');
  t.strictSame(at(addRound(window, round(900), 10)), [900], 'what was measured in the future was another time');
});
