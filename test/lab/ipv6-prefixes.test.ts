// What prefixes and addresses lines may have, and the hosts behind them.
import tap from 'tap';
import { netifd6 } from './ipv6/netifd.js';
import { QUICK, rounds, scenario6, stateOf } from './ipv6/scenario.js';
import { defaultsOf, type Line6, prefixOf, routerOn, TARGETS6, wanAddress } from './ipv6/topology.js';
import { TARGETS } from './lab.js';

tap.jobs = 5;

/** Lines that differ from the usual, each with what the dead line's client is then known by: a pattern. */
const LINES: [words: string, setup: Line6[], as: RegExp][] = [
  ['/48 and /56', [{ delegated: 48 }, { delegated: 56 }], /^2001:db8:200:1::2$/],
  ['/56 and /64', [{ delegated: 56 }, { delegated: 64 }], /^2001:db8:200:1::2$/],
  ['/64 and /56', [{ delegated: 64 }, { delegated: 56 }], /^2001:db8:2\d\d:\w*:?:2$/],
  ['nothing delegated by the other', [{}, { delegated: 'none' }], /^2001:db8:200:ff::2$/],
  ['no global address on the WANs', [{ address: 'none' }, { address: 'none' }], /^2001:db8:200:1::2$/],
  ['one address on the WANs', [{ address: '/128' }, { address: '/128' }], /^2001:db8:200:1::2$/],
  ['plain defaults', [{ defaults: 'plain' }, { defaults: 'plain', metric: 1024 }], /^2001:db8:200:1::2$/],
  ['plain defaults of one metric', [{ defaults: 'plain' }, { defaults: 'plain' }], /^2001:db8:200:1::2$/],
  [
    'plain defaults as advertised',
    [{ defaults: 'plain', metric: 1024 }, { defaults: 'by source' }],
    /^2001:db8:200:1::2$/,
  ],
];

for (const mode of ['failover', 'multiuplink'] as const) {
  for (const [words, setup, as] of LINES) {
    scenario6(`${words}; ${mode}`, setup, {}, async (t, lab, six) => {
      const untouched = await six.everything();
      // Only netifd knows whose prefix is whose where the routes do not say it.
      if (setup.some(({ defaults }) => defaults === 'plain')) await netifd6(lab, six);
      const { prefixes } = six.lan;
      const all = async () => (await Promise.all(prefixes.map((i) => six.reaches(i)))).every(Boolean);
      await six.configure(QUICK, { mode });
      t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
      t.ok(await all(), 'all are online');
      await six.silence(1);
      t.match((await lab.mwan('check')).stdout, /^wan1\/ipv6 \(eth1\) down/m);
      await six.forget();
      t.ok(await all(), 'when one line is dead, too');
      t.match(Object.keys(await six.seen(2)), new Array(1).fill(as));
      t.strictSame(await six.foreign(2), {});
      await six.heal(1);
      await rounds(lab, 3);
      t.ok(await all(), 'and when it is back');
      await lab.mwan('restore');
      t.strictSame(await six.everything(), untouched);
    });
  }

  scenario6(`a LAN with nothing but a ULA; ${mode}`, [{}, {}], { prefixes: [], ula: true }, async (t, lab, six) => {
    t.notOk(await six.reaches(0));
    await six.configure(QUICK, { mode });
    await lab.mwan('check');
    t.ok(await six.reaches(0), 'it is online, which no system does for it');
    await six.silence(1);
    await lab.mwan('check');
    t.ok(await six.reaches(0));
    t.strictSame([await six.foreign(1), await six.foreign(2)], [{}, {}]);
    await six.heal(1);
    await rounds(lab, 3);
    t.ok(await six.reaches(0));
  });

  scenario6(`a LAN with a ULA beside prefixes; ${mode}`, [{}, {}], { ula: true }, async (t, lab, six) => {
    await six.configure(QUICK, { mode });
    await lab.mwan('check');
    await six.silence(1);
    await lab.mwan('check');
    t.strictSame(await Promise.all([0, 1, 2].map((i) => six.reaches(i))), [true, true, true]);
    const near = ['fd00:1::aa1', six.source(2)];
    await lab.router.ip('addr add fd00:1::aa1/64 dev eth0 nodad');
    for (const address of near) {
      const from = address === near[0] ? six.source(0) : six.source(1);
      const words = ['-6', '-c1', '-W1', '-I', from, address];
      t.equal((await lab.client.run('ping', words, { reject: false })).exitCode, 0, 'the LAN reaches itself');
    }
  });
}

const FIRST: Line6[] = [{ metric: 5 }, { metric: 5 }, { metric: 5, address: '/128' }];

