import tap, { type Test } from 'tap';
import type { Lab } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 3;

/** WAN i with these weights, all at the same metric. */
async function balance(lab: Lab, weights: number[], more: Record<string, string | number> = {}) {
  const wan = (weight: number, i: number) => ({
    device: `eth${i + 1}`,
    weight,
    ping_target: ['1.1.1.1', '8.8.8.8'],
    ...more,
  });
  const wans = Object.fromEntries(weights.map((weight, i) => [`wan${i + 1}`, wan(weight, i)]));
  await lab.configure(wans, { mode: 'multiuplink' });
  return lab.mwan('check');
}

/** 400 flows of the LAN client are shared within 10 points of these percentages. */
async function expectShares(t: Test, lab: Lab, wanted: number[]) {
  const shares = (await lab.flows(400)).map((count) => count / 4);
  const near = shares.every((share, i) => Math.abs(share - (wanted[i] as number)) <= 10);
  t.ok(near, `${shares.join(', ')} % for ${wanted.join(', ')} %`);
}

scenario('flows are shared by the weights of the WANs that are up', [{}, {}, {}], async (t, lab) => {
  t.equal((await balance(lab, [1, 1, 1])).exitCode, 0);
  await expectShares(t, lab, [33, 33, 33]);
  await expectQuiet(t, lab);
  await balance(lab, [3, 1, 1]);
  await expectShares(t, lab, [60, 20, 20]);

  await lab.silence(1);
  t.equal((await lab.mwan('check')).stdout, 'wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8');
  await expectShares(t, lab, [0, 50, 50]);
  await expectQuiet(t, lab);
  await lab.unplug(2);
  await lab.mwan('check');
  await expectShares(t, lab, [0, 0, 100]);
  t.match(await lab.ours(), [/^default via 100.64.3.1 dev eth3 metric 10$/], 'one is left: a plain route');
  t.ok(await lab.reaches());
  await lab.heal(1);
  await lab.plug(2);
  for (let i = 0; i < 3; i++) await lab.mwan('check');
  await expectShares(t, lab, [60, 20, 20]);
  await expectQuiet(t, lab);
});

scenario('in halves, beside a default without a metric', [{ systemMetric: 0 }, {}], async (t, lab) => {
  const before = await lab.routes();
  await balance(lab, [1, 1]);
  await expectShares(t, lab, [50, 50]);
  await lab.silence(1);
  await lab.mwan('check');
  await expectShares(t, lab, [0, 100]);
  await expectQuiet(t, lab);
  await lab.mwan('restore');
  t.strictSame(await lab.routes(), before);
});

scenario(
  'a change of mode, or another WAN that leaves, costs a flow one packet if it moves',
  [{}, {}],
  async (t, lab) => {
    await lab.configureAll();
    await lab.mwan('check');
    const traffic = lab.traffic();
    await balance(lab, [1, 1]);
    await lab.silence((await lab.exit()) === 'eth1' ? 2 : 1);
    await lab.mwan('check');
    await lab.configureAll();
    await lab.mwan('check');
    const { sent, lost } = await traffic.stop();
    t.ok(sent > 400, `${sent} packets`);
    // The masquerading kernel drops the packet with which a flow changes its WAN; three changes, at most.
    t.ok(lost <= 3, `${lost} lost`);
  },
);

scenario('a nexthop that the kernel refuses is left out, and the others share', [{}, {}, {}], async (t, lab) => {
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.1', c: '100.64.3.1' });
  await balance(lab, [1, 1, 1]);
  // A broadcast address for a gateway: the kernel takes none such, and then nothing of the route.
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.255', c: '100.64.3.1' });
  const { stderr, exitCode } = await lab.mwan('check');
  t.equal(exitCode, 4);
  t.match(stderr, /via 100\.64\.2\.255 dev eth2 .*: refused\n {2}Error: Nexthop has invalid gateway/);
  await expectShares(t, lab, [50, 0, 50]);
  t.notMatch((await lab.routes()).join('\n'), '4294967295', 'no trial route is left');
  t.equal((await lab.mwan('check')).stderr, '', 'it is said once');
});

scenario('when all are dead, everything stays', [{}, {}], async (t, lab) => {
  await balance(lab, [1, 1]);
  const before = await lab.routes();
  await lab.silence(1);
  await lab.silence(2);
  t.equal((await lab.mwan('check')).exitCode, 1);
  t.strictSame(await lab.routes(), before);
  await lab.heal(2);
  await lab.mwan('check');
  await expectShares(t, lab, [0, 100]);
});
