import tap from 'tap';
import { addCount, carriedBetween } from '../../lib/shape/rate.js';
import type { Count } from '../../lib/shape/signals.js';

/** Counts each 100 ms, of so many bytes. */
const counts = (...bytes: number[]): Count[] =>
  bytes.reduce((all: Count[], value, i) => addCount(all, { at: 1000 + 100 * i, bytes: value }), []);

tap.test('what is carried', async (t) => {
  const CASES: [what: string, counts: Count[], from: number, to: number | undefined, rate: number | undefined][] = [
    ['nothing is known', [], 0, undefined, undefined],
    ['one count says nothing', counts(500), 0, undefined, undefined],
    ['bytes in kbit/s', counts(0, 12_500), 0, undefined, 1000],
    ['since a time', counts(0, 12_500, 37_500), 1100, undefined, 2000],
    ['from the last count before a time', counts(0, 12_500, 37_500), 1150, undefined, 2000],
    ['to the first count behind a time', counts(0, 12_500, 37_500), 1000, 1050, 1000],
    ['nothing is carried', counts(7, 7, 7), 0, undefined, 0],
    ['a counter that began again', counts(100_000, 112_500, 10), 0, undefined, undefined],
    ['and what it counts from then on', counts(100_000, 112_500, 0, 12_500), 0, undefined, 1000],
    ['a counter of 32 bits that wraps', counts(4_294_960_000, 4_294_967_000, 200), 0, undefined, undefined],
    ['a counter that jumps', counts(0, 12_500, 9e12, 9e12 + 12_500), 0, undefined, 1000],
  ];
  for (const [what, some, from, to, rate] of CASES) t.equal(carriedBetween(some, from, to), rate, what);
});

tap.test('few are kept', async (t) => {
  let kept: Count[] = [];
  for (let at = 0; at < 60_000; at += 10) kept = addCount(kept, { at, bytes: at });
  t.ok(kept.length < 60, `${kept.length}`);
  t.ok((kept.at(-1)?.at ?? 0) > 59_900, 'the last ones');
  t.strictSame(addCount(kept, { at: 120_000, bytes: 7e7 }), [{ at: 120_000, bytes: 7e7 }], 'none from before a pause');
  t.equal(addCount(kept, undefined), kept, 'a device that is away');
  t.strictSame(addCount(kept, { at: 5, bytes: 1 }), [{ at: 5, bytes: 1 }], 'a clock that was set back');
});
