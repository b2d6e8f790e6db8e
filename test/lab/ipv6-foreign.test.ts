// What IPv6 must leave alone: what is not ours, and everything where nobody asks for it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { createRandom } from '../random.js';
import { type Ipv6, TARGETS6 } from './ipv6/ipv6.js';
import { netifd6 } from './ipv6/netifd.js';
import { expectQuiet6, QUICK, rounds, scenario6 } from './ipv6/scenario.js';
import type { Line6 } from './ipv6/topology.js';
import { killAtFiles, killAtMoments, killMain } from './kills.js';
import type { Lab } from './lab.js';

tap.jobs = 4;

// First what takes longest.
scenario6('a round that is killed leaves what the next one mends', [{}, {}], {}, async (t, lab, six) => {
  await six.configure(QUICK, { mode: 'multiuplink' });
  await lab.mwan('check');
  const random = createRandom(Number(process.env.SEED ?? 1));
  const ways = [await killMain(lab), await killAtFiles(lab), await killAtMoments(lab, random, 6)];
  const kills = ways.flatMap((way) => random.shuffle(way).slice(0, 4));
  for (const [n, kill] of kills.entries()) {
    const dead = n % 2 === 0;
    await (dead ? six.silence(1) : six.heal(1));
    await kill.commit(lab);
    t.ok(await six.reaches(2), `${kill.name}: the other prefix is online`);
    t.match(await rounds(lab, dead ? 1 : 2), { exitCode: 0 });
    t.strictSame([await six.reaches(1), await six.reaches(2)], [true, true], 'mended');
  }
  await lab.mwan('restore');
  t.strictSame([await six.ours(), await six.table()], [[], '']);
});

/** The devices by which the client's packets leave, from each prefix to addresses in either half of the Internet. */
async function exits(lab: Lab, six: Ipv6): Promise<string[]> {
  const ways = [1, 2].flatMap((i) =>
    [...TARGETS6, 'a001::1'].map(async (target) => {
      const way = await lab.router.ip(`-6 route get ${target} from ${six.source(i)} iif eth0`, { reject: false });
      return / dev (\S+)/.exec(way)?.[1] ?? 'nowhere';
    }),
  );
  return [...new Set(await Promise.all(ways))].sort();
}

const PLAIN: Line6[] = [{ defaults: 'plain' }, { defaults: 'plain', metric: 1024 }];
/** Lines that can be outranked by halves alone. */
const FIRST: Line6[] = [{ metric: 5 }, { metric: 6 }];
const VIA = 'via fd99::1 dev vpn0';
/** VPNs that carry everything, and lines beside which they do. */
const VPNS: [words: string, setup: Line6[], lines: string[]][] = [
  ['a better default', PLAIN, [`-6 route add default ${VIA} metric 5`]],
  ['halves', FIRST, [`-6 route add ::/1 ${VIA}`, `-6 route add 8000::/1 ${VIA}`]],
  ['the public range', FIRST, [`-6 route add 2000::/3 ${VIA}`, `-6 route add 8000::/1 ${VIA}`]],
  [
    'rules, as wg-quick',
    FIRST,
    [
      `-6 route add default ${VIA} table 51820`,
      '-6 rule add not fwmark 51820 table 51820',
      '-6 rule add table main suppress_prefixlength 0',
    ],
  ],
];

for (const mode of ['failover', 'multiuplink'] as const) {
  for (const [words, setup, lines] of VPNS) {
    scenario6(`a VPN by ${words} is never outranked; ${mode}`, setup, {}, async (t, lab, six) => {
      for (const line of [
        'link add vpn0 type bridge',
        'link set vpn0 addrgenmode none',
        'addr add fd99::2/64 dev vpn0 nodad',
        'link set vpn0 up',
        ...lines,
      ])
        await lab.router.ip(line);
      await netifd6(lab, six);
      t.strictSame(await exits(lab, six), ['vpn0']);
      await six.configure(QUICK, { mode });
      t.match(await lab.mwan('check'), { exitCode: 0 });
      t.strictSame(await exits(lab, six), ['vpn0']);
      await six.silence(1);
      await lab.mwan('check');
      t.strictSame(await exits(lab, six), ['vpn0'], 'when a line is dead, too');
      await expectQuiet6(t, lab);
    });
  }
}

