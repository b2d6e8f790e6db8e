import tap, { type Test } from 'tap';
import type { Lab, WanSetup } from './lab.js';
import { expectQuiet, scenario as labScenario, onEachEngine } from './scenario.js';

// Rounds mostly wait for answers.
tap.jobs = 8;

/** Every scenario that leaves routes of ours ends with a round that changes nothing. */
function scenario(name: string, setup: WanSetup[], body: (t: Test, lab: Lab) => Promise<unknown>) {
  labScenario(name, setup, async (t, lab) => {
    await body(t, lab);
    if ((await lab.ours()).length > 0) await expectQuiet(t, lab);
  });
}

/** Good rounds until the WAN may be used again, at the defaults. Resolves to what the last one said. */
async function recover(lab: Lab, rounds = 3) {
  for (let i = 1; i < rounds; i++) {
    await lab.later();
    await lab.mwan('check');
  }
  await lab.later();
  return lab.mwan('check');
}

onEachEngine('silent failure, failover, recovery, failback', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const first = await lab.mwan('check');
  t.equal(first.exitCode, 0);
  t.match(first.stdout, /^wan1 \(eth1\) up: /m);
  t.equal(await lab.exit(), 'eth1');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);

  await lab.silence(1);
  t.notOk(await lab.reaches(), 'the line is dead, and nobody has noticed');
  const failover = await lab.mwan('check');
  t.equal(failover.stdout, 'wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8', 'one line at the edge');
  t.equal(failover.exitCode, 0, 'a WAN is up');
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);

  await lab.heal(1);
  await recover(lab, 2);
  t.equal(await lab.exit(), 'eth2', 'two good rounds are not enough');
  const failback = await recover(lab, 1);
  t.match(failback.stdout, /^wan1 \(eth1\) up: /);
  t.equal(await lab.exit(), 'eth1');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
});

scenario('no packet is lost to rounds that change nothing, or on the WAN that stays', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const traffic = lab.traffic();
  for (let i = 0; i < 3; i++) await lab.mwan('check');
  await lab.silence(2);
  await lab.mwan('check');
  await lab.heal(2);
  await recover(lab);
  await lab.mwan('restore');
  await lab.mwan('check');
  const { sent, lost } = await traffic.stop();
  t.ok(sent > 300, `${sent} packets`);
  t.equal(lost, 0);
});

scenario('a line that loses some packets stays in use', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.silence(1, 0.3);
  for (let i = 0; i < 5; i++) t.equal((await lab.mwan('check')).stdout, '');
  t.equal(await lab.exit(), 'eth1');
});

scenario('one target is asked, each in its turn; another one when it is silent', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  /** What is seen on wan1, and how long it takes in ms. */
  const round = async () => {
    const { stdout, stderr, exitCode } = await lab.mwan('check --verbose');
    t.match({ stdout, exitCode }, { stdout: '', exitCode: 0 });
    const [, seen = ''] = /^wan1 .* via 100\.64\.1\.1 {2}(.*?) {2}/m.exec(stderr) ?? [];
    const [, took, unit] = /^no change, ([\d.]+) (m?s)$/m.exec(stderr) ?? [];
    return { seen: seen.replace(/\d+\.\d+ ms/g, 'answered'), took: Number(took) * (unit === 's' ? 1000 : 1) };
  };
  const rounds = async () => {
    const seen: Awaited<ReturnType<typeof round>>[] = [];
    for (let i = 0; i < 6; i++) seen.push(await round());
    return seen;
  };
  const whole = await rounds();
  const [first, second] = ['1.1.1.1 answered, 8.8.8.8 not asked', '1.1.1.1 not asked, 8.8.8.8 answered'];
  t.strictSame(
    whole.map(({ seen }) => seen),
    [second, first, second, first, second, first],
  );
  await lab.isp(1).nft('add rule ip lab cut ip daddr 8.8.8.8 drop');
  const half = await rounds();
  const silent = '1.1.1.1 answered, 8.8.8.8 not waited for';
  t.strictSame(
    half.map(({ seen }) => seen),
    [silent, first, silent, first, silent, first],
  );
  const shortest = (list: { took: number }[]) => Math.min(...list.map(({ took }) => took));
  const longer = shortest(half.filter(({ seen }) => seen === silent)) - shortest(whole);
  // A packet is given up after 2 s: whoever waits for the silent one takes that much longer.
  t.ok(longer > 150 && longer < 1500, `0.3 s longer: ${longer.toFixed(0)} ms`);
  t.equal(await lab.exit(), 'eth1');
});

