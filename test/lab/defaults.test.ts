import tap from 'tap';
import type { Lab } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 4;

async function rounds(lab: Lab, count: number) {
  for (let i = 0; i < count; i++) {
    await lab.later();
    await lab.mwan('check');
  }
}

scenario('a source that the system names, the only one that the ISP takes', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ip('addr add 203.0.113.5/32 dev eth1');
  await lab.router.ip('route replace default via 100.64.1.1 dev eth1 src 203.0.113.5 metric 1001 proto static');
  await lab.internet.ip('route add 203.0.113.5 via 10.255.1.1');
  await lab.isp(1).ip('route add 203.0.113.5 via 100.64.1.2');
  await lab.isp(1).nft('add rule ip lab cut ip saddr 100.64.1.2 drop');
  await lab.router.nft(`flush chain ip nat post
    add rule ip nat post oifname "eth1" ip saddr 192.168.1.0/24 snat to 203.0.113.5
    add rule ip nat post oifname "eth2" masquerade`);
  for (let i = 0; i < 3; i++) {
    const { stderr } = await lab.mwan('check -v');
    t.match(stderr, /^wan1 .* up, 0 of 2 failures$/m, `round ${i}`);
  }
  t.equal(await lab.exit(), 'eth1');
  const { exitCode } = await lab.router.run('ping', ['-n', '-c', '1', '-W', '1', '1.1.1.1'], { reject: false });
  t.equal(exitCode, 0, 'the router itself uses it');
  t.ok(await lab.reaches());
  await lab.router.ip(
    'route replace default via 100.64.1.1 dev eth1 src 203.0.113.5 mtu 1300 metric 1001 proto static',
  );
  await lab.mwan('check');
  t.match(await lab.ours(), [/eth1 .*src 203.0.113.5 .*mtu 1300/, /eth2/], 'what changes there changes here');
  await expectQuiet(t, lab);

  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: ['1.1.1.1', '8.8.8.8'] });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { mode: 'multiuplink' });
  const { stderr } = await lab.mwan('check');
  t.match(
    stderr,
    /interface 'wan1': the system's default through it has src 203.0.113.5/,
    'it has no share, and it is said',
  );
  await rounds(lab, 2);
  t.match((await lab.mwan('check -v')).stderr, /^wan1 .* up, /m, 'but can be probed');
  await lab.silence(2);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1', 'and carries everything when it is the last');
});

scenario('a smaller MTU is told to the LAN', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ip('route replace default via 100.64.1.1 dev eth1 mtu 1400 advmss 1360 metric 1001 proto static');
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  const large = await lab.client.run('ping', ['-n', '-c', '2', '-W', '1', '-M', 'do', '-s', '1422', '1.1.1.1'], {
    reject: false,
  });
  t.match(large.stdout + large.stderr, /mtu ?= ?1400/, 'in place of a black hole');
  await expectQuiet(t, lab);
});

scenario('a default through a nexthop object', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ipAll([
    'route del default dev eth1 metric 1001',
    'nexthop add id 5 via 100.64.1.1 dev eth1',
    'route add default nhid 5 proto static',
  ]);
  await lab.silence(2);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  await lab.heal(2);
  await rounds(lab, 4);
  t.match((await lab.mwan('check -v')).stderr, /^wan2 .* up, 0 of 2 failures$/m, 'the backup behind it is found well');
  t.equal(await lab.exit(), 'eth1');
  await expectQuiet(t, lab);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  await lab.heal(1);
  await rounds(lab, 4);
  t.equal(await lab.exit(), 'eth1');
  await lab.mwan('restore');
  t.strictSame(await lab.ours(), []);
});

scenario('a gateway of the other family', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const text = await lab.isp(1).ip('-6 addr show dev wan scope link');
  const [, gateway] = /inet6 (fe80[^/]*)\//.exec(text) ?? [];
  await lab.router.ip(`route replace 0.0.0.0/0 via inet6 ${gateway} dev eth1 metric 1001 proto static`);
  t.equal((await lab.mwan('check')).exitCode, 0);
  t.match(await lab.ours(), [/via inet6 fe80\S+ dev eth1 metric 10/, /eth2/]);
  t.equal(await lab.exit(), 'eth1');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
});

/** Routes of the Internet as a router that speaks BGP has them: more than a round wants to read. */
const MANY = Array.from(
  { length: 120_000 },
  (_, i) => `route add ${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24 dev eth0`,
);

scenario('a table of 120,000 routes', [{ systemMetric: 0 }, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.router.ipAll(MANY);
  t.equal((await lab.mwan('check')).exitCode, 0);
  t.equal(await lab.exit(), 'eth1');
  await lab.silence(1);
  const { ms } = await lab.mwan('check');
  t.comment(`${Math.round(ms)} ms`);
  t.equal(await lab.exit(), 'eth2');
  t.equal(await lab.exit('200.1.1.1'), 'eth2');
  t.ok(await lab.reaches());
  await expectQuiet(t, lab);
  await lab.mwan('restore');
  t.strictSame(await lab.ours(), []);
});