scenario6(
  'defaults of the system that stand before ours, by source and plain',
  FIRST,
  { ula: true },
  async (t, lab, six) => {
    for (const i of [1, 2, 3]) await lab.router.ip(`-6 route add default via fe80::${i} dev eth${i} metric ${4 + i}`);
    const untouched = await six.everything();
    await six.configure(QUICK);
    const expect = async (words: string, by: number) => {
      await six.forget();
      const online = await Promise.all([0, 1, 2, 3].map((i) => six.reaches(i)));
      t.strictSame(online, [true, true, true, true], `${words}: sources of the site, and of each line`);
      const own = ['-6', '-n', '-c', '1', '-W', '1', TARGETS6[0] as string];
      t.equal((await lab.router.run('ping', own, { reject: false })).exitCode, 0, `${words}: the router itself`);
      for (const i of [1, 2, 3].filter((i) => i !== by))
        t.strictSame(await six.seen(i), {}, `${words}: none by line ${i}`);
      t.strictSame(await six.foreign(by), {});
    };
    await lab.mwan('check');
    await expect('well', 1);
    await six.silence(1);
    await lab.mwan('check');
    await expect('the first is dead', 2);
    await six.silence(2);
    await lab.mwan('check');
    await expect('the second, too', 3);
    await six.heal(2);
    await rounds(lab, 2);
    await expect('the second is back', 2);
    await six.heal(1);
    await rounds(lab, 2);
    await expect('both are', 1);
    await lab.mwan('restore');
    t.strictSame(await six.everything(), untouched);
  },
);

scenario6('one prefix on the LAN', [{}, {}], { prefixes: [1] }, async (t, lab, six) => {
  await six.configure(QUICK, { mode: 'multiuplink' });
  await lab.mwan('check');
  t.ok(await six.reaches(1));
  await six.silence(1);
  await lab.mwan('check');
  t.ok(await six.reaches(1), 'by the other line, though nobody has an address of it');
  t.strictSame(await six.foreign(2), {});
});

scenario6('a line without IPv6', [{}, undefined], {}, async (t, lab, six) => {
  await six.configure(QUICK);
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  const before = await six.everything();
  await six.silence(1);
  t.match(await lab.mwan('check'), { exitCode: 0 });
  t.strictSame(await six.everything(), before, 'there is nothing better');
  t.ok(await lab.reaches(), 'IPv4 is well');
  await six.heal(1);
  await lab.silence(1);
  await lab.mwan('check');
  t.strictSame(
    [await lab.exit(), await lab.reaches(), await six.reaches(1)],
    ['eth2', true, true],
    'a line for each family',
  );
});

scenario6('only the backup has IPv6', [undefined, {}], {}, async (t, lab, six) => {
  await six.configure(QUICK);
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame([await lab.exit(), await six.reaches(2)], ['eth1', true]);
});

scenario6('prefixes that change and vanish are followed in the same round', [{}, {}], {}, async (t, lab, six) => {
  await six.configure(QUICK, { mode: 'multiuplink' });
  await lab.mwan('check');
  await six.silence(1);
  await lab.mwan('check');
  const expect = async (words: string, ...prefixes: number[]) => {
    t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' }, words);
    await six.forget();
    for (const i of prefixes) t.ok(await six.reaches(i), `${words}, from ${six.source(i)}`);
    t.strictSame(await six.foreign(2), {});
  };
  await six.changePrefix(2);
  await expect('that of the line in charge', 1, 2);
  await six.changePrefix(1);
  await expect('that of the dead line', 1, 2);
  await six.withdraw(2);
  await expect('none any more', 1);
  t.notMatch(await six.table(), /2001:db8:2[01]0:1:/, 'nothing becomes what is not there');
  await six.heal(1);
  await rounds(lab, 2);
  await expect('well', 1);
});

scenario6('an interface that is taken down, whose prefix hosts still have', [{}, {}], {}, async (t, lab, six) => {
  await netifd6(lab, six);
  const wan = (i: number) => ({ interface: `wan${i}`, interface6: `wan${i}_6`, metric: 10 * i });
  const targets = { ping_target: TARGETS, ping_target6: TARGETS6, ...QUICK };
  await lab.configure({ wan1: { ...wan(1), ...targets }, wan2: { ...wan(2), ...targets } }, { ipv6: 1 });
  await lab.mwan('check');
  for (const route of defaultsOf(six.line(1))) await lab.router.ip(`-6 route del ${route}`);
  await lab.router.ip(`-6 addr del ${wanAddress(six.line(1))}/64 dev eth1`);
  await netifd6(lab, six, [1]);
  for (const round of ['the first', 'the next']) {
    await rounds(lab, 1);
    t.match(await stateOf(lab, 'wan1/ipv6'), { status: 'interface_down' });
    t.strictSame([await six.reaches(1), await six.reaches(2)], [true, true], `${round} round`);
  }
  t.strictSame(await six.foreign(2), {});
  await lab.router.ip(`-6 addr del ${routerOn(six.line(1))}/64 dev eth0`);
  await lab.mwan('check');
  t.notMatch(await six.table(), prefixOf(six.line(1)), 'the LAN has none of it');
});