scenario('a line that answers one target of two is up with reliability 1, down with 2', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.isp(1).nft('add rule ip lab cut ip daddr 8.8.8.8 drop');
  t.match(await lab.mwan('check --verbose'), { stdout: '', stderr: /^wan1 .* 8\.8\.8\.8 not waited for/m });
  await lab.configureAll({ reliability: 2 });
  t.equal((await lab.mwan('check')).stdout, 'wan1 (eth1) down: no reply from 8.8.8.8');
  t.equal(await lab.exit(), 'eth2');
});

scenario('an ISP that says unreachable is down', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.isp(1).ip('route del default');
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
});

scenario('a pulled cable', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.unplug(1);
  const { stdout, stderr } = await lab.mwan('check --verbose');
  t.equal(stdout, 'wan1 (eth1) no link: eth1 has no carrier');
  t.match(stderr, /^wan1 {2}eth1 {2}no carrier +- +no link$/m, 'it is not probed');
  t.equal(await lab.exit(), 'eth2');
  await expectQuiet(t, lab);
  await lab.plug(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2', 'it must prove itself first');
  await recover(lab, 2);
  t.equal(await lab.exit(), 'eth1');
  t.ok(await lab.reaches());
});

scenario('a device that is taken down, and comes back', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.router.ip('link set eth1 down');
  t.match((await lab.mwan('check')).stdout, /wan1 \(eth1\) no link: eth1 is down/);
  t.equal(await lab.exit(), 'eth2');
  await lab.router.ip('link set eth1 up');
  t.match(
    (await lab.mwan('check')).stdout,
    /wan1 \(eth1\) no gateway: no gateway for eth1/,
    'its default went with the link',
  );
  await lab.addSystemDefault(1);
  await recover(lab);
  t.equal(await lab.exit(), 'eth1');
  await expectQuiet(t, lab);
});

scenario('a device that is deleted', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.router.ip('link del eth1');
  const { stdout, exitCode } = await lab.mwan('check');
  t.match(stdout, /wan1 \(eth1\) no link: there is no device eth1/);
  t.equal(exitCode, 0);
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
});

scenario('a gateway that changes', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.changeGateway(1);
  t.notOk(await lab.reaches(), 'the old gateway is gone');
  const { stdout } = await lab.mwan('check');
  t.match(stdout, /^\+ default via 100.64.1.254 dev eth1 metric 10\n- default via 100.64.1.1 dev eth1 metric 10$/m);
  t.equal(await lab.exit(), 'eth1');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
});

scenario('when no WAN is up, everything stays; the first that answers is used at once', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const before = await lab.routes();
  await lab.silence(1);
  await lab.silence(2);
  const { exitCode, stdout } = await lab.mwan('check');
  t.equal(exitCode, 1, 'no WAN is up');
  t.match(stdout, /wan1 \(eth1\) down.*\n.*wan2 \(eth2\) down/);
  t.strictSame(await lab.routes(), before);
  await expectQuiet(t, lab);
  await lab.heal(2);
  t.match((await lab.mwan('check')).stdout, /^wan2 \(eth2\) up: it answers, and no other WAN is up$/m);
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
});

scenario('restore leaves the table as it was before the first round', [{}, {}, { systemMetric: 0 }], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ip('route add 10.99.0.0/16 via 192.168.1.2');
  const before = await lab.routes();
  await lab.mwan('check');
  await lab.silence(1);
  await lab.mwan('check');
  t.not((await lab.ours()).length, 0);
  t.equal((await lab.mwan('restore')).exitCode, 0);
  t.strictSame(await lab.routes(), before);
  t.equal((await lab.mwan('restore')).stdout, '', 'nothing is left to remove');
});

