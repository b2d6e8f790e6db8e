// What IPv6 must reach: hosts whose line dies are online by another one, and nobody else notices.
import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { takePrecedence } from '../precedence.js';
import { type Ipv6, TARGETS6 } from './ipv6/ipv6.js';
import { expectQuiet6, forget, QUICK, rounds, scenario6, stateOf } from './ipv6/scenario.js';
import type { Lab } from './lab.js';

takePrecedence();

tap.jobs = 4;

/** From which prefixes the client reaches the Internet, to either target. */
async function online(six: Ipv6, ...prefixes: number[]) {
  return Promise.all(
    prefixes.map(async (i) => (await Promise.all(TARGETS6.map((target) => six.reaches(i, target)))).every(Boolean)),
  );
}

/** The sources of the client's with which pings of both prefixes come to each ISP. */
async function ways(six: Ipv6, ...prefixes: number[]): Promise<string[][]> {
  await six.forget();
  await online(six, ...prefixes);
  const ours = /:1::2$/;
  return Promise.all(
    six.numbers.map(async (i) =>
      Object.keys(await six.seen(i))
        .filter((source) => ours.test(source))
        .sort(),
    ),
  );
}

const OWN = [['2001:db8:100:1::2'], ['2001:db8:200:1::2']];

scenario6('each line carries its prefix, and the dead one’s goes by the other', [{}, {}], {}, async (t, lab, six) => {
  const untouched = await six.everything();
  await six.configure({}, { mode: 'multiuplink' });
  const healthy = await lab.mwan('check');
  t.match(healthy, { exitCode: 0, stderr: '' });
  t.strictSame(await ways(six, 1, 2), OWN, 'by their own lines');
  const before = await six.everything();
  await expectQuiet6(t, lab);

  const other = six.traffic(2);
  await six.silence(1);
  t.strictSame(await online(six, 1), [false]);
  const { stdout, ms } = await lab.mwan('check');
  t.match(stdout, /^wan1\/ipv6 \(eth1\) down: no reply from 2606:4700:4700::1111, 2001:4860:4860::8888$/m);
  t.notMatch(stdout, /^wan1 /m, 'its IPv4 is well');
  t.ok(ms - healthy.ms < 6000, `${ms} ms`);
  t.strictSame(await online(six, 1, 2), [true, true]);
  t.ok((await stateOf(lab, 'wan1/ipv6')).status === 'down' && (await stateOf(lab, 'wan1')).status === 'up');
  t.match((await lab.mwan('status')).stdout, /^wan1\/ipv6 +down/m);
  t.strictSame(await six.foreign(2), {}, 'no packet with a foreign source is sent');
  t.strictSame(await ways(six, 1, 2), [[], ['2001:db8:200:1::2']]);
  await expectQuiet6(t, lab);

  await six.heal(1);
  t.match((await rounds(lab, 4)).exitCode, 0);
  t.match(await other.stop(), { lost: 0 }, 'the other prefix lost nothing');
  t.strictSame(await six.everything(), before, 'back without a trace');
  t.strictSame(await ways(six, 1, 2), OWN);
  await lab.mwan('restore');
  t.strictSame(await six.everything(), untouched, 'restore leaves nothing');
});

/** A firewall that tracks flows, as everybody has. */
const FIREWALL = `table inet fw {
  chain forward { type filter hook forward priority 0; ct state established accept; }
  chain post { type nat hook postrouting priority 100; }
}`;

scenario6(
  'flows that have begun go on by the other line, and by their own again',
  [{}, {}],
  {},
  async (t, lab, six) => {
    await six.configure(QUICK, { mode: 'multiuplink' });
    await lab.mwan('check');
    await lab.router.nft(FIREWALL);
    /** For half a second: does every packet arrive where its source is welcome? */
    const expectWelcome = async (words: string) => {
      await six.forget();
      await sleep(500);
      t.strictSame(await Promise.all([1, 2].map((i) => six.foreign(i))), [{}, {}], words);
    };
    const old = six.traffic(1, 0.05);
    await sleep(300);
    await six.silence(1);
    await lab.mwan('check');
    await expectWelcome('one that began before goes on with a source of the other line');
    const young = six.traffic(1, 0.05);
    await sleep(300);
    await six.heal(1);
    await rounds(lab, 2);
    await expectWelcome('one that began meanwhile goes on with its own');
    // Routes come before the translation: what is sent in between is lost.
    const moment = await young.stop();
    t.ok(moment.lost <= 10, `${moment.lost} of ${moment.sent} lost`);
    const { sent, lost } = await old.stop();
    t.ok(lost < sent * 0.75, `${lost} of ${sent} lost`);
  },
);

