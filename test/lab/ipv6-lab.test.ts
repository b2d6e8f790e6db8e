import tap from 'tap';
import { type Ipv6, TARGETS6 } from './ipv6/ipv6.js';
import { netifd6 } from './ipv6/netifd.js';
import { scenario6 } from './ipv6/scenario.js';
import type { Lab } from './lab.js';

tap.jobs = 3;
const TARGET = TARGETS6[0] as string;

/** What ISPs saw of one ping from the router: the source. */
async function ping(lab: Lab, six: Ipv6, words: string, program: string[] = ['ping']) {
  await six.forget();
  const [first = '', ...more] = [...program, '-6', '-c1', '-W1', ...words.split(' '), TARGET];
  const { exitCode } = await lab.router.run(first, more, { reject: false });
  const seen = await Promise.all([1, 2].map(async (i) => Object.keys(await six.seen(i))));
  return { answered: exitCode === 0, seen };
}
const BUSYBOX = ['busybox', 'ping'];

scenario6('each prefix has its line', [{}, {}], {}, async (t, lab, six) => {
  for (const target of TARGETS6)
    for (const i of [1, 2]) t.ok(await six.reaches(i, target), `${target} from ${six.source(i)}`);
  t.strictSame(await six.seen(1), { '2001:db8:100:1::2': 2 });
  t.strictSame(await six.seen(2), { '2001:db8:200:1::2': 2 });
  t.ok(await lab.reaches(), 'IPv4 as ever');

  await six.silence(1);
  t.strictSame([await six.reaches(1), await six.reaches(2), await lab.reaches()], [false, true, true], 'IPv6 alone');
  await six.heal(1);
  await lab.silence(1);
  t.strictSame([await six.reaches(1), await six.reaches(2), await lab.reaches()], [true, true, false], 'IPv4 alone');
  await six.silenceAll(1);
  t.strictSame([await six.reaches(1), await lab.reaches()], [false, false]);
  await six.heal(1);
  await lab.unplug(1);
  t.notOk(await six.reaches(1));
  await six.plug(1);
  t.strictSame([await six.reaches(1), await lab.reaches()], [true, true]);

  await lab.router.ip('-6 route add default from 2001:db8:100::/56 via fe80::2 dev eth2 metric 1');
  t.notOk(await six.reaches(1));
  t.match(await six.foreign(2), { '2001:db8:100:1::2': 1 }, 'an ISP drops what is not its own');
});

scenario6(
  'the dead prefix by the other line: halves alone do not do it, with a translation they do',
  [{}, {}],
  {},
  async (t, lab, six) => {
    const before = await six.everything();
    const other = six.traffic(2);
    await six.silence(1);
    const halves = ['::/1', '8000::/1'].map((half) => `${half} from 2001:db8:100::/56 proto 77`);
    for (const half of halves) await lab.router.ip(`-6 route add ${half} via fe80::2 dev eth2`);
    t.notOk(await six.reaches(1));
    const rule = 'oifname "eth2" ip6 saddr 2001:db8:100:1::/64';
    const translation = (how: string) =>
      lab.router.nft(`table ip6 mini_mwan {
      chain post { type nat hook postrouting priority 99; ${rule} ${how}; }\n}`);
    for (const [how, source] of [
      ['snat ip6 prefix to 2001:db8:200:1::/64', '2001:db8:200:1::2'],
      ['masquerade', '2001:db8:200:ff::2'],
    ] as const) {
      await translation(how);
      await six.forget();
      t.ok(await six.reaches(1), how);
      t.ok(Object.keys(await six.seen(2)).includes(source), source);
      await lab.router.nft('delete table ip6 mini_mwan');
    }
    await six.heal(1);
    for (const half of halves) await lab.router.ip(`-6 route del ${half}`);
    t.ok(await six.reaches(1));
    t.match(await other.stop(), { lost: 0 }, 'the other prefix lost nothing');
    t.strictSame(await six.everything(), before, 'without a trace');
  },
);

/** Plain defaults, behind all others. */
const plain = (i: number, more = '') => `default via fe80::${i} dev eth${i} metric 400000000${i} proto 77${more}`;

