// Kinds of lines: dialled, without an address of the Internet, and tunnels.
import tap from 'tap';
import { Ipv6, TARGETS6 } from './ipv6/ipv6.js';
import { expectQuiet6, QUICK, rounds, stateOf } from './ipv6/scenario.js';
import type { Line6 } from './ipv6/topology.js';
import { Lab, until } from './lab.js';

tap.jobs = 3;

const PING = { iputils: undefined, BusyBox: 'exec busybox ping "$@"' };
/** Its default, as netifd makes it, and as one is made by hand. */
const DEFAULTS = {
  'a gateway of the link': 'default from 2001:db8:100::/56 via fe80::1 dev eth1',
  'no gateway': 'default from 2001:db8:100::/56 dev eth1',
};

for (const [ping, script] of Object.entries(PING)) {
  for (const [words, route] of Object.entries(DEFAULTS)) {
    tap.test(`a line as PPPoE gives it, with ${words}; ping of ${ping}`, async (t) => {
      const lab = await Lab.create([{ tunnel: true }, {}]);
      t.teardown(lab.remove);
      // Point-to-point, and the router's only address on it is that of the link.
      const six = await Ipv6.add(lab, [{ address: 'none', defaults: 'none' }, {}]);
      await lab.router.ip(`-6 route add ${route} proto static metric 512`);
      if (script !== undefined) await lab.replace('ping', script);
      await six.configure(QUICK);
      t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
      t.match([await stateOf(lab, 'wan1/ipv6'), await stateOf(lab, 'wan2/ipv6')], [{ status: 'up' }, { status: 'up' }]);
      const expect = async (what: string, by: number, own: string) => {
        await six.forget();
        t.strictSame([await six.reaches(1), await six.reaches(2)], [true, true], what);
        t.strictSame(await six.seen(by), { [own]: 2 }, `${what}: by line ${by}, as its own`);
        t.strictSame([await six.foreign(1), await six.foreign(2)], [{}, {}]);
      };
      await expect('well', 1, '2001:db8:100:1::2');
      // The router itself goes by it, too, with an address that it has on the LAN.
      const own = ['-6', '-n', '-c', '1', '-W', '1', TARGETS6[0] as string];
      t.equal((await lab.router.run('ping', own, { reject: false })).exitCode, 0, 'the router itself');
      await expectQuiet6(t, lab);
      await six.silence(1);
      await lab.mwan('check');
      await expect('dead', 2, '2001:db8:200:1::2');
      await six.heal(1);
      await rounds(lab, 2);
      await expect('well again', 1, '2001:db8:100:1::2');
    });
  }
}

const PLAIN: Line6[] = [{ defaults: 'plain' }, { defaults: 'plain' }];
const TUN = 'TUN,tun-name=vpn0,tun-type=tun,iff-no-pi,iff-up';
const SERVER = '2606:4700:4700::99';

tap.test('a tunnel to a server of IPv6 that would be led into itself is left out', async (t) => {
  const lab = await Lab.create();
  t.teardown(lab.remove);
  const six = await Ipv6.add(lab, PLAIN);
  await lab.internet.ip(`-6 addr add ${SERVER}/128 dev lo`);
  lab.internet.start('socat', [`UDP6-LISTEN:4500,bind=[${SERVER}]`, TUN]);
  lab.router.start('socat', [`UDP6:[${SERVER}]:4500`, TUN]);
  for (const [host, address] of [
    [lab.internet, 'fd09::1'],
    [lab.router, 'fd09::2'],
  ] as const) {
    await until(async () => (await host.ip('link show dev vpn0')) !== '');
    await host.ip(`-6 addr add ${address}/64 dev vpn0 nodad`);
  }
  await lab.router.ip('-6 route add default dev vpn0 metric 600');
  await lab.replace('wg', `printf 'vpn0\\tkey\\t[${SERVER}]:4500\\n'`);
  const targets = { ping_target: ['1.1.1.1'], ping_target6: TARGETS6 };
  const wan1 = { device: 'eth1', metric: 10, ...targets, ...QUICK };
  await lab.configure({ vpn: { device: 'vpn0', metric: 5, ...targets, ...QUICK }, wan1 }, { ipv6: 1 });

  const { stderr } = await lab.mwan('check');
  t.match(stderr, /interface 'vpn\/ipv6': its server 2606:4700:4700::99 .* would be led into the tunnel; left out/);
  t.match(await stateOf(lab, 'vpn/ipv6'), { status: 'disabled' });
  t.ok(await six.reaches(1), 'the line goes on');
  await rounds(lab, 2);
  await expectQuiet6(t, lab);

  const [, cure = ''] = /(ip -6 route add 2606:4700:4700::99 \S+ \S+ \S+ \S+)/.exec(stderr) ?? [];
  await lab.router.run('sh', ['-c', cure]);
  await rounds(lab, 2);
  t.match(await stateOf(lab, 'vpn/ipv6'), { status: 'up' }, 'with the route that is named it is used');
  t.match(await lab.router.ip('-6 route get 2001:4860:4860::8888'), / dev vpn0 /, 'in charge');
  await expectQuiet6(t, lab);
});
