import tap from 'tap';
import { qualify } from '../../lib/health/qualify.js';
import type { Probe, Quality } from '../../lib/model.js';
import { grouped, makeWan } from '../make.js';

const LIMITS = { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } };
const WAN = makeWan({ limits: LIMITS });

/** Why a degraded line is degraded, after a round of these answers to twenty packets. */
function reasonAfter(rtts: number[], more: Partial<Quality> = {}, sent = 20): string {
  const quality: Quality = {
    window: [],
    reliability: 1,
    degraded: true,
    times: 2,
    since: 900,
    goodSince: 900,
    ...more,
  };
  const before = grouped({ status: 'up', quality, targets: WAN.targets });
  const probe: Probe = { answered: true, failures: 0, targets: [], sent, lost: 0, samples: [{ sent, rtts }] };
  const after = grouped({ status: 'up', reason: 'reply from 1.1.1.1' });
  return qualify(WAN, after, probe, before, { begun: 1000, interval: 10 }).verdict.reason;
}
const answers = (count: number, rtt: number) => Array.from({ length: count }, () => rtt);

tap.test('why a line is degraded', async (t) => {
  const CASES: [rtts: number[], reason: RegExp][] = [
    [answers(10, 20), /^loses 50 % of 20 packets; good again at 10 % loss, 500 ms$/],
    [answers(20, 700), /^takes 700 ms on average; good again at /],
    [answers(12, 501), /^loses 40 % of 20 packets, takes 501 ms on average; /],
    // What is just good enough is no fault.
    [answers(18, 500), /^good again, for 100 of 3600 s, because it was degraded 2 times within an hour$/],
  ];
  for (const [rtts, reason] of CASES) t.match(reasonAfter(rtts), reason);
  t.match(reasonAfter(answers(3, 20), {}, 3), /not measured enough/);
  t.equal(reasonAfter(answers(20, 20), { times: 1 }), 'reply from 1.1.1.1', 'no more');
});
