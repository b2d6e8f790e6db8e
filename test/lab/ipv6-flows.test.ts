// Flows that are led by what they ask for, or away from a congested line, in IPv6 as in IPv4.
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { rounds as roundsThatSee } from './congestion.js';
import { Ipv6, TARGETS6 } from './ipv6/ipv6.js';
import { expectQuiet6, QUICK, rounds, scenario6 } from './ipv6/scenario.js';
import { clientOn, routerOn, wanAddress } from './ipv6/topology.js';
import { Lab, TARGETS } from './lab.js';

tap.jobs = 2;

/** Traffic classes: of EF, of CS1, and of what has no DSCP. */
const [EF, CS1, REST] = [184, 32, 0];

/** The sources by which a ping from the client's address of a prefix comes to each ISP: a new flow. */
async function ways(lab: Lab, six: Ipv6, from: number, tclass: number, target = TARGETS6[0] as string) {
  await six.forget();
  const words = ['-6', '-n', '-c', '1', '-W', '1', '-Q', `${tclass}`, '-I', six.source(from), target];
  const { exitCode } = await lab.client.run('ping', words, { reject: false });
  const seen = await Promise.all([1, 2].map(async (i) => Object.keys(await six.seen(i))));
  return exitCode === 0 ? seen : 'no answer';
}

/** As a host of the prefix, and as the router. */
const host = (six: Ipv6, i: number) => clientOn(six.line(i));
const router = (six: Ipv6, i: number) => wanAddress(six.line(i));

/** Line 1 is the fastest, line 2 the freest. */
async function adapt(lab: Lab): Promise<void> {
  // This kernel cannot delay packets: ping's answers are given these ms.
  const edit = `case "$*" in *eth1*) edit='s/time=[0-9.]*/time=10.5/' ;; *) edit='s/time=[0-9.]*/time=40.5/' ;; esac`;
  await lab.replace('ping', `${edit}\n/usr/bin/ping "$@" | sed "$edit"`);
  const targets = { ping_target: TARGETS, ping_target6: TARGETS6, ...QUICK, ping_count: 6 };
  const wan = (i: number, bandwidth: number) => ({ device: `eth${i}`, bandwidth_down: bandwidth, ...targets });
  const wans = { wan1: wan(1, 10_000), wan2: wan(2, 90_000) };
  await lab.configure(wans, { ipv6: 1, mode: 'multiuplink', balance: 'adaptive' });
}

tap.test("balance 'adaptive' with two lines as PPPoE gives them", async (t) => {
  const lab = await Lab.create([{ tunnel: true }, { tunnel: true }]);
  t.teardown(lab.remove);
  const line = { address: 'none', defaults: 'none' } as const;
  const six = await Ipv6.add(lab, [line, line]);
  for (const i of [1, 2])
    await lab.router.ip(`-6 route add default from 2001:db8:${i}00::/56 dev eth${i} proto static metric 512`);
  const untouched = await six.everything();
  await adapt(lab);
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.match((await lab.mwan('check --verbose')).stdout, /fast by wan1; bulk by wan2$/m);
  /** The line of each class for either prefix, and the source: the host's, or of the router, which has one of the line's prefix on the LAN. */
  const expect = async (words: string, lines: Record<number, [line: number, source: typeof host][]>) => {
    for (const [tclass, meant] of Object.entries(lines))
      for (const [at, [line, source]] of meant.entries()) {
        const seen = [1, 2].map((i) => (i === line ? [source(six, i)] : []));
        t.strictSame(await ways(lab, six, at + 1, Number(tclass)), seen, `${words}: ${tclass} of prefix ${at + 1}`);
      }
    t.strictSame([await six.foreign(1), await six.foreign(2)], [{}, {}], words);
  };
  const near = (_: Ipv6, i: number) => routerOn(six.line(i));
  const well: Parameters<typeof expect>[1] = {
    [EF]: [
      [1, host],
      [1, near],
    ],
    [CS1]: [
      [2, near],
      [2, host],
    ],
    [REST]: [
      [1, host],
      [2, host],
    ],
  };
  await expect('well', well);
  await expectQuiet6(t, lab);
  await six.silence(1);
  t.match((await lab.mwan('check')).stdout, /^wan1\/ipv6 .* down/m);
  const byTwo: [number, typeof host][] = [
    [2, host],
    [2, host],
  ];
  await expect('IPv6 of one is dead', { [EF]: byTwo, [REST]: byTwo });
  await six.heal(1);
  await rounds(lab, 3);
  await expect('well again', well);
  await six.silenceAll(1);
  t.match((await lab.mwan('check')).stdout, /^wan1 .* down/m);
  await expect('one is dead', {
    [EF]: [
      [2, near],
      [2, host],
    ],
    [CS1]: [
      [2, near],
      [2, host],
    ],
    [REST]: byTwo,
  });
  await lab.mwan('restore');
  t.strictSame(await six.everything(), untouched);
});

