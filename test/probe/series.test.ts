import tap from 'tap';
import type { Wan } from '../../lib/model.js';
import { createProbe } from '../../lib/probe/probe.js';
import type { Exec, Finished } from '../../lib/system/exec.js';
import { FakeClock } from '../clock.js';
import { makeWan } from '../make.js';

/** ms of each packet's answer; undefined: it is lost. */
type Fates = (number | undefined)[];
const [A, B] = ['1.1.1.1', '8.8.8.8'];
const LIMITS = { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } };
const WAN = makeWan({ limits: LIMITS, timeout: 1, count: 3, targets: [A, B] });

/** What `ping -c N -i 0.3 -W 1` prints, and when it ends. */
function ping(fates: Fates): { stdout: string; ms: number } {
  const lines = fates.flatMap((rtt, i) =>
    rtt === undefined ? [] : [`64 bytes from x: icmp_seq=${i + 1} ttl=64 time=${rtt} ms`],
  );
  const ends = fates.map((rtt, i) => 300 * i + (rtt ?? 1000));
  const count = `${fates.length} packets transmitted, ${lines.length} received, 0% packet loss, time 0ms`;
  return { stdout: [...lines, '', count].join('\n'), ms: Math.max(...ends) };
}

/** @param fates by target: of each ping in its order; the last one stays; a text: what it prints at once */
async function probe(wan: Wan, fates: Record<string, (Fates | string)[]>, attempts = 2) {
  const clock = new FakeClock();
  const started: string[] = [];
  const running = new Set<object>();
  const start: Exec['start'] = (_, args) => {
    const target = args.at(-1) as string;
    const count = Number(args[args.indexOf('-c') + 1]);
    const own = fates[target] ?? [];
    const fate = own[Math.min(started.filter((name) => name === target).length, own.length - 1)] ?? [];
    started.push(target);
    const self = {};
    running.add(self);
    const finished = (async (): Promise<Finished> => {
      const { stdout, ms } = typeof fate === 'string' ? { stdout: fate, ms: 1 } : ping(fate.slice(0, count));
      await clock.sleep(ms);
      running.delete(self);
      return { stdout, stderr: '', exitCode: 0 };
    })();
    return { finished, kill: () => running.delete(self) };
  };
  const exec: Exec = { start, detach: async () => true, find: async () => undefined };
  const bind = (device: string) => ['-I', device];
  const found = await clock.run(
    createProbe({ engine: clock.engine, exec, bind })(wan, 'eth1', attempts, [wan.targets[0] as string]),
  );
  return { found, took: clock.now, started, left: running.size };
}

tap.test('all packets are heard out, of all targets', async (t) => {
  const { found, took, started, left } = await probe(WAN, { [A]: [[10, 12, 11]], [B]: [[30, 35, 32]] });
  t.match(found, {
    answered: true,
    failures: 0,
    sent: 6,
    lost: 0,
    targets: [
      { target: A, outcome: 'answered', rtt: 10 },
      { target: B, outcome: 'answered', rtt: 30 },
    ],
    samples: [
      { sent: 3, rtts: [10, 12, 11] },
      { sent: 3, rtts: [30, 35, 32] },
    ],
  });
  t.strictSame({ took, started, left }, { took: 632, started: [A, B], left: 0 }, 'one ping each');
});

tap.test('a packet that is lost is waited for, and none of it is a failure', async (t) => {
  const { found, took } = await probe(WAN, { [A]: [[10, 10, undefined], [10]], [B]: [[10, 10, 10]] });
  t.match(found, { answered: true, failures: 0, samples: [{ rtts: [10, 10] }, { rtts: [10, 10, 10] }] });
  t.equal(took, 1600);
});

tap.test('a dead line is known no later than by single packets', async (t) => {
  const dead = { [A]: [[undefined, undefined, undefined]], [B]: [[undefined, undefined, undefined]] };
  const measured = await probe(WAN, dead);
  const { limits: _, ...plain } = WAN;
  const single = await probe(plain, { [A]: [[undefined]], [B]: [[undefined]] });
  t.match(measured.found, {
    answered: false,
    failures: 2,
    samples: [
      { sent: 3, rtts: [] },
      { sent: 3, rtts: [] },
    ],
  });
  t.ok(measured.took <= single.took, `${measured.took} ms, ${single.took} ms`);
  t.notOk('samples' in single.found, 'nobody measures for nothing');
});

tap.test('a ping that takes no such interval probes by single packets', async (t) => {
  const { found } = await probe(WAN, {
    [A]: ["ping: invalid number '0.3'", [10]],
    [B]: ["ping: invalid number '0.3'", [20]],
  });
  t.match(found, { answered: true, failures: 0, unmeasured: "ping -i 0.3: ping: invalid number '0.3'" });
  t.notOk('samples' in found);
  t.notOk('broken' in found);
});

tap.test('a target that cannot be asked is named, and the others are measured', async (t) => {
  const page = 'http://9.9.9.9:80/';
  const noise = `\u001b[2J${'x'.repeat(500)}`;
  const { found } = await probe({ ...WAN, targets: [A, page] }, { [A]: [[10, 12, 11]], [page]: [noise] });
  t.match(found, {
    answered: true,
    samples: [
      { sent: 3, rtts: [10, 12, 11] },
      { sent: 0, rtts: [] },
    ],
    unmeasured: /^curl: /,
  });
  t.match(found.targets[1]?.instead, /^curl: \?\[2Jx{50,90}$/, 'and what it said is for scripts, too');
  const alone = await probe({ ...WAN, targets: [page] }, { [page]: ['x'] });
  t.match(alone.found, { answered: false, broken: 'x', unmeasured: 'curl: x' });
  t.notOk('samples' in alone.found, 'where nobody could be asked, nothing is measured');
});

tap.test('one that prints nothing that can be understood is broken', async (t) => {
  const { found } = await probe(WAN, { [A]: ['x'], [B]: ['x'] });
  t.match(found, { answered: false, broken: 'x' });
});
