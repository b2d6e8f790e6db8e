import tap, { type Test } from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { expectQuiet, onEachEngine, scenario } from './scenario.js';

tap.jobs = 5;

/** WAN i with these weights, all at the same metric. */
async function balance(lab: Lab, weights: number[], settings: Record<string, string | number> = {}) {
  const wan = (weight: number, i: number) => ({
    device: `eth${i + 1}`,
    weight,
    ping_target: TARGETS,
  });
  const wans = Object.fromEntries(weights.map((weight, i) => [`wan${i + 1}`, wan(weight, i)]));
  await lab.configure(wans, { mode: 'multiuplink', ...settings });
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
  for (let i = 0; i < 3; i++) {
    await lab.later();
    await lab.mwan('check');
  }
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

/** How many of the flows that did not go by WAN `gone` go another way than before. */
function moved(before: number[], after: number[], gone: number): string {
  const stayed = before.flatMap((isp, i) => (isp === gone ? [] : [isp === after[i]]));
  return `${stayed.filter((same) => !same).length} of ${stayed.length}`;
}

scenario('sticky: no flow of another WAN moves when one leaves, or returns', [{}, {}, {}], async (t, lab) => {
  t.match(await balance(lab, [1, 1, 1], { sticky: 1 }), { exitCode: 0, stderr: '' });
  await expectShares(t, lab, [33, 33, 33]);
  await expectQuiet(t, lab);
  t.match(
    (await lab.mwan('status')).stdout,
    /^\* default metric 10 nexthop .* \(sticky\)\n {2}default via/m,
    'one line',
  );
  const before = await lab.paths(400);
  await lab.silence(1);
  await lab.mwan('check');
  const without = await lab.paths(400);
  t.match(moved(before, without, 1), /^0 of 2\d\d$/);
  t.notOk(without.includes(1), 'nothing goes by the dead one');
  t.notOk(without.includes(0), 'and nothing is lost');
  await expectQuiet(t, lab);
  await lab.heal(1);
  for (let i = 0; i < 3; i++) {
    await lab.later();
    await lab.mwan('check');
  }
  t.match(await lab.router.ip('route show 64.0.0.0/2'), /nhid 77000000 .*eth1.*eth2.*eth3/s, 'it is a member again');
  t.equal(moved(without, await lab.paths(400), 1), '0 of 400', 'flows in use stay where they are');
  await expectQuiet(t, lab);
});

scenario('without sticky, some flows of the other WANs move', [{}, {}, {}], async (t, lab) => {
  await balance(lab, [1, 1, 1]);
  const before = await lab.paths(400);
  await lab.silence(1);
  await lab.mwan('check');
  const [, count = ''] = /^(\d+) of/.exec(moved(before, await lab.paths(400), 1)) ?? [];
  t.comment(`${moved(before, await lab.paths(400), 1)} flows moved`);
  t.ok(Number(count) > 0, 'it is what sticky is for');
});

scenario('sticky: a way that vanished with its link is made again', [{}, {}], async (t, lab) => {
  const before = await lab.routes();
  await balance(lab, [1, 1], { sticky: 1 });
  await lab.unplug(1);
  await lab.router.ip('link set eth2 down');
  await until(async () => (await lab.router.ip('nexthop show')) === '');
  await lab.plug(1);
  await lab.router.ip('link set eth2 up');
  await lab.addSystemDefault(2);
  await lab.mwan('check');
  await expectShares(t, lab, [50, 50]);
  await expectQuiet(t, lab);
  await lab.changeGateway(1);
  await lab.mwan('check');
  await expectShares(t, lab, [50, 50]);
  await lab.mwan('restore');
  t.equal(await lab.router.ip('nexthop show'), '');
  t.equal((await lab.routes()).length, before.length);
  await lab.mwan('check');
  await lab.router.ip('nexthop flush proto 77');
  await lab.router.ip('route flush proto 77');
  t.strictSame(await lab.ours(), []);
});

scenario(
  'sticky: in halves, changed to and fro, and beside nexthops of others',
  [{ systemMetric: 0 }, {}],
  async (t, lab) => {
    const before = await lab.routes();
    await lab.router.ip('nexthop add id 5 via 100.64.1.1 dev eth1');
    for (const settings of [{ sticky: 1 }, {}, { sticky: 1 }]) {
      t.match(await balance(lab, [1, 1], settings), { exitCode: 0, stderr: '' });
      await expectShares(t, lab, [50, 50]);
      await expectQuiet(t, lab);
    }
    await lab.silence(1);
    await lab.silence(2);
    await lab.mwan('check');
    await expectQuiet(t, lab);
    await lab.heal(2);
    await lab.mwan('check');
    await expectShares(t, lab, [0, 100]);
    await lab.configureAll();
    await lab.mwan('check');
    t.match(
      await lab.router.ip('nexthop show'),
      /^id 5 via 100.64.1.1 dev eth1 scope link *$/,
      'in mode failover, too',
    );
    await lab.mwan('restore');
    t.strictSame(await lab.routes(), before);
  },
);

scenario('sticky: where no group can be had, it is said once and flows are shared', [{}, {}], async (t, lab) => {
  const ip = '$(PATH=/usr/sbin:/sbin:/usr/bin:/bin command -v ip)';
  // An ip without the object, as OpenWrt's ip-tiny; then a kernel that has no such groups.
  await lab.replace('ip', `sed 's/^nexthop/nexthup/' | ${ip} "$@"`);
  const { stderr } = await balance(lab, [1, 1], { sticky: 1 });
  t.match(
    stderr,
    /^mini-mwan: option sticky: this 'ip' or kernel has no nexthop objects; .*\n {2}on Debian: apt-get install iproute2$/,
  );
  await expectShares(t, lab, [50, 50]);
  await expectQuiet(t, lab);
  await lab.replace('ip', `sed 's/type resilient/type nonsense/' | ${ip} "$@"`);
  const refused = await lab.mwan('check');
  t.match(refused.stderr, /^mini-mwan: option sticky: the kernel takes no resilient group of nexthops; /);
  t.equal(refused.exitCode, 0);
  await expectShares(t, lab, [50, 50]);
  await expectQuiet(t, lab);
  t.notMatch((await lab.mwan('status')).stdout, '!', 'and it is not tried again');
});

scenario('sticky: beside a route of somebody else on a part of the Internet', [{}, {}], async (t, lab) => {
  await lab.router.ip('route add 16.0.0.0/4 via 100.64.1.1 metric 10');
  const { stderr, exitCode } = await balance(lab, [1, 1], { sticky: 1 });
  t.match(stderr, /option sticky: somebody else has a route to 16.0.0.0\/4 with metric 10; flows are shared, but move/);
  t.equal(exitCode, 0);
  await expectQuiet(t, lab);
  await expectShares(t, lab, [50, 50]);
});

scenario('sticky: where the kernel names only the group', [{}, {}], async (t, lab) => {
  await lab.router.sysctl('net.ipv4.nexthop_compat_mode=0');
  await balance(lab, [1, 1], { sticky: 1 });
  await expectQuiet(t, lab);
  await lab.silence(1);
  await lab.silence(2);
  const before = await lab.routes();
  await lab.mwan('check');
  t.strictSame(await lab.routes(), before, 'held');
  t.match((await lab.mwan('status')).stdout, /^\* default metric 10 nexthop .* \(sticky\)$/m);
  await lab.heal(2);
  await lab.mwan('check');
  await expectShares(t, lab, [0, 100]);
});

scenario('sticky: a way that the kernel refuses is left out', [{}, {}, {}], async (t, lab) => {
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.255', c: '100.64.3.1' });
  const { stderr, exitCode } = await balance(lab, [1, 1, 1], { sticky: 1 });
  t.equal(exitCode, 4);
  t.match(stderr, /nexthop add id 77000002 via 100\.64\.2\.255 dev eth2 protocol 77: refused/);
  await expectShares(t, lab, [50, 0, 50]);
});

onEachEngine('hash_policy: set, kept, and as it was when it is wanted no more', [{}, {}], async (t, lab) => {
  const sysctl = async () => (await lab.router.run('sysctl', ['-n', 'net.ipv4.fib_multipath_hash_policy'])).stdout;
  await balance(lab, [1, 1]);
  t.equal(await sysctl(), '0', 'left alone');
  await balance(lab, [1, 1], { hash_policy: 'l4' });
  t.equal(await sysctl(), '1');
  await expectQuiet(t, lab);
  await lab.mwan('restore');
  t.equal(await sysctl(), '0');
  await lab.mwan('check');
  await lab.configureAll();
  await lab.mwan('check');
  t.equal(await sysctl(), '0', 'not in mode failover');
  await lab.router.run('sysctl', ['-q', '-w', 'net.ipv4.fib_multipath_hash_policy=2']);
  await lab.mwan('check');
  await lab.mwan('restore');
  t.equal(await sysctl(), '2', 'what somebody else has set stays');
  t.match((await balance(lab, [1, 1], { hash_policy: 'l7' })).stderr, /option hash_policy 'l7': not l3 or l4; ignored/);
});
