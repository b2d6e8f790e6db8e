import tap from 'tap';
import { type Lab, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 4;

/** Addresses in every part of the Internet. */
const PLACES = ['1.1.1.1', '9.9.9.9', '100.1.1.1', '200.1.1.1'];

async function addVpn(lab: Lab): Promise<void> {
  await lab.router.ipAll(['link add vpn0 type bridge', 'addr add 10.99.0.2/24 dev vpn0', 'link set vpn0 up']);
}

/** The devices by which the LAN client's packets leave, each once. */
async function exits(lab: Lab): Promise<string[]> {
  return [...new Set(await Promise.all(PLACES.map((place) => lab.exit(place))))].sort();
}

/** As wg-quick makes them: all but the VPN's own packets go to its table, and of table main only what is no default counts. */
const VPN_BY_RULES = [
  'route add default via 10.99.0.1 dev vpn0 table 51820',
  'rule add not fwmark 51820 table 51820',
  'rule add table main suppress_prefixlength 0',
];

for (const mode of ['failover', 'multiuplink'] as const) {
  for (const [systemMetric, what] of [
    [0, 'no metrics'],
    [1001, 'metrics above ours'],
  ] as const) {
    scenario(`a VPN by rules is not bypassed; ${mode}, ${what}`, [{ systemMetric }, {}], async (t, lab) => {
      const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: ['1.1.1.1', '8.8.8.8'] });
      await lab.configure({ wan1: wan(1), wan2: wan(2) }, { mode, sticky: 1 });
      await addVpn(lab);
      await lab.router.ipAll(VPN_BY_RULES);
      const { exitCode, stderr } = await lab.mwan('check');
      t.equal(exitCode, 0);
      t.strictSame(await exits(lab), ['vpn0']);
      if (systemMetric === 0) t.match(stderr, /rules keep traffic for a VPN or a policy/, 'it is said');
      if (mode === 'multiuplink') t.match(stderr, /option sticky: a VPN or a policy lets only longer routes/);
      await expectQuiet(t, lab);
      const { stdout } = await lab.mwan('validate');
      t.match(stdout, /a VPN or a policy goes before all default routes \(ip rule, priority \d+, \d+\)/);
      t.notMatch(stdout, /ip rule del/, 'nobody is told to delete what the VPN needs');
      await lab.router.ipAll(['rule del not fwmark 51820 table 51820', 'rule del table main suppress_prefixlength 0']);
      await lab.mwan('check');
      t.ok(
        (await exits(lab)).every((exit) => exit.startsWith('eth')),
        'and the WANs take over when it goes',
      );
      t.ok(await lab.reaches());
    });
  }
}

scenario('a policy whose rule lets halves through, and not parts', [{ systemMetric: 0 }, {}], async (t, lab) => {
  await lab.configureAll();
  await addVpn(lab);
  await lab.router.ipAll([
    'route add default via 10.99.0.1 dev vpn0 table 100',
    'rule add pref 30000 table 100',
    'rule add pref 29999 lookup main suppress_prefixlength 1',
  ]);
  await lab.mwan('check');
  t.strictSame(await exits(lab), ['vpn0']);
});

for (const [what, prefixes] of [
  ['four quarters', ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2']],
  [
    'the public ranges',
    [
      '0.0.0.0/5',
      '8.0.0.0/7',
      '11.0.0.0/8',
      '12.0.0.0/6',
      '16.0.0.0/4',
      '32.0.0.0/3',
      '64.0.0.0/2',
      '128.0.0.0/2',
      '192.0.0.0/9',
      '196.0.0.0/6',
      '200.0.0.0/5',
    ],
  ],
] as const) {
  scenario(
    `a VPN that covers the Internet by ${what} keeps it from sticky`,
    [{ systemMetric: 0 }, {}],
    async (t, lab) => {
      const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: ['1.1.1.1', '8.8.8.8'] });
      await lab.configure({ wan1: wan(1), wan2: wan(2) }, { mode: 'multiuplink', sticky: 1 });
      await lab.mwan('check');
      await addVpn(lab);
      await lab.router.ipAll(prefixes.map((prefix) => `route add ${prefix} via 10.99.0.1 dev vpn0`));
      const { stderr } = await lab.mwan('check');
      t.match(stderr, /option sticky: somebody else has a route to .*, which must stay in charge of it/);
      t.strictSame(await exits(lab), ['vpn0']);
      await expectQuiet(t, lab);
    },
  );
}

const tun = 'TUN,tun-name=vpn0,tun-type=tun,iff-no-pi,iff-up';

scenario(
  'a tunnel that would be led into itself is left out until its server has a route',
  [{}, {}],
  async (t, lab) => {
    const targets = { ping_target: ['1.1.1.1', '8.8.8.8'] };
    await lab.configure({
      vpn: { device: 'vpn0', metric: 5, ...targets },
      wan1: { device: 'eth1', metric: 10, ...targets },
    });
    // Its server stands in the Internet of the lab, and knows the way back.
    await lab.internet.ip('addr add 8.8.4.4/32 dev lo');
    lab.internet.start('socat', ['UDP-LISTEN:4500,bind=8.8.4.4', tun]);
    lab.router.start('socat', ['UDP:8.8.4.4:4500', tun]);
    await until(async () => (await lab.internet.ip('link show dev vpn0')) !== '');
    await until(async () => (await lab.router.ip('link show dev vpn0')) !== '');
    await lab.internet.ip('addr add 10.9.0.1 peer 10.9.0.2 dev vpn0');
    await lab.router.ip('addr add 10.9.0.2 peer 10.9.0.1 dev vpn0');
    // Only its program knows where it leads.
    await lab.replace('wg', "printf 'vpn0\\tkey\\t8.8.4.4:4500\\n'");
    const { stderr } = await lab.mwan('check');
    t.match(stderr, /interface 'vpn': its server 8\.8\.4\.4 has no route of its own/);
    const [, cure = ''] = /(ip route add 8\.8\.4\.4 .*)/.exec((await lab.mwan('validate')).stdout) ?? [];
    for (let i = 0; i < 3; i++) {
      await lab.mwan('check');
      t.equal(await lab.exit(), 'eth1', 'it is not used');
    }
    await expectQuiet(t, lab);
    await lab.router.run('sh', ['-c', cure]);
    await lab.mwan('check');
    t.equal(await lab.exit(), 'vpn0', 'with the route that validate names it is');
    t.ok(await lab.reaches(), 'and works');
    await expectQuiet(t, lab);
  },
);
