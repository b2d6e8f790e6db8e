import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Sharing } from '../../lib/model.js';
import { type Candidate, PARTS, weigh } from '../../lib/policy/weigh.js';

const line = (rtt?: number, loss = 0, more: Partial<Candidate> = {}): Candidate => ({
  weight: 1,
  ...(rtt === undefined ? {} : { measured: { rtt, loss } }),
  ...more,
});
const rate = (down: number): Candidate => ({ weight: 1, bandwidth: { down } });
/** So much of it is taken, and it has this weight. */
const busy = (candidate: Candidate, used: number, held?: number): Candidate => ({
  bandwidth: { down: 100 },
  ...candidate,
  used,
  ...(held === undefined ? {} : { held }),
});

tap.test('what each is to weigh', async (t) => {
  const CASES: [what: string, by: Sharing, candidates: Candidate[], weights: number[]][] = [
    ['alike', 'quality', [line(20), line(20)], [10, 10]],
    ['weights count, too', 'quality', [line(20, 0, { weight: 3 }), line(20)], [15, 5]],
    ['half as slow', 'quality', [line(19), line(39)], [13, 7]],
    ['half is lost', 'quality', [line(20), line(20, 50)], [13, 7]],
    ['all is lost: a part is left', 'quality', [line(20), line(20, 100)], [20, 1]],
    ['a flow takes half of it', 'quality', [busy(line(20), 0.5, 10), busy(line(20), 0, 10)], [7, 13]],
    ['not measured: an average one', 'quality', [line(9), line(19), line()], [9, 4, 7]],
    ['none is', 'quality', [line(), line(undefined, 0, { weight: 3 })], [5, 15]],

    ['by what they can carry', 'load', [rate(75_000), rate(25_000)], [15, 5]],
    ['both full of what the shares led there', 'load', [busy(rate(300), 1, 15), busy(rate(100), 1, 5)], [15, 5]],
    ['a flow takes half of one', 'load', [busy(rate(100), 0.8, 10), busy(rate(100), 0, 10)], [3, 17]],
    ['nothing has been shared yet', 'load', [busy(rate(100), 1), busy(rate(100), 0)], [10, 10]],
    ['all is one flow of somebody', 'load', [busy(rate(100), 1, 1), busy(rate(100), 0, 256)], [1, 20]],
    ['of one, nobody knows', 'load', [rate(100), rate(200), line()], [4, 9, 7]],
    ['of none, and weights do not count', 'load', [line(9, 0, { weight: 5 }), line()], [10, 10]],
    ['upload only', 'load', [{ weight: 1, bandwidth: { up: 300 } }, rate(100)], [15, 5]],

    ['all on the fastest', 'latency', [line(30), line(20), line(25)], [1, 256, 1]],
    ['what is lost takes longer', 'latency', [line(20, 50), line(30)], [1, 256]],
    ['not measured: not the fastest', 'latency', [line(), line(900)], [1, 256]],
    ['none is: the first', 'latency', [line(), line()], [256, 1]],
    ['one', 'latency', [line()], [256]],
    ['none at all', 'quality', [], []],
  ];
  for (const [what, by, candidates, weights] of CASES) t.strictSame(weigh(by, candidates), weights, `${by}: ${what}`);
});

tap.test('the fastest stays until another one is faster by a fifth', async (t) => {
  const after = (first?: number, second?: number) =>
    weigh('latency', [line(first, 0, { held: 256 }), line(second, 0, { held: 1 })]);
  t.strictSame(after(20, 17), [256, 1]);
  t.strictSame(after(20, 15), [1, 256]);
  t.strictSame(after(3, 1.5), [256, 1], 'nobody feels that');
  t.strictSame(after(undefined, 900), [1, 256]);
  t.strictSame(after(), [256, 1]);
});

/** kbit/s that each of two lines carries of so much traffic, by its share and no more than it can. */
const carried = (total: number, rates: number[], weights: number[]) => {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return rates.map((most, i) => Math.min(most, (total * (weights[i] as number)) / sum));
};

tap.test('what the shares themselves lead to a line does not make them swing', async (t) => {
  for (const rates of [
    [100, 100],
    [300, 100],
  ]) {
    const most = rates.reduce((sum, each) => sum + each, 0);
    for (const part of [0.3, 0.75, 0.9, 1.2]) {
      for (const begin of [
        [15, 5],
        [19, 1],
        [1, 19],
        [10, 10],
      ]) {
        const total = part * most;
        let [last, weights] = [begin, begin];
        for (let i = 0; i < 50; i++) {
          const used = carried(total, rates, weights);
          const lines = rates.map((each, n) => busy(rate(each), (used[n] as number) / each, weights[n]));
          [last, weights] = [weights, weigh('load', lines)];
        }
        const all = carried(total, rates, weights).reduce((sum, each) => sum + each, 0);
        const what = `${part} of ${rates.join(' and ')}, from ${begin.join(':')}: ${weights.join(':')}`;
        t.strictSame(weights, last, what);
        t.ok(all > 0.95 * Math.min(total, most), `${what} carry ${Math.round(all)} of ${total}`);
      }
    }
  }
});

tap.test('whatever they are: legal weights, and the better one never gets less', async (t) => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const candidate = fc.record(
    {
      weight: fc.integer({ min: 1, max: 100 }),
      measured: fc.record({
        rtt: fc.double({ min: 0, max: 60_000, noNaN: true }),
        loss: share.map((part) => 100 * part),
      }),
      used: share,
      bandwidth: fc.record({ down: fc.integer({ min: 1, max: 1e8 }) }),
    },
    { requiredKeys: ['weight'] },
  );
  const property = fc.property(
    fc.constantFrom<Sharing>('quality', 'latency', 'load'),
    fc.array(candidate as fc.Arbitrary<Candidate>, { minLength: 1, maxLength: 6 }),
    (by, candidates) => {
      const weights = weigh(by, candidates);
      const most = by === 'latency' ? 256 : PARTS;
      assert.ok(weights.every((weight) => Number.isInteger(weight) && weight >= 1 && weight <= most));
      const [first] = candidates;
      if (by !== 'quality' || !first?.measured) return;
      const better = { ...first, measured: { rtt: first.measured.rtt / 2, loss: first.measured.loss / 2 } };
      const [more = 0] = weigh(by, [better, ...candidates.slice(1)]);
      // One of which nothing is known is as good as the average, which gets better then.
      if (candidates.every(({ measured }) => measured)) assert.ok(more >= (weights[0] ?? 0));
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});