scenario('disabled, and a WAN taken out', [{}, {}, {}], async (t, lab) => {
  const before = await lab.routes();
  await lab.configureAll();
  await lab.mwan('check');
  t.equal((await lab.ours()).length, 3);
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: '1.1.1.1' });
  await lab.configure({ wan1: wan(1), wan2: wan(2) });
  await lab.mwan('check');
  t.strictSame(
    (await lab.ours()).filter((line) => line.includes('eth3')),
    [],
    'taken out: its route is gone',
  );
  await lab.configure({ wan1: { ...wan(1), enabled: 0 }, wan2: wan(2) });
  await lab.mwan('check');
  t.equal((await lab.ours()).length, 1);
  t.equal(await lab.exit(), 'eth2');
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { enabled: 0 });
  const { exitCode, stderr } = await lab.mwan('check');
  t.equal(exitCode, 0);
  t.match(stderr, /disabled; option enabled/);
  t.strictSame(await lab.routes(), before);
  await expectQuiet(t, lab);
});

scenario('a network configuration without metrics', [{ systemMetric: 0 }, { systemMetric: 'none' }], async (t, lab) => {
  // As netifd leaves it: the second default has clobbered the first, and netifd knows both gateways.
  await lab.configureAll();
  await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
  const before = await lab.routes();
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  await expectQuiet(t, lab);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2', 'in spite of the default with metric 0');
  t.equal(await lab.exit('200.1.1.1'), 'eth2', 'the other half, too');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
  await lab.heal(1);
  await recover(lab);
  t.equal(await lab.exit(), 'eth1');
  await lab.silence(2);
  await lab.mwan('check');
  t.match(await lab.ours(), [
    /^0.0.0.0\/1 .*eth1/,
    /^default via 100.64.2.1 dev eth2 metric 901/,
    /^128.0.0.0\/1 .*eth1/,
  ]);
  await lab.heal(2);
  t.match((await lab.mwan('check -v')).stderr, /wan2 .* 1 of 3 good rounds/, 'it is probed through its probe route');
  await lab.mwan('restore');
  t.strictSame(await lab.routes(), before);
});

scenario('equal metrics are told apart in the order of the configuration', [{}, {}, {}], async (t, lab) => {
  await lab.configureAll({ metric: 10 });
  await lab.mwan('check');
  t.match(await lab.ours(), [/eth1 metric 10/, /eth2 metric 11/, /eth3 metric 12/]);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
});

scenario('the same metrics as the system has', [{ systemMetric: 10 }, { systemMetric: 20 }], async (t, lab) => {
  await lab.configureAll();
  const before = await lab.routes();
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  t.strictSame(
    (await lab.routes()).filter((line) => !line.includes('proto 77')),
    before,
    'no route of the system is touched',
  );
});

scenario('a VPN that carries everything stays in charge', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ipAll(['link add vpn0 type bridge', 'addr add 10.8.0.2/24 dev vpn0', 'link set vpn0 up']);
  await lab.router.ip('route add default via 10.8.0.1 dev vpn0');
  await lab.mwan('check');
  t.equal(await lab.exit(), 'vpn0');
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'vpn0');
  t.strictSame(
    (await lab.ours()).map((line) => line.split(' ')[4]),
    ['eth2'],
    'behind it, the WANs are steered',
  );
  await lab.router.ip('route del default dev vpn0');
  t.equal(await lab.exit(), 'eth2', 'and take over when it goes');
});

scenario(
  'a VPN in charge that only the halves could outrank',
  [{ systemMetric: 10 }, { systemMetric: 20 }],
  async (t, lab) => {
    await lab.configureAll();
    await lab.router.ipAll(['link add vpn0 type bridge', 'addr add 10.8.0.2/24 dev vpn0', 'link set vpn0 up']);
    await lab.router.ip('route add default via 10.8.0.1 dev vpn0 metric 5');
    const { stderr } = await lab.mwan('check');
    t.match(stderr, /default route of vpn0, which is no WAN, is left in charge/);
    t.equal(await lab.exit(), 'vpn0');
    await expectQuiet(t, lab);
    await lab.router.ip('route del default dev vpn0 metric 5');
    await lab.mwan('check');
    await lab.silence(1);
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth2');
  },
);

