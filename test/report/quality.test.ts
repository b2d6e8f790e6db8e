import tap from 'tap';
import { figuresWords, qualityJson, sparkline } from '../../lib/report/quality.js';

tap.test('figures in words', async (t) => {
  t.equal(
    figuresWords({ packets: 36, loss: 2.777, rtt: { average: 45.21, median: 44, p95: 60.1 }, jitter: 2.13 }),
    '3 % of 36 lost, 45.2 ms (p95 60.1 ms), jitter 2.1 ms',
  );
  t.equal(figuresWords({ packets: 3, loss: 100 }), '100 % of 3 lost');
});

tap.test('a bar for each round', async (t) => {
  const round = (...rtts: number[]) => ({ at: 0, samples: [{ sent: 3, rtts }] });
  const CASES: [number[][], string][] = [
    [[], ''],
    [[[]], '×'],
    [[[0]], '▁'],
    [[[100], [50, 50], [], [1]], '█▅×▁'],
  ];
  for (const [rounds, shown] of CASES) t.equal(sparkline({ window: rounds.map((rtts) => round(...rtts)) }), shown);
});

tap.test('as one value', async (t) => {
  const window = [{ at: 5, samples: [{ sent: 3, rtts: [10.123, 12] }] }];
  t.strictSame(qualityJson({ window, reliability: 1, degraded: true, times: 1, since: 20 }, 100), {
    degraded: true,
    since_s: 80,
    good_for_s: null,
    packets: 3,
    loss_percent: 33.33,
    rtt_average_ms: 11.06,
    rtt_median_ms: 10.12,
    rtt_p95_ms: 12,
    jitter_ms: 1.88,
  });
  t.match(qualityJson({ window: [], reliability: 1, degraded: false, times: 0 }, 100), {
    packets: 0,
    loss_percent: null,
  });
});
