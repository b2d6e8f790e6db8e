import tap from 'tap';
import { judgeQuality } from '../../lib/health/quality.js';
import type { Limits, Probe, Quality, Status, Wan } from '../../lib/model.js';
import { makeWan } from '../make.js';

const LIMITS: Limits = { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } };
const WAN = makeWan({ limits: LIMITS });

/** Ten packets, so many of them lost, the others with this RTT. */
function probe(lost: number, rtt = 20): Probe {
  const rtts = Array.from({ length: 10 - lost }, (_, i) => rtt + (i % 2));
  return { answered: lost < 10, failures: 0, targets: [], sent: 10, lost, samples: [{ sent: 10, rtts }] };
}

interface Step {
  /** Rounds of it, ten seconds apart. */
  rounds: number;
  lost?: number;
  rtt?: number;
  /** Nothing is learned. */
  nothing?: true;
  status?: Status;
  /** After the last of them. */
  degraded: boolean;
  /** Times that it changed on the way. */
  changes?: number;
}

function story(what: string, steps: Step[], wan: Wan = WAN): void {
  tap.test(what, async (t) => {
    let quality: Quality | undefined;
    let at = 1000;
    for (const [i, { rounds, lost = 0, rtt, nothing, status = 'up', degraded, changes }] of steps.entries()) {
      let changed = 0;
      for (let round = 0; round < rounds; round++) {
        at += 10;
        const before = quality?.degraded ?? false;
        quality = judgeQuality(wan, status, nothing ? undefined : probe(lost, rtt), quality, at, 10);
        if (quality?.degraded !== before) changed += 1;
      }
      t.equal(quality?.degraded, degraded, `step ${i}`);
      if (changes !== undefined) t.equal(changed, changes, `step ${i}: changes`);
    }
  });
}

story('a line that is good stays so', [{ rounds: 1000, lost: 1, degraded: false, changes: 0 }]);
story('a few packets say nothing', [
  { rounds: 1, lost: 9, degraded: false },
  { rounds: 1, lost: 9, degraded: true },
]);
story('loss, until little of it is left in the window', [
  { rounds: 12, degraded: false },
  { rounds: 6, lost: 6, degraded: false },
  { rounds: 2, lost: 6, degraded: true, changes: 1 },
  { rounds: 9, lost: 0, degraded: true },
  { rounds: 2, lost: 0, degraded: false, changes: 1 },
]);
story('between the two bounds it stays as it is', [
  { rounds: 100, lost: 2, degraded: false, changes: 0 },
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 100, lost: 2, degraded: true, changes: 0 },
]);
story('a slow line', [
  { rounds: 12, rtt: 999, degraded: false },
  { rounds: 12, rtt: 1100, degraded: true },
  { rounds: 30, rtt: 600, degraded: true },
  { rounds: 12, rtt: 400, degraded: false },
]);
story(
  'jitter, where it is asked for',
  [
    { rounds: 12, degraded: false },
    { rounds: 12, lost: 0, degraded: false },
  ],
  { ...WAN, limits: { failure: { ...LIMITS.failure, jitter: 2 }, recovery: { ...LIMITS.recovery, jitter: 2 } } },
);
story('jitter over its bound', [{ rounds: 12, degraded: true }], {
  ...WAN,
  limits: { failure: { ...LIMITS.failure, jitter: 1 }, recovery: { ...LIMITS.recovery, jitter: 1 } },
});
story('who becomes degraded again within an hour must be good for an hour', [
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 12, degraded: false },
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 360, degraded: true, changes: 0 },
  { rounds: 30, degraded: false, changes: 1 },
]);
story('a bad round begins that hour anew', [
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 12, degraded: false },
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 300, degraded: true },
  { rounds: 3, lost: 5, degraded: true },
  { rounds: 360, degraded: true },
  { rounds: 30, degraded: false },
]);
story('after a good hour, it is the first time again', [
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 400, degraded: false },
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 12, degraded: false },
]);
story('what was not seen changes nothing', [
  { rounds: 12, lost: 5, degraded: true },
  { rounds: 500, nothing: true, degraded: true, changes: 0 },
  { rounds: 1, degraded: true },
  { rounds: 1, degraded: false },
]);
story('a dead line is judged by what it is since then', [
  { rounds: 12, degraded: false },
  { rounds: 12, lost: 10, status: 'down', degraded: false },
  { rounds: 4, lost: 0, status: 'down', degraded: false, changes: 0 },
  { rounds: 100, lost: 1, degraded: false, changes: 0 },
]);
tap.test('nothing is kept of a line that nobody measures', async (t) => {
  t.equal(judgeQuality(makeWan(), 'up', probe(0), undefined, 10, 10), undefined);
  t.equal(judgeQuality({ ...WAN, enabled: false }, 'disabled', undefined, undefined, 10, 10), undefined);
});

tap.test('a line that comes and goes changes the exit twice an hour at most', async (t) => {
  for (const period of [3, 6, 12, 30, 60, 180, 300]) {
    let known: Quality = { window: [], reliability: 1, degraded: false, times: 0 };
    let changes = 0;
    const HOURS = 48;
    for (let round = 0; round < HOURS * 360; round++) {
      const isBad = Math.floor(round / period) % 2 === 1;
      const next = judgeQuality(WAN, 'up', probe(isBad ? 7 : 0), known, 1000 + round * 10, 10) as Quality;
      if (next.degraded !== known.degraded) changes += 1;
      known = next;
    }
    t.ok(changes <= 2 * HOURS, `${period * 10} s bad, ${period * 10} s good: ${changes} changes in ${HOURS} h`);
  }
});