scenario6('ping from a device', [{}, {}], {}, async (t, lab, six) => {
  for (const program of [['ping'], BUSYBOX])
    t.strictSame(
      await ping(lab, six, '-I eth1', program),
      { answered: false, seen: [[], []] },
      'netifd’s defaults do not do',
    );
  t.ok((await ping(lab, six, '-I eth1 -I 2001:db8:100:ff::2')).answered, 'but for its own address');
  for (const i of [1, 2]) await lab.router.ip(`-6 route add ${plain(i)}`);
  for (const leads of ['default from ::/1', '::/1']) {
    await lab.router.ip(`-6 route add ${leads} via fe80::2 dev eth2`);
    for (const program of [['ping'], BUSYBOX]) {
      t.strictSame(await ping(lab, six, '-I eth1', program), { answered: true, seen: [['2001:db8:100:ff::2'], []] });
      t.strictSame(await ping(lab, six, '-I eth2', program), { answered: true, seen: [[], ['2001:db8:200:ff::2']] });
    }
  }
  t.notOk((await ping(lab, six, '-I eth1 -I 2001:db8:100:ff::2', BUSYBOX)).answered, 'BusyBox takes the last -I alone');
});

scenario6(
  'ping from a device without a global address',
  [{ address: 'none' }, { address: 'none' }],
  {},
  async (t, lab, six) => {
    for (const i of [1, 2]) await lab.router.ip(`-6 route add ${plain(i)}`);
    t.notOk((await ping(lab, six, '-I eth1')).answered, 'it comes from the wrong prefix');
    for (const i of [1, 2]) await lab.router.ip(`-6 route replace ${plain(i, ` src 2001:db8:${i}00:1::1`)}`);
    for (const program of [['ping'], BUSYBOX])
      t.strictSame(await ping(lab, six, '-I eth1', program), { answered: true, seen: [['2001:db8:100:1::1'], []] });
  },
);

scenario6(
  'other lines: their lengths, a ULA, IPv4 only',
  [{ delegated: 48, address: '/128' }, { delegated: 64 }, undefined],
  { prefixes: [1, 2], ula: true },
  async (t, lab, six) => {
    t.strictSame([await six.reaches(1), await six.reaches(2), await six.reaches(0)], [true, true, false]);
    await six.changePrefix(1);
    t.equal(six.source(1), '2001:db8:110:1::2');
    t.strictSame([await six.reaches(1), await six.reaches(2)], [true, true]);
    await netifd6(lab, six);
    const dump = async () =>
      JSON.parse((await lab.router.run('sh', ['-c', `PATH=${lab.path} ubus call network.interface dump`])).stdout)
        .interface;
    t.match(
      (await dump()).map((face: { interface: string }) => face.interface),
      ['lan', 'wan1', 'wan1_6', 'wan2', 'wan2_6', 'wan3'],
    );
    t.match((await dump())[2]['ipv6-prefix'], [
      { address: '2001:db8:110::', mask: 48, assigned: { lan: { address: '2001:db8:110:1::' } } },
    ]);
    await six.withdraw(2);
    t.strictSame(
      [await six.reaches(1), await six.routes('default dev eth2')],
      [true, ['default from 2001:db8:200:ff::/64 via fe80::2 proto static metric 512 pref medium']],
    );
    await netifd6(lab, six);
    t.match((await dump())[4]['ipv6-prefix'], []);
  },
);

scenario6(
  'plain defaults of one metric share what only one ISP takes',
  [{ defaults: 'plain' }, { defaults: 'plain' }],
  {},
  async (t, lab, six) => {
    t.match(await six.routes('default'), [/^default .*metric 512.*fe80::1 dev eth1.*fe80::2 dev eth2/]);
    // Flows are shared by their addresses.
    const targets = Array.from({ length: 16 }, (_, n) => `2606:4700::${n}`);
    const words = (target: string) => ['-6', '-c1', '-W0.1', '-I', six.source(1), target];
    await Promise.all(targets.map((target) => lab.client.run('ping', words(target), { reject: false })));
    t.ok((await six.foreign(2))[six.source(1)], 'so it is lost');
  },
);
