// What comes in by the prefix of a line is answered by that line, in IPv6 as in IPv4.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import type { Ipv6 } from './ipv6/ipv6.js';
import { netifd6 } from './ipv6/netifd.js';
import { expectQuiet6, QUICK, rounds, scenario6 } from './ipv6/scenario.js';
import { cableOf, prefixOf, routerOn, TARGETS6, wanAddress } from './ipv6/topology.js';
import { type Lab, TARGETS } from './lab.js';
import { answering, serveOn } from './services.js';

tap.jobs = 3;

/** Services of the LAN client, and of the router by its address on the cable and on the LAN. */
const HOST = 8080;
const OWN = 9090;
const kinds = (address: string, port: number) => ['tcp', 'udp'].map((kind) => `${kind} ${address} ${port}`);

/** All that can be asked for by the prefix and the cable of an ISP. */
function servicesOf(six: Ipv6, i: number): string[] {
  return [...kinds(six.source(i), HOST), ...ownOf(six, i)];
}

function ownOf(six: Ipv6, i: number): string[] {
  return [wanAddress(six.line(i)), routerOn(six.line(i))].flatMap((address) => kinds(address, OWN));
}

async function serve(lab: Lab, six: Ipv6): Promise<void> {
  // Whoever answers by UDP must say from which address.
  await serveOn(
    lab.client,
    [1, 2].flatMap((i) => kinds(six.source(i), HOST)),
  );
  await serveOn(
    lab.router,
    [1, 2].flatMap((i) => ownOf(six, i)),
  );
}

async function expectServices(t: Test, lab: Lab, six: Ipv6, lines: number[], words: string) {
  const services = lines.flatMap((i) => servicesOf(six, i));
  t.strictSame(await answering(lab, services), services, words);
}

/** What ISPs dropped, as it came with a source that is not theirs. */
const foreign = (six: Ipv6) => Promise.all([1, 2].map((i) => six.foreign(i)));

/** Does a part of what is there name what leads answers? */
const isAbout = (text: string) => /mini_mwan|table 77\d\d|proto 77/.test(text);

for (const mode of ['failover', 'multiuplink'] as const) {
  scenario6(`what comes in by a line's prefix is answered by it; ${mode}`, [{}, {}], {}, async (t, lab, six) => {
    await serve(lab, six);
    const untouched = await six.everything();
    await six.configure(QUICK, { mode });
    await lab.mwan('check');
    const before = await six.everything();
    const table = await six.table();
    if (mode === 'failover') {
      const backup = servicesOf(six, 2).filter((words) => words.startsWith('udp'));
      t.not((await answering(lab, backup, 500)).length, backup.length, 'it is not so by itself');
    }
    await six.configure(QUICK, { mode, inbound: 1 });
    t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
    await six.forget();
    await expectServices(t, lab, six, [1, 2], 'by both');
    await expectQuiet6(t, lab);

    await six.silence(1);
    t.match((await lab.mwan('check')).stdout, /^wan1\/ipv6 .* down/m);
    await expectServices(t, lab, six, [2], 'after a failover');
    await six.heal(1);
    await expectServices(t, lab, six, [1, 2], 'a line that is down by its probes answers, too');
    await rounds(lab, 3);
    await expectServices(t, lab, six, [1, 2], 'back again');
    t.strictSame(await foreign(six), [{}, {}], 'nothing went by the wrong line');

    await six.configure(QUICK, { mode });
    await lab.mwan('check');
    t.strictSame(await six.everything(), before, 'without the option, nothing is left of it');
    t.equal(await six.table(), table);
    await six.configure(QUICK, { mode, inbound: 1 });
    await lab.mwan('check');
    await lab.mwan('restore');
    t.strictSame(await six.everything(), untouched, 'nor with restore');
    t.strictSame(untouched.filter(isAbout), []);
  });
}

