import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Quality } from '../../lib/model.js';
import { formatQuality, parseQuality } from '../../lib/state/quality.js';
import { grouped } from '../make.js';

const number = (max: number) => fc.integer({ min: 0, max: max * 100 }).map((value) => value / 100);
const sample = fc
  .integer({ min: 0, max: 10 })
  .chain((sent) => fc.record({ sent: fc.constant(sent), rtts: fc.array(number(30_000), { maxLength: sent }) }));
const quality: fc.Arbitrary<Quality> = fc.record(
  {
    window: fc.array(fc.record({ at: number(1e6), samples: fc.array(sample, { minLength: 1, maxLength: 10 }) }), {
      maxLength: 12,
    }),
    reliability: fc.integer({ min: 1, max: 10 }),
    degraded: fc.boolean(),
    times: fc.integer({ min: 0, max: 1000 }),
    since: number(1e6),
    goodSince: number(1e6),
  },
  { requiredKeys: ['window', 'reliability', 'degraded', 'times'] },
);
/** As `ini` gives it back. */
const asText = (section: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(section).map(([key, value]) => [key, Array.isArray(value) ? value : String(value)]),
  );

tap.test('what is written is what is read', async (t) => {
  const property = fc.property(quality, (known) => {
    const { quality: read } = parseQuality(asText(formatQuality(grouped({ status: 'up', quality: known }))));
    assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(known)));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }));
  t.strictSame(formatQuality(grouped({ status: 'up' })), {}, 'nothing of a line that is not measured');
  t.strictSame(parseQuality({ status: 'up' }), {});
});

tap.test('what is no round is left out', async (t) => {
  const window = [
    '',
    'x',
    '1.00',
    '1.00 3',
    '1.00 3:a',
    '1.00 3:1.00,',
    '-1.00 3:',
    '1e9 3:',
    `1.00 3:${'1.00,'.repeat(50)}1.00`,
  ];
  const { quality } = parseQuality({ degraded: '1', window: [...window, '5.00 3:1.00,2.00 3:'] });
  t.strictSame(quality, {
    window: [
      {
        at: 5,
        samples: [
          { sent: 3, rtts: [1, 2] },
          { sent: 3, rtts: [] },
        ],
      },
    ],
    reliability: 1,
    degraded: true,
    times: 0,
  });
  t.strictSame(parseQuality({ degraded: '0', window: 'x' }).quality?.window, []);
});
