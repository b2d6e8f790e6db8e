import fc from 'fast-check';
import tap from 'tap';
import type { Rates } from '../../lib/model.js';
import { boundsOf, learnt } from '../../lib/shape/learn.js';
import type { Lane } from '../../lib/shape/memory.js';

const lane = (more: Partial<Lane>): Lane => ({
  ...{ rate: 9000, counts: [], peak: { load: 0, at: 0 }, grow: 0, moved: 0 },
  ...more,
});
const cap = (rate: number) => ({ cap: { rate, asked: 0, since: 0 } });

tap.test('bounds, configured and learnt', async (t) => {
  const CASES: [what: string, rates: Rates, lane: Lane | undefined, expected: object][] = [
    ['all are configured', { min: 1, base: 2, max: 3 }, lane(cap(50)), { min: 1, base: 2, max: 3 }],
    ['nothing is known', {}, undefined, { min: 64, base: 64, max: 10_000_000 }],
    ['base: most of what it carries', {}, lane(cap(20_000)), { min: 1000, base: 18_000 }],
    ['base: what it has, as long as that is not known', {}, lane({}), { min: 450, base: 9000 }],
    ['min: of what it carried once', {}, lane({ ...cap(8000), best: 16_000 }), { min: 800, base: 7200 }],
    [
      'what is learnt keeps to what is configured',
      { max: 5000 },
      lane(cap(20_000)),
      { min: 1000, base: 5000, max: 5000 },
    ],
    ['a slow line', { max: 50 }, lane({ rate: 40 }), { min: 50, base: 50, max: 50 }],
    ['rates of nothing', { min: 0, base: 0, max: 0 }, undefined, { min: 1, base: 1, max: 1 }],
    ['10 Gbit/s', {}, lane(cap(10_000_000)), { min: 1000, base: 9_000_000, max: 10_000_000 }],
  ];
  for (const [what, rates, known, expected] of CASES) t.match(boundsOf(rates, known), expected, what);
  t.equal(learnt({ min: 1, base: 1, max: 1 }), undefined);
  t.equal(learnt({ base: 1 }), 'min, max learnt');
});

tap.test('they are in order, and never nothing', async (t) => {
  const rate = fc.option(fc.integer({ min: 0, max: 20_000_000 }), { nil: undefined });
  const property = fc.property(rate, rate, rate, rate, (min, base, max, carries) => {
    const rates = Object.fromEntries(Object.entries({ min, base, max }).filter(([, value]) => value !== undefined));
    const bounds = boundsOf(rates, carries === undefined ? undefined : lane(cap(carries)));
    return bounds.min >= 1 && bounds.min <= bounds.base && bounds.base <= bounds.max && bounds.max <= 20_000_000;
  });
  t.doesNotThrow(() => fc.assert(property));
});