scenario6('failover: the path in charge carries all prefixes', [{}, {}], {}, async (t, lab, six) => {
  const untouched = await six.everything();
  await six.configure();
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame(await online(six, 1, 2), [true, true]);
  t.strictSame(await ways(six, 1, 2), [['2001:db8:100:1::2'], []], 'in charge, and in its prefix');
  const before = await six.everything();
  await expectQuiet6(t, lab);

  const [first, second] = [six.traffic(1), six.traffic(2)];
  await six.silence(2);
  t.match((await lab.mwan('check')).stdout, /^wan2\/ipv6 \(eth2\) down/m);
  await six.heal(2);
  await rounds(lab, 4);
  t.match(await first.stop(), { lost: 0 }, 'the backup dies, and nobody notices');
  t.match(await second.stop(), { lost: 0 }, 'nor its own hosts');

  await six.silence(1);
  await lab.mwan('check');
  t.strictSame(await online(six, 1, 2), [true, true]);
  t.strictSame(await ways(six, 1, 2), [[], ['2001:db8:200:1::2']]);
  await six.heal(1);
  await rounds(lab, 4);
  t.strictSame(await ways(six, 1, 2), [['2001:db8:100:1::2'], []]);
  t.strictSame(await six.everything(), before);
  await lab.mwan('restore');
  t.strictSame(await six.everything(), untouched);
});

/** What is broken: families by ISP; and by which the client must be online then: IPv4, IPv6. */
const FAULTS: [words: string, fault: (lab: Lab, six: Ipv6) => Promise<unknown>, exit: string][] = [
  ['IPv6 of one', (_, six) => six.silence(1), 'eth1'],
  ['IPv4 of one', (lab) => lab.silence(1), 'eth2'],
  ['both of one', (_, six) => six.silenceAll(1), 'eth2'],
  ['IPv4 of one, IPv6 of the other', (lab, six) => Promise.all([lab.silence(1), six.silence(2)]), 'eth2'],
  ['its cable', (lab) => lab.unplug(1), 'eth2'],
];

for (const mode of ['failover', 'multiuplink'] as const) {
  scenario6(`families fail alone and together; ${mode}`, [{}, {}], {}, async (t, lab, six) => {
    await six.configure(QUICK, { mode });
    await lab.mwan('check');
    const before = await six.everything();
    for (const [words, fault, exit] of FAULTS) {
      await fault(lab, six);
      const { exitCode } = await lab.mwan('check');
      t.equal(exitCode, 0, `${mode}: ${words}`);
      t.strictSame(await online(six, 1, 2), [true, true], 'IPv6');
      t.ok(await lab.reaches(), 'IPv4');
      if (mode === 'failover') t.equal(await lab.exit(), exit);
      await six.plug(1);
      for (const i of [1, 2]) await six.heal(i);
      // A line that falls again and again is not trusted so soon.
      await forget(lab);
      await rounds(lab, 2);
      t.strictSame(await six.everything(), before, 'and back');
    }
  });
}

scenario6('both dead: everything stays, and the first that is back carries all', [{}, {}], {}, async (t, lab, six) => {
  await six.configure(QUICK, { mode: 'multiuplink' });
  await lab.mwan('check');
  for (const i of [1, 2]) await six.silence(i);
  t.match((await lab.mwan('check')).exitCode, 0, 'IPv4 is well');
  await expectStill(t, lab, six);
  await six.heal(2);
  await lab.mwan('check');
  t.strictSame(await online(six, 1, 2), [true, true]);
});

async function expectStill(t: Test, lab: Lab, six: Ipv6) {
  const before = await six.everything();
  await lab.mwan('check');
  t.strictSame(await six.everything(), before, 'nothing is better, so nothing is done');
}
