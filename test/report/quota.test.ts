import tap from 'tap';
import type { Use } from '../../lib/quota/meter.js';
import { amount, quotaJson, quotaLines, quotaMetrics, quotaTroubles } from '../../lib/report/quota.js';
import { parseExposition } from './exposition.js';

const use = (used: number, more: Partial<Use> = {}): Use => ({
  wan: 'lte',
  used,
  quota: 50e9,
  since: 20_758,
  until: 20_788,
  ...more,
});

tap.test('amounts for people', async (t) => {
  for (const [bytes, words] of [
    [0, '0.0 kB'],
    [999, '1.0 kB'],
    [38_149_999_999, '38.1 GB'],
    [500e6, '500 MB'],
    [1.5e12, '1.5 TB'],
    [2e15, '2000 TB'],
  ] as const)
    t.equal(amount(bytes), words);
});

tap.test('what is used and left', async (t) => {
  t.strictSame(quotaLines([use(38.1e9), use(50e9, { wan: 'b' })]), [
    'lte: 38.1 GB of 50.0 GB used since 2026-11-01 (76 %), 11.9 GB left until 2026-12-01',
    'b: 50.0 GB of 50.0 GB used since 2026-11-01 (100 %), nothing left until 2026-12-01',
  ]);
  const { until: _, ...rolling } = use(49.99e9);
  t.match(quotaLines([rolling]), [/\(99 %\), 10.0 MB left$/]);
  t.match(quotaJson([use(60e9), rolling]), [
    { wan: 'lte', used_bytes: 60e9, quota_bytes: 50e9, left_bytes: 0, since: '2026-11-01', until: '2026-12-01' },
    { left_bytes: 1e7, until: null },
  ]);
  const metrics = parseExposition(quotaMetrics([use(1e9)]));
  t.match(JSON.stringify(metrics), /quota_left_bytes.*49000000000/);
  t.equal(quotaMetrics([]), '');
});

tap.test('troubles at 75 and at 95 %', async (t) => {
  const keys = (used: number) => quotaTroubles([use(used)]).map(({ key }) => key);
  t.strictSame(keys(37.49e9), []);
  t.strictSame(keys(37.5e9), ['wan-quota-75:lte']);
  t.strictSame(keys(47.5e9), ['wan-quota-75:lte', 'wan-quota-95:lte']);
});