scenario('a VPN with halves of its own', [{ systemMetric: 10 }, { systemMetric: 20 }], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ipAll([
    'link add vpn0 type bridge',
    'addr add 10.8.0.2/24 dev vpn0',
    'link set vpn0 up',
    'route add 0.0.0.0/1 via 10.8.0.1 dev vpn0',
    'route add 128.0.0.0/1 via 10.8.0.1 dev vpn0',
  ]);
  t.equal((await lab.mwan('check')).exitCode, 0, 'the WANs are probed through their own devices');
  t.equal(await lab.exit(), 'vpn0');
  t.equal(await lab.exit('200.1.1.1'), 'vpn0');
  await expectQuiet(t, lab);
});

scenario('a tunnel without a gateway', [{}, { tunnel: true, systemMetric: 'none' }], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
  await lab.heal(1);
  await recover(lab);
  await lab.silence(2);
  await lab.mwan('check');
  t.match(
    await lab.ours(),
    [/eth1 metric 10/, /default dev eth2 .*metric 1003/],
    'a probe route, behind every other default',
  );
  await expectQuiet(t, lab);
  await lab.heal(2);
  await recover(lab);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2', 'it has recovered through its probe route');
});

scenario(
  'WANs by netifd interface; one without a default of its own',
  [{}, { systemMetric: 'none' }],
  async (t, lab) => {
    const wan = (name: string, metric: number) => ({ interface: name, metric, ping_target: ['1.1.1.1', '8.8.8.8'] });
    await lab.configure({ dsl: wan('wan', 10), lte: wan('wwan', 20) });
    await lab.netifd({ wan: '100.64.1.1', wwan: '100.64.2.1' });
    t.match((await lab.mwan('check')).stdout, /dsl \(eth1\) up.*\nlte \(eth2\) up/);
    await lab.silence(1);
    await lab.mwan('check');
    t.equal(await lab.exit(), 'eth2');
    t.ok(await lab.reaches());
    await lab.netifd({ wan: '100.64.1.1', wwan: undefined });
    t.match((await lab.mwan('check')).stdout, /lte \(eth2\) no link: netifd has no device for interface wwan now/);
  },
);

scenario('a gateway outside the subnet of the device', [{}, {}], async (t, lab) => {
  await lab.isp(1).ip('addr add 172.31.255.1/32 dev wan');
  await lab.router.ip('route replace default via 172.31.255.1 dev eth1 metric 1001 proto static onlink');
  await lab.configureAll();
  await lab.mwan('check');
  t.match(await lab.ours(), [/via 172.31.255.1 dev eth1 metric 10 onlink/, /eth2/]);
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
});

scenario('routes that somebody removes are put back, without a transition', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.router.ip('route flush proto 77');
  const { stdout } = await lab.mwan('check');
  t.equal(stdout, '+ default via 100.64.1.1 dev eth1 metric 10\n+ default via 100.64.2.1 dev eth2 metric 20');
  await expectQuiet(t, lab);
});

scenario('a failback delay', [{}, {}], async (t, lab) => {
  await lab.configureAll({ recovery_threshold: 1, failback_delay: 2 });
  await lab.mwan('check');
  await lab.silence(1);
  await lab.mwan('check');
  await lab.heal(1);
  t.match((await lab.mwan('check -v')).stderr, /down, answering again, \d of 2 s$/m);
  t.equal(await lab.exit(), 'eth2');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
});

scenario('a dry run changes nothing and shows the plan', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const before = await lab.routes();
  const { stdout, exitCode } = await lab.mwan('check --dry-run');
  t.equal(exitCode, 0);
  t.match(
    stdout,
    /^\+ default via 100.64.1.1 dev eth1 metric 10\n\+ default via 100.64.2.1 dev eth2 metric 20\n2 changes not made \(dry run\), /m,
  );
  t.strictSame(await lab.routes(), before);
  t.match((await lab.mwan('status')).stderr, /no round has run yet/, 'nor is a state file written');
});

scenario('BusyBox ping', [{}, {}], async (t, lab) => {
  await lab.replace('ping', 'exec busybox ping "$@"');
  await lab.configureAll();
  t.match((await lab.mwan('check -v')).stderr, /wan1 .*1\.1\.1\.1 \d+\.\d+ ms/);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
});
