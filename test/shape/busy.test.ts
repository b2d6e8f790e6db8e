import tap from 'tap';
import type { Rates } from '../../lib/model.js';
import { isBusy } from '../../lib/shape/busy.js';

tap.test('who carries enough to be looked after', async (t) => {
  // Of 10 s: 25 % of 20 Mbit/s are 6.25 MB.
  const CASES: [
    what: string,
    bounds: Rates | undefined,
    rate: number | undefined,
    bytes: number,
    ms: number,
    is: boolean,
  ][] = [
    ['more than a part of its rate', {}, 20_000, 6_300_000, 10_000, true],
    ['less', {}, 20_000, 6_200_000, 10_000, false],
    ['of its base, where none was set', { base: 20_000, max: 99_000 }, undefined, 6_300_000, 10_000, true],
    ['of its highest, where that is all', { max: 20_000 }, undefined, 6_200_000, 10_000, false],
    ['of its lowest, where that is all', { min: 2000 }, undefined, 630_000, 10_000, true],
    ['nothing is known of it', {}, undefined, 1_300_000, 10_000, true],
    ['nothing is known of it, and hardly anything carried', {}, undefined, 100_000, 10_000, false],
    ['it is not shaped', undefined, 20_000, 9_000_000, 10_000, false],
    ['its counter began again', {}, 20_000, -9_000_000, 10_000, false],
    ['no time between', {}, 20_000, 9_000_000, 0, false],
    ['time goes back', {}, 20_000, 9_000_000, -5, false],
  ];
  for (const [what, bounds, rate, bytes, ms, is] of CASES) {
    t.equal(isBusy({ rates: bounds ? { up: bounds } : {} }, 'up', rate, bytes, ms), is, what);
  }
});
