import tap, { type Test } from 'tap';
import type { Lab } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';
import { answering, serveOn } from './services.js';

tap.jobs = 4;

/** A service that says what it hears: by this port on the LAN client, and by that one on the router itself. */
const FORWARDED = 8080;
const OWN = 9090;

const address = (i: number) => `100.64.${i}.2`;
const servicesOf = (i: number) =>
  [FORWARDED, OWN].flatMap((port) => ['tcp', 'udp'].map((kind) => `${kind} ${address(i)} ${port}`));

/** Services on the client and on the router; and ISPs that let nothing pass with an address that is not theirs, as most do. */
async function serve(lab: Lab, wans: number[]): Promise<void> {
  const kinds = (host: string, port: number) => ['tcp', 'udp'].map((kind) => `${kind} ${host} ${port}`);
  await serveOn(lab.client, kinds('0.0.0.0', FORWARDED));
  // Whoever answers by UDP must say from which address.
  await serveOn(
    lab.router,
    wans.flatMap((i) => kinds(address(i), OWN)),
  );
  const port = `{ ${FORWARDED} }`;
  await lab.router.nft(`add chain ip nat pre { type nat hook prerouting priority -100; }
    add rule ip nat pre iifname != "eth0" tcp dport ${port} dnat to 192.168.1.2
    add rule ip nat pre iifname != "eth0" udp dport ${port} dnat to 192.168.1.2`);
  for (const i of wans) {
    await lab.isp(i).nft(`add chain ip lab strict { type filter hook forward priority 2; }
      add rule ip lab strict iifname "wan" ip saddr != 100.64.${i}.0/24 counter drop`);
  }
}

/** Packets that left by a line that they do not belong to. */
async function misled(lab: Lab, wans: number[]): Promise<number> {
  const lists = wans.map(async (i) => (await lab.isp(i).run('nft', ['list', 'chain', 'ip', 'lab', 'strict'])).stdout);
  return (await Promise.all(lists)).reduce((sum, text) => sum + Number(/packets (\d+)/.exec(text)?.[1]), 0);
}

/** The router itself begins something from one of its addresses: three packets. */
async function begins(lab: Lab, from: string): Promise<void> {
  await lab.router.run('ping', ['-n', '-c', '3', '-i', '0.1', '-W', '1', '-I', from, '9.9.9.9'], { reject: false });
}

/** So many packets of ping left by the VPN. */
async function byVpn(lab: Lab): Promise<number> {
  const { stdout } = await lab.router.run('nft', ['list', 'chain', 'ip', 'nat', 'tunnelled']);
  return Number(/packets (\d+)/.exec(stdout)?.[1]);
}

/** Everything that we could leave behind, or take away from others. */
async function traces(lab: Lab): Promise<string[]> {
  const [rules, routes] = [await lab.router.ip('rule show'), await lab.router.ip('route show table all type unicast')];
  const { stdout } = await lab.router.run('nft', ['list', 'ruleset']);
  return [
    rules,
    routes
      .split('\n')
      .filter((line) => !/fe80|ff00/.test(line))
      .join('\n'),
    stdout,
  ];
}

/** Does a part of the traces name what leads answers? */
const isAbout = (text: string) => /mini_mwan|table 77\d\d proto 77|^\d+:.* proto 77/m.test(text);

async function expectServices(t: Test, lab: Lab, wans: number[], words: string) {
  const services = wans.flatMap(servicesOf);
  t.strictSame(await answering(lab, services), services, words);
}

for (const [settings, setup] of [
  [{ mode: 'failover' }, [{ systemMetric: 0 }, {}]],
  [{ mode: 'multiuplink', sticky: 1 }, [{}, {}]],
] as const) {
  scenario(`what comes in by a line is answered by it, in mode ${settings.mode}`, [...setup], async (t, lab) => {
    await serve(lab, [1, 2]);
    const served = await traces(lab);
    const fast = { recovery_threshold: 3, ping_count: 1, ping_timeout: 1, failure_threshold: 1 };
    await lab.configureAll(fast, settings);
    await lab.mwan('check');
    const udp = [1, 2].flatMap(servicesOf).filter((words) => words.startsWith('udp'));
    t.not((await answering(lab, udp, 500)).length, udp.length, 'it is not so by itself');
    const exits = async () => Promise.all(['1.1.1.1', '9.1.1.1', '99.1.1.1', '200.1.1.1'].map((to) => lab.exit(to)));
    const usual = await exits();
    await lab.configureAll(fast, { ...settings, inbound: 1 });
    t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
    await expectServices(t, lab, [1, 2], 'by both');
    await expectQuiet(t, lab);
    t.strictSame(await exits(), usual, 'what the LAN sends goes as it did');

    const wrong = await misled(lab, [1, 2]);
    await lab.silence(1);
    await lab.mwan('check');
    await expectServices(t, lab, [2], 'after a failover');
    await lab.heal(1);
    await expectServices(t, lab, [1, 2], 'a line that is down by its probes answers, too');
    await lab.changeGateway(2);
    await lab.mwan('check');
    await expectServices(t, lab, [1, 2], 'by another gateway in the same round');
    t.equal(await misled(lab, [1, 2]), wrong, 'nothing went by the wrong line');

    await lab.configureAll(fast, settings);
    await lab.mwan('check');
    t.strictSame((await traces(lab)).filter(isAbout), [], 'without the option, nothing is left of it');
    await lab.configureAll(fast, { ...settings, inbound: 1 });
    await lab.mwan('check');
    await lab.mwan('restore');
    const routes = served[1]?.replace('via 100.64.2.1 ', 'via 100.64.2.254 ');
    t.strictSame(await traces(lab), [served[0], routes, served[2]], 'nor with restore');
  });
}