scenario6("balance 'adaptive': flows by their DSCP", [{}, {}], {}, async (t, lab, six) => {
  const untouched = await six.everything();
  await adapt(lab);
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.match((await lab.mwan('check --verbose')).stdout, /fast by wan1; bulk by wan2$/m);
  t.strictSame(await ways(lab, six, 2, EF), [[router(six, 1)], []], 'the fastest');
  t.strictSame(await ways(lab, six, 1, EF), [[host(six, 1)], []], 'with its own address, where it is that of the line');
  t.strictSame(await ways(lab, six, 1, CS1), [[], [router(six, 2)]], 'the freest');
  for (const i of [1, 2])
    t.strictSame(
      await ways(lab, six, i, REST),
      [1, 2].map((j) => (i === j ? [host(six, i)] : [])),
      'the rest as ever',
    );
  await expectQuiet6(t, lab);

  const words = ['-6', '-n', '-q', '-i', '0.05', '-W', '1', '-Q', `${EF}`, '-I', six.source(2), TARGETS6[1] as string];
  const old = lab.client.start('ping', words);
  await sleep(300);
  await six.silence(1);
  t.match((await lab.mwan('check')).stdout, /^wan1\/ipv6 .* down/m);
  t.strictSame(await ways(lab, six, 2, EF), [[], [host(six, 2)]], 'its IPv6 is down: by the own line');
  await six.forget();
  await sleep(500);
  t.strictSame(await Promise.all([1, 2].map((i) => six.foreign(i))), [{}, {}], 'as does a flow that began before');
  t.ok(Object.keys(await six.seen(2)).includes(host(six, 2)));
  old.kill('SIGINT');
  await old;
  await six.heal(1);
  await rounds(lab, 3);
  t.strictSame(await ways(lab, six, 2, EF), [[router(six, 1)], []], 'back again');
  await lab.mwan('restore');
  t.strictSame(await six.everything(), untouched);
});

scenario6('config steering: away from a line that is congested', [{}, {}], {}, async (t, lab, six) => {
  await six.configure({ ...QUICK, ping_count: 3 });
  const lines = ["option primary 'wan1'", "option alternate 'wan2'", "option dry_run '0'"];
  const meant = ["list dscp 'EF'", `list address '${TARGETS6[1]}/64'`, "list port 'udp:5060'"];
  await appendFile(lab.config, ["config steering 'voice'", ...lines, ...meant, ''].join('\n\t'));
  await lab.mwan('check');
  t.strictSame(await ways(lab, six, 1, EF), [[host(six, 1)], []]);
  const old = lab.client.start('ping', [
    '-6',
    '-q',
    '-i',
    '0.1',
    '-Q',
    `${EF}`,
    '-I',
    six.source(1),
    TARGETS6[0] as string,
  ]);
  await sleep(300);
  t.match((await roundsThatSee(lab, 'RED')).stderr, '');
  await six.forget();
  await sleep(400);
  t.strictSame(Object.keys(await six.seen(2)), [], 'a flow that has begun stays');
  old.kill('SIGINT');
  await old;
  for (const i of [1, 2]) {
    const away = i === 2 ? host(six, 2) : router(six, 2);
    t.strictSame(await ways(lab, six, i, EF), [[], [away]], 'by DSCP');
    t.strictSame(await ways(lab, six, i, REST, TARGETS6[1]), [[], [away]], 'by address');
  }
  t.strictSame(await ways(lab, six, 1, REST), [[host(six, 1)], []], 'others stay');
  await six.forget();
  const send = `const [to, from] = process.argv.slice(1), socket = require('node:dgram').createSocket('udp6');
    socket.bind(0, from, () => socket.send('x', 5060, to, () => process.exit()));`;
  await lab.client.run(process.execPath, ['-e', send, TARGETS6[0] as string, six.source(1)]);
  await sleep(200);
  t.match([await six.seen(1), await six.seen(2)], [{}, { [router(six, 2)]: 1 }], 'by port');
  await expectQuiet6(t, lab);
  await six.silence(2);
  await lab.mwan('check');
  t.strictSame(await ways(lab, six, 1, EF), [[host(six, 1)], []], 'not by a line whose IPv6 is down');
});
