import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import type { Exec, Finished } from '../../lib/system/exec.js';
import { probeWan } from '../../lib/system/probe.js';
import { makeWan } from '../routing/make.js';

const ANSWER = '1 packets transmitted, 1 received, 0% packet loss, time 0ms\nrtt min/avg/max/mdev = 1.0/1.0/1.0/0.0 ms';
const SILENCE = '1 packets transmitted, 0 received, 100% packet loss, time 0ms';
/** With three packets 0.3 s apart, an attempt ends after 1.6 s, and the next one begins after 1 s. */
const WAN = makeWan({ timeout: 1, count: 3, targets: ['1.1.1.1'] });

/** What each packet meets, in their order: an answer after so many ms, or silence until ping gives up. The last one stays. */
function pings(...fates: (number | 'lost')[]): Exec {
  let sent = 0;
  const end = async (): Promise<Finished> => {
    const fate = fates[Math.min(sent++, fates.length - 1)] as number | 'lost';
    await sleep(fate === 'lost' ? 1000 : fate);
    return { stdout: fate === 'lost' ? SILENCE : ANSWER, stderr: '', exitCode: fate === 'lost' ? 1 : 0 };
  };
  return {
    env: {},
    start: () => ({ finished: end(), kill: () => {} }),
    detach: async () => {},
    find: async () => undefined,
  };
}

tap.jobs = 5;

tap.test('what came of the packets', async (t) => {
  const CASES: [string, (number | 'lost')[], number, object][] = [
    ['the first is answered', [5], 2, { answered: true, failures: 0, sent: 1, lost: 0 }],
    ['one packet is lost', ['lost', 5], 2, { answered: true, failures: 0, sent: 2, lost: 1 }],
    [
      'the second attempt is answered before the first one is over: its packets are lost',
      ['lost', 'lost', 'lost', 5],
      2,
      { answered: true, failures: 1, sent: 4, lost: 3 },
    ],
    [
      'the first attempt is answered late, while the second is under way',
      ['lost', 'lost', 650, 'lost'],
      2,
      { answered: true, failures: 0, sent: 3, lost: 2 },
    ],
    [
      'the second attempt does not wait for the end of the first',
      ['lost', 'lost', 950, 5],
      2,
      { answered: true, failures: 1, sent: 4, lost: 3 },
    ],
    ['silence', ['lost'], 2, { answered: false, failures: 2, sent: 6, lost: 6 }],
    ['silence, one attempt', ['lost'], 1, { answered: false, failures: 1, sent: 3, lost: 3 }],
  ];
  await Promise.all(
    CASES.map(async ([what, fates, attempts, expected]) => {
      t.match(await probeWan(pings(...fates), WAN, 'eth1', attempts), expected, what);
    }),
  );
});

tap.test('pings that cannot be started say nothing, and those that can may say enough', async (t) => {
  const targets = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];
  const CASES: [what: string, fates: Record<string, string>, reliability: number, expected: object][] = [
    ['none started', {}, 1, { answered: false, unstarted: true }],
    ['two lost, the third could have answered', { '1.1.1.1': SILENCE, '8.8.8.8': SILENCE }, 1, { unstarted: true }],
    ['two lost of three that must answer', { '1.1.1.1': SILENCE, '8.8.8.8': SILENCE }, 2, { unstarted: undefined }],
    ['one answers, two must', { '1.1.1.1': ANSWER }, 2, { answered: false, unstarted: true }],
    ['one answers', { '1.1.1.1': ANSWER }, 1, { answered: true, unstarted: undefined }],
  ];
  for (const [what, fates, reliability, expected] of CASES) {
    const start: Exec['start'] = (_, args) => {
      const stdout = fates[args.at(-1) as string];
      const finished = async (): Promise<Finished> =>
        stdout === undefined
          ? { stdout: '', stderr: '', failure: 'no process', unstarted: true }
          : { stdout, stderr: '', exitCode: 1 };
      return { finished: finished(), kill: () => {} };
    };
    const wan = makeWan({ timeout: 1, count: 1, targets, reliability });
    const { answered, unstarted } = await probeWan({ ...pings(5), start }, wan, 'eth1', 1);
    t.match({ answered, unstarted }, expected, what);
    if ('unstarted' in expected) t.equal(unstarted, expected.unstarted, what);
  }
});