const ALL = [1, 2].flatMap(servicesOf);
const quick = { recovery_threshold: 1, ping_count: 1, ping_timeout: 1, failure_threshold: 1 };

scenario('VPNs and policies stay in charge of what is theirs', [{}, {}], async (t, lab) => {
  await serve(lab, [1, 2]);
  await lab.router.ipAll(['link add vpn0 type bridge', 'addr add 10.99.0.2/24 dev vpn0', 'link set vpn0 up']);
  await lab.router.nft(`add chain ip nat tunnelled { type filter hook postrouting priority 0; }
    add rule ip nat tunnelled oifname "vpn0" icmp type echo-request counter`);
  await lab.configureAll(quick, { inbound: 1 });
  const nothing = await traces(lab);
  const planned = await lab.mwan('check --dry-run --verbose');
  t.match(planned.stdout, /^\+ nft table inet mini_mwan for what comes in by wan1, wan2$/m);
  t.strictSame(await traces(lab), nothing, 'a dry run does nothing');
  const folder = `${lab.folder}/recorded`;
  const made = await lab.mwan(`check --record ${folder}`);
  // As a line to paste.
  const [, command = ''] = /^\[#\] (nft .*)$/m.exec(made.stderr) ?? [];
  t.match(command, /add table inet mini_mwan/);
  t.match(planned.stderr, command);
  const before77 = await traces(lab);
  await lab.router.run('sh', ['-c', command]);
  t.strictSame(await traces(lab), before77, 'it is that what was done');
  const again = await lab.mwan(`replay ${folder}`);
  t.strictSame([again.stdout, again.stderr], [made.stdout, made.stderr], 'it can be replayed');
  // As wg-quick makes them: before the first that it finds. And the LAN client's own.
  await lab.router.ipAll([
    'route add default via 10.99.0.1 dev vpn0 table 51820',
    'rule add not fwmark 51820 table 51820',
    'rule add table main suppress_prefixlength 0',
    'rule add from 192.168.1.2 pref 500 table 51820',
  ]);
  const foreign = async () => (await lab.router.ip('rule show')).split('\n').filter((line) => !/proto 77/.test(line));
  const before = await foreign();
  await lab.mwan('check');
  t.strictSame(await answering(lab, ALL), ALL, 'answers leave by the line that the question came in by');
  t.equal(await lab.exit(), 'vpn0', 'what the LAN begins goes by the VPN');
  const way = async (words: string) => / dev (\S+)/.exec(await lab.router.ip(`route get 9.9.9.9${words}`))?.[1];
  t.equal(await way(''), 'vpn0', 'as does what the router begins');
  t.equal(await way(' from 100.64.2.2 mark 51820'), 'eth1', 'who has marked a packet leads it');
  await begins(lab, '100.64.2.2');
  t.equal(await byVpn(lab), 3, 'and from the address of a line');
  t.equal(await way(' from 192.168.1.1 mark 0x02000000'), 'eth2');
  t.match(await lab.router.ip('route get 192.168.1.2 from 100.64.2.2'), / dev eth0 /, 'the LAN is where it is');
  await expectQuiet(t, lab);
  t.strictSame(await foreign(), before);
  await lab.router.ipAll([
    'rule del not fwmark 51820 table 51820',
    'rule del table main suppress_prefixlength 0',
    'route add 192.168.1.0/24 dev eth0 table 51820',
    'rule add pref 32000 table 51820',
  ]);
  await lab.mwan('check');
  await begins(lab, '100.64.2.2');
  t.equal(await byVpn(lab), 6, 'nor does a rule lose it that comes late');
  t.strictSame(await answering(lab, ALL), ALL);
  const said = (await lab.mwan('validate')).stdout;
  t.notMatch(said, /inbound|mark_mask/, 'nothing is wrong with that');
});

scenario('without nft, the router itself answers; what is in the way is said', [{}, {}], async (t, lab) => {
  await serve(lab, [1, 2]);
  await lab.configureAll(quick, { inbound: 1 });
  const own = ALL.filter((words) => words.endsWith(`${OWN}`));
  const expectOwn = async (stderr: string, pattern: RegExp) => {
    t.match(stderr, pattern);
    t.strictSame(await answering(lab, own), own);
  };
  const without = await lab.mwan('check', { hide: ['nft'] });
  await expectOwn(without.stderr, /option inbound: nft cannot be used: .*\n.*apt-get install nftables/);
  t.equal((await lab.mwan('check', { hide: ['nft'] })).stderr, '', 'once');
  const nft = '$(PATH=/usr/sbin:/usr/bin command -v nft)';
  // As a kernel without nft_ct.
  const missing = 'Error: Could not process rule: No such file or directory';
  await lab.replace('nft', `case "$*" in *"ct mark"*) echo '${missing}' >&2; exit 1;; esac\nexec ${nft} "$@"`);
  await expectOwn(
    (await lab.mwan('check')).stderr,
    /option inbound: nft takes no marks: .*file or directory;.*\n.*nft_ct/,
  );
  await expectQuiet(t, lab);
  await lab.replace('nft', `case $1 in add*) exit 1;; esac\nexec ${nft} "$@"`);
  await expectOwn((await lab.mwan('check')).stderr, /option inbound: nft takes no marks: exit 1/);
  await lab.replace('nft', `exec ${nft} "$@"`);
  t.match(await lab.mwan('check'), { stderr: '', exitCode: 0 });
  t.strictSame(await answering(lab, ALL), ALL, 'all is well again');

  await lab.router.ip('rule add fwmark 0x3000000/0xff000000 pref 20000 table 99');
  await expectOwn((await lab.mwan('check')).stderr, /option mark_mask: the rule of priority 20000 is for such marks/);
  t.notMatch((await traces(lab))[2], 'mini_mwan', 'no mark of ours');
  await lab.configureAll(quick, { inbound: 1, mark_mask: '0xf0' });
  await lab.mwan('check');
  await expectQuiet(t, lab);
  t.strictSame(await answering(lab, ALL), ALL, 'by other bits');

  await lab.configureAll(quick);
  await lab.mwan('check');
  await lab.router.ipAll([
    'rule del pref 20000',
    'addr add 100.64.1.2/32 dev eth2',
    'route add default via 100.64.1.1 dev eth1 table 7701',
  ]);
  await lab.configureAll(quick, { inbound: 1 });
  const twin = /interface 'wan1': inbound: another device has its address 100\.64\.1\.2, too/;
  const { stderr, exitCode } = await lab.mwan('check', { hide: ['nft'] });
  t.match(stderr, twin);
  t.match(stderr, /table 7701 proto 77: refused/);
  t.equal(exitCode, 4);
  const { stdout } = await lab.mwan('validate');
  t.notMatch(stdout, twin, 'marks do not care');
  t.match(
    stdout,
    /interface 'wan2': inbound: table 7701 is in use by somebody else \(default via 100\.64\.1\.1 dev eth1\)/,
  );
  await lab.mwan('restore');
  t.strictSame((await traces(lab)).filter(isAbout), []);
  t.match(await lab.router.ip('route show table 7701'), 'default via 100.64.1.1 dev eth1', 'whose it was');
});

scenario('killed in the middle, the next round goes on', [{}, {}], async (t, lab) => {
  await serve(lab, [1, 2]);
  const before = await traces(lab);
  // The round and what it has started die with the change of this number, which is half done.
  const dieAt = async (program: string, change: string) => {
    const real = `$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${program})`;
    const half = `case "$*" in *-batch*-) [ "$1" = -batch ] && { head -n ${change} | ${real} "$@"; kill -9 $PPID; } ;; ${change}*) kill -9 $PPID;; esac`;
    await lab.replace(program, `${half}\nexec ${real} "$@"`);
  };
  const revive = (program: string) => lab.router.run('rm', [`${lab.bin}/${program}`]);
  for (const [program, change] of [
    ['ip', '3'],
    ['nft', 'add'],
    ['nft', 'delete'],
  ] as const) {
    if (change === 'delete') await lab.mwan('check');
    await lab.configureAll(quick, change === 'delete' ? {} : { inbound: 1 });
    await dieAt(program, change);
    t.not((await lab.mwan('check')).exitCode, 0, `${program} ${change}`);
    await revive(program);
    await lab.mwan('check');
    if (change !== 'delete') {
      t.strictSame(await answering(lab, ALL), ALL);
      await lab.mwan('restore');
    }
    await lab.mwan('check');
    await expectQuiet(t, lab);
    await lab.configureAll(quick);
    await lab.mwan('check');
    t.strictSame((await traces(lab)).filter(isAbout), [], 'no trace');
    await lab.configureAll(quick, { inbound: 1 });
  }
  await lab.mwan('restore');
  t.strictSame(await traces(lab), before);
});