/** Routes of others, in table main and elsewhere. */
const STRANGERS = [
  'route add 2001:db8:f00::/48 via fe80::2 dev eth0 metric 5',
  'route add blackhole 2001:db8:f01::/48',
  'route add default via fe80::2 dev eth0 metric 9000 proto static',
  'route add default from 2001:db8:f02::/48 via fe80::2 dev eth0 metric 10',
  'route add default via fe80::1 dev eth1 table 77',
  'rule add from 2001:db8:f03::/48 table 77 pref 500',
];

scenario6('foreign routes, rules and tables stay as they are', [{}, {}], {}, async (t, lab, six) => {
  for (const line of STRANGERS) await lab.router.ip(`-6 ${line}`);
  await lab.router.nft('table ip6 mine { chain post { type nat hook postrouting priority 101; counter; }; }');
  const untouched = await six.everything();
  const isCounted = /packets \d+/;
  const others = async () => (await six.everything()).filter((line) => !isCounted.test(line));
  const expectAll = async (words: string) => {
    const now = new Set(await others());
    t.strictSame(
      untouched.filter((line) => !isCounted.test(line) && !now.has(line)),
      [],
      words,
    );
  };
  await six.configure(QUICK, { mode: 'multiuplink' });
  await lab.mwan('check');
  await expectAll('in health');
  await six.silence(1);
  await lab.mwan('check');
  await expectAll('when a line is dead');
  await lab.mwan('restore');
  t.strictSame(
    await others(),
    untouched.filter((line) => !isCounted.test(line)),
    'restore leaves nothing of ours',
  );
});

scenario6('restore in the middle of a failure, and a dry run, leave nothing', [{}, {}], {}, async (t, lab, six) => {
  const untouched = await six.everything();
  await six.configure(QUICK);
  await six.silence(1);
  t.match((await lab.mwan('check --dry-run')).stdout, /^\+ .*(::|default)/m, 'it says what it would do');
  t.strictSame(await six.everything(), untouched, 'and does not');
  await lab.mwan('check');
  t.not(await six.table(), '');
  await lab.mwan('restore');
  t.strictSame(await six.everything(), untouched);
  t.strictSame(await six.ours(), []);
});

scenario6('where nobody asks for it, nothing of IPv6 is started or changed', [{}, {}], {}, async (t, lab, six) => {
  const log = join(lab.folder, 'started');
  const real = '$(PATH=/usr/sbin:/sbin:/usr/bin:/bin command -v';
  for (const name of ['ip', 'nft', 'ping'])
    await lab.replace(
      name,
      `input=$(mktemp); [ -t 0 ] || cat >$input
echo "${name} $*" >>${log}; sed 's/^/${name}: /' $input >>${log}; exec ${real} ${name}) "$@" <$input`,
    );
  await lab.router.run('sh', ['-c', `true >${log}`]);
  const untouched = await six.everything();
  const started = async () => {
    const text = await readFile(log, 'utf8');
    await lab.router.run('sh', ['-c', `true >${log}`]);
    return text.split('\n').filter((line) => / -6|^nft|2606|2001/.test(line));
  };
  await lab.configureAll(QUICK);
  await lab.mwan('check');
  await six.silenceAll(1);
  await lab.mwan('check');
  await lab.mwan('check');
  t.strictSame(await started(), []);
  t.strictSame(await six.everything(), untouched);
  await six.configure(QUICK);
  await lab.mwan('check');
  t.ok((await started()).length > 0, 'where somebody does, it is');
});

scenario6('validate, where flows pass by routes and translation', [{}, {}], {}, async (t, lab, six) => {
  await six.configure(QUICK);
  t.notMatch((await lab.mwan('validate')).stdout, 'offload');
  // No kernel here can make such a table: what nft of OpenWrt prints.
  const chain = (flows: string) =>
    `table inet fw4 {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\t${flows}\n\t}\n}`;
  await lab.replace('nft', `cat <<'END'\n${chain('meta l4proto { tcp, udp } flow add @ft')}\nEND`);
  t.match((await lab.mwan('validate')).stdout, 'flow offload is on (table inet fw4, chain forward)');
  await lab.replace('nft', `cat <<'END'\n${chain('counter')}\nEND`);
  t.notMatch((await lab.mwan('validate')).stdout, 'offload');
});