/** The IPv6 of line 2 comes by another device, as with a tunnel. */
async function moveSix(lab: Lab, six: Ipv6): Promise<void> {
  const [line, isp] = [six.line(2), lab.isp(2)];
  const [prefix, cable] = [prefixOf(line), cableOf(line)];
  await isp.ip(`link add six type veth peer name 6in4-wan2 netns ${lab.router.namespace}`);
  await isp.ip('-6 addr flush dev wan');
  const gateway = ['addr add fe80::2/64 dev six nodad', `addr add ${cable.replace('::/', '::1/')} dev six nodad`];
  await isp.ipAll([...gateway, 'link set six up']);
  await isp.ip(`-6 route replace ${prefix} via fe80::aa dev six`);
  await isp.nft('add rule ip6 lab bcp38 iifname "six" ip6 saddr != @own add @foreign { ip6 saddr } drop');
  await lab.router.ip('-6 addr flush dev eth2');
  const router = ['addr add fe80::aa/64 dev 6in4-wan2 nodad', `addr add ${wanAddress(line)}/64 dev 6in4-wan2 nodad`];
  await lab.router.ipAll([...router, 'link set 6in4-wan2 up']);
  for (const source of [prefix, cable])
    await lab.router.ip(`-6 route add default from ${source} via fe80::2 dev 6in4-wan2 proto static metric 513`);
  await netifd6(lab, six);
  const text = await readFile(join(lab.bin, 'ubus'), 'utf8');
  const [before = '', behind = ''] = text.split('"interface":"wan2_6"');
  await lab.replace(
    'ubus',
    `${before}"interface":"wan2_6"${behind.replaceAll('"eth2"', '"6in4-wan2"')}`.replace(/^#!.*\n/, ''),
  );
}

scenario6('IPv6 alone, and IPv6 on another device than IPv4', [{}, {}], {}, async (t, lab, six) => {
  await serve(lab, six);
  await moveSix(lab, six);
  await lab.router.ip('-4 addr flush dev eth1');
  const wan = (i: number) => ({ ...QUICK, interface: `wan${i}`, interface6: `wan${i}_6`, metric: 10 * i });
  const targets = { ping_target: TARGETS, ping_target6: TARGETS6 };
  await lab.configure({ wan1: { ...wan(1), ...targets }, wan2: { ...wan(2), ...targets } }, { ipv6: 1, inbound: 1 });
  const { stdout } = await lab.mwan('check --verbose');
  t.match(stdout, /^wan1 .* (down|no_gateway)/m);
  t.match(stdout, /^wan1\/ipv6 .* up/m);
  t.match(stdout, /^wan2\/ipv6 .*6in4-wan2.* up/m);
  await six.forget();
  await expectServices(t, lab, six, [1, 2], 'by both');
  await six.silence(1);
  await lab.mwan('check');
  await expectServices(t, lab, six, [2], 'after a failover');
  t.strictSame(await foreign(six), [{}, {}]);
  await expectQuiet6(t, lab);
});

scenario6('a connection from outside outlives what happens to other lines', [{}, {}], {}, async (t, lab, six) => {
  await six.configure(QUICK, { inbound: 1 });
  await lab.mwan('check');
  await six.forget();
  const words = ['-6', '-n', '-q', '-i', '0.02', '-W', '1', '-I', TARGETS6[0] as string, six.source(2)];
  const asking = lab.internet.start('ping', words);
  await six.silence(1);
  await lab.mwan('check');
  await six.heal(1);
  await rounds(lab, 3);
  asking.kill('SIGINT');
  t.match(String((await asking).stdout), / 0% packet loss/);
  t.strictSame(await foreign(six), [{}, {}]);
});

scenario6('killed in the middle, the next round goes on', [{}, {}], {}, async (t, lab, six) => {
  await serve(lab, six);
  await six.configure(QUICK);
  await lab.mwan('check');
  const before = await six.everything();
  const real = (program: string) => `$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v ${program})`;
  for (const [program, death] of [
    ['ip', `[ "$*" = "-6 -batch -" ] && { head -n 3 | ${real('ip')} "$@"; kill -9 $PPID; }`],
    ['nft', 'case $1 in "add table ip6"*) kill -9 $PPID;; esac'],
  ] as const) {
    for (const inbound of [1, 0]) {
      await six.configure(QUICK, { inbound });
      await lab.replace(program, `${death}\nexec ${real(program)} "$@"`);
      t.not((await lab.mwan('check')).exitCode, 0, `${program}, inbound ${inbound}`);
      await lab.router.run('rm', [`${lab.bin}/${program}`]);
      await lab.mwan('check');
      await expectQuiet6(t, lab);
      if (inbound) await expectServices(t, lab, six, [1, 2], 'mended');
      else t.strictSame(await six.everything(), before, 'no trace');
    }
  }
});

const PLAIN = [
  { defaults: 'plain', metric: 2000 },
  { defaults: 'plain', metric: 2001 },
] as const;

scenario6('what is in the way is said, and what others lead is theirs', [...PLAIN], {}, async (t, lab, six) => {
  await serve(lab, six);
  await six.configure(QUICK, { inbound: 1 });
  const own = [1, 2].flatMap((i) => kinds(wanAddress(six.line(i)), OWN));
  const without = await lab.mwan('check', { hide: ['nft'] });
  t.equal(without.stderr.match(/option inbound: nft cannot be used/g)?.length, 1, 'once');
  t.strictSame(await answering(lab, own), own, 'the router itself answers');
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  await expectServices(t, lab, six, [1, 2], 'all is well again');

  await lab.router.ip('-6 rule add fwmark 0x3000000/0xff000000 pref 20000 table 99');
  const rival = /option mark_mask: the rule of priority 20000 is for such marks, too \(ip -6 rule\)/;
  t.match((await lab.mwan('check')).stderr, rival);
  t.notMatch(await six.table(), 'ct mark', 'no mark of ours');
  t.strictSame(await answering(lab, own), own);
  await lab.router.ip('-6 rule del pref 20000');
  const folder = `${lab.folder}/recorded`;
  const made = await lab.mwan(`check --record ${folder}`);
  const again = await lab.mwan(`replay ${folder}`);
  t.strictSame([again.stdout, again.stderr], [made.stdout, made.stderr], 'it can be replayed');

  await lab.router.ip('link add vpn0 type bridge');
  await lab.router.ip('link set vpn0 addrgenmode none');
  await lab.router.ip('addr add fd99::2/64 dev vpn0 nodad');
  await lab.router.ip('link set vpn0 up');
  // As wg-quick makes them.
  await lab.router.ip('-6 route add default via fd99::1 dev vpn0 table 51820');
  await lab.router.ip('-6 rule add not fwmark 51820 table 51820');
  await lab.router.ip('-6 rule add table main suppress_prefixlength 0');
  await lab.mwan('check');
  await expectServices(t, lab, six, [1, 2], 'ours come before');
  const way = await lab.router.ip(`-6 route get ${TARGETS6[0]} from ${six.source(2)} iif eth0`);
  t.match(way, / dev vpn0 /, 'what the LAN begins goes by the VPN');
  await expectQuiet6(t, lab);
  await lab.router.ip('-6 route add default via fe80::1 dev eth1 table 7701 metric 1');
  const { stdout } = await lab.mwan('validate');
  t.match(stdout, /interface 'wan2\/ipv6': inbound: table 7701 is in use by somebody else \(default via fe80::1/);
});
