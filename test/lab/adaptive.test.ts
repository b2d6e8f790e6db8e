import { readFile, writeFile } from 'node:fs/promises';
import tap from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 2;

/** UDP ports whose flows the LAN client marks with a DSCP, and one whose flows have none. */
const [EF, CS1, REST] = [4346, 4308, 4300];
/** TOS of EF. */
const FAST = ['-Q', '184'];

async function configure(lab: Lab, settings: Record<string, string>) {
  const measured = { ping_target: TARGETS, ping_count: 6, ping_timeout: 1, failure_threshold: 1 };
  await lab.configure(
    {
      wan1: { device: 'eth1', bandwidth_down: 10_000, ...measured },
      wan2: { device: 'eth2', bandwidth_down: 90_000, ...measured },
    },
    { mode: 'multiuplink', ...settings },
  );
}

/** This kernel cannot delay packets: ping's answers are given these ms. */
async function delays(lab: Lab, ms: [number, number]) {
  const [first, second] = ms.map((value) => `s/time=[0-9.]*/time=${value}.5/`);
  const edit = `case "$*" in *eth1*) edit='${first}' ;; *) edit='${second}' ;; esac`;
  await lab.replace('ping', `${edit}\n/usr/bin/ping "$@" | sed "$edit"`);
}

/** As if another choice had been right for a minute. */
async function aMinuteLater(lab: Lab) {
  const text = await readFile(lab.state, 'utf8');
  await writeFile(
    lab.state,
    text.replace(/^(balance_choices.* )\d+\.\d\d$/gm, (_, line) => `${line}0.00`),
  );
}

/** Flows of the client with a DSCP; and counters of pings with EF at the ISPs, and of marks where there may be none. */
async function prepare(lab: Lab) {
  await lab.client.nft(`add table ip dscp; add chain ip dscp out { type filter hook output priority mangle; }
    add rule ip dscp out udp sport ${EF} ip dscp set ef
    add rule ip dscp out udp sport ${CS1} ip dscp set cs1`);
  for (const isp of lab.isps)
    await isp.nft(`add chain ip lab pings { type filter hook forward priority 2; }
      add rule ip lab pings icmp type echo-request ip dscp ef counter`);
  await lab.router.ipAll(['link add vpn0 type bridge', 'addr add 10.99.0.2/16 dev vpn0', 'link set vpn0 up']);
  await lab.router.ipAll([
    'rule add fwmark 0x100/0x3f00 pref 1001 table 99',
    'rule add to 10.98.0.0/16 pref 1002 table 98',
  ]);
  await lab.router.ipAll([
    'rule add fwmark 0x20000/0xff0000 pref 30000 table 97',
    'route add default via 100.64.2.1 dev eth2 table 97',
    'route add default dev vpn0 table 98',
  ]);
  await lab.router.nft(`add table ip theirs
    add chain ip theirs known { type filter hook prerouting priority mangle; }
    add rule ip theirs known ip daddr 198.18.0.7 meta mark set 0x20000
    add chain ip theirs to { type filter hook input priority 0; }
    add rule ip theirs to ct mark != 0 counter
    add chain ip theirs through { type filter hook postrouting priority 0; }
    add rule ip theirs through oifname { "eth0", "vpn0" } ct mark != 0 meta mark != 0 counter
    add rule ip theirs through oifname "vpn0" ct mark != 0 counter`);
}

/** By which ISPs 100 flows from a port go, but for the one that somebody else marks. */
const ways = async (lab: Lab, port: number) =>
  [...new Set((await lab.paths(100, port)).filter((_, i) => i !== 7))].sort();
const pings = (lab: Lab) =>
  Promise.all(
    lab.isps.map(async (isp) => count((await isp.run('nft', ['list', 'chain', 'ip', 'lab', 'pings'])).stdout)),
  );
const count = (text: string) =>
  [...text.matchAll(/packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
const ping = (lab: Lab, to: string) =>
  lab.client.run('ping', ['-n', '-c', '2', '-i', '0.1', '-W', '1', ...FAST, to], { reject: false });
/** Everything that is not ours, and then what is. */
async function traces(lab: Lab): Promise<[foreign: string, ours: string]> {
  const [rules, tables] = [await lab.router.ip('rule show'), await lab.router.ip('route show table all proto 77')];
  const { stdout } = await lab.router.run('nft', ['list', 'ruleset']);
  const [theirs = ''] = stdout.replace(/packets \d+ bytes \d+/g, '').split('table inet mini_mwan');
  const isOurs = (line: string) => line.includes('proto 77');
  const lines = rules.split('\n');
  const own = [...lines.filter(isOurs), ...tables.split('\n').filter((line) => / table 77/.test(line))];
  return [
    [...lines.filter((line) => !isOurs(line)), theirs].join('\n'),
    [...own, ...(stdout.match(/table inet mini_mwan/g) ?? [])].join('\n'),
  ];
}

scenario('flows by their DSCP: by the fastest, by the freest, by quality', [{}, {}], async (t, lab) => {
  await prepare(lab);
  const [foreign] = await traces(lab);
  await delays(lab, [10, 40]);
  await configure(lab, { balance: 'adaptive' });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  const { stdout } = await lab.mwan('check --verbose');
  t.match(stdout, /^shared by adaptive: wan1 \d+ %, wan2 \d+ %; fast by wan1; bulk by wan2$/m);
  await expectQuiet(t, lab);
  const fast = await lab.paths(100, EF);
  t.strictSame(
    fast,
    fast.map((_, i) => (i === 7 ? 2 : 1)),
    'the fastest, but for what others lead',
  );
  t.strictSame(await ways(lab, CS1), [2], 'the freest');
  const [first = 0, second = 0] = await lab.flows(400, REST);
  t.equal(first + second, 400);
  t.ok(second > 20 && first > second, `${first} : ${second}, by quality`);
  for (const to of ['192.168.1.1', '100.64.2.2', '10.99.0.1', '10.98.0.1']) await ping(lab, to);
  t.equal(
    count((await lab.router.run('nft', ['list', 'table', 'ip', 'theirs'])).stdout),
    0,
    'of others, none is marked',
  );

  const flow = lab.client.start('ping', ['-n', '-q', '-i', '0.05', '-W', '1', ...FAST, '8.8.8.8']);
  flow.catch(() => {});
  await until(async () => ((await pings(lab))[0] ?? 0) > 2);
  await delays(lab, [400, 40]);
  for (let i = 0; i < 2; i++) await lab.mwan('check');
  t.match(
    (await lab.mwan('status')).stdout,
    /; fast by wan1 \(another one has been better for \d+ s, and counts after 60 s\)/,
  );
  await aMinuteLater(lab);
  // The kernel forgets after 30 s those that nobody answers.
  t.strictSame(await lab.paths(100, EF), fast);
  t.match(
    (await lab.mwan('check')).stdout,
    /^~ nft table inet mini_mwan for new flows, fast by wan2, bulk by wan2$/,
    'nothing else changes',
  );
  t.strictSame(JSON.parse((await lab.mwan('status --json')).stdout).balance.fast, 'wan2');
  t.strictSame(await lab.paths(100, EF), fast, 'flows that are in use');
  t.strictSame((await lab.paths(101, EF))[100], 2, 'a new one');
  const [before, none] = await pings(lab);
  t.equal(none, 0, 'what is answered stays, too');
  await until(async () => ((await pings(lab))[0] ?? 0) > (before ?? 0) + 2);
  await expectQuiet(t, lab);

  await lab.silence(1);
  await lab.mwan('check');
  t.notMatch((await traces(lab))[1], /0xff000000|table 7700/, 'nothing leads to a dead line');
  await until(async () => ((await pings(lab))[1] ?? 0) > 2);
  t.strictSame(
    new Set((await lab.paths(100, EF)).filter((_, i) => i !== 7)),
    new Set([2]),
    'flows go on by another one',
  );
  await lab.heal(1);
  flow.kill();

  await configure(lab, { balance: 'quality' });
  await lab.mwan('check');
  t.strictSame(await traces(lab), [foreign, ''], 'without the option, nothing is left of it');
});

scenario('adaptive beside answers, with a kernel that takes no such marks', [{}, {}], async (t, lab) => {
  await prepare(lab);
  const [foreign] = await traces(lab);
  await delays(lab, [10, 40]);
  await configure(lab, { balance: 'adaptive' });
  const nft = '$(PATH=/usr/sbin:/usr/bin command -v nft)';
  const refusal = "echo 'Error: Could not process rule: No such file or directory' >&2; exit 1";
  await lab.replace('nft', `case "$*" in *fib*) ${refusal};; esac\nexec ${nft} "$@"`);
  t.match(
    (await lab.mwan('check')).stderr,
    /option balance 'adaptive': nft takes no marks: .*; without marks, all flows are shared by quality\n.*nft_fib_inet/,
  );
  await lab.mwan('check');
  await expectQuiet(t, lab);
  t.strictSame(await traces(lab), [foreign, '']);
  const [first = 0] = await lab.flows(400, EF);
  t.ok(first > 200 && first < 400, `${first} of 400, by quality`);
  await configure(lab, { balance: 'adaptive', inbound: '1' });
  t.equal((await lab.mwan('check')).stderr, '', 'it is known');
  t.match((await traces(lab))[1], /0x1000000\/0xff000000[\s\S]*table inet mini_mwan/, 'answers have theirs');
  await expectQuiet(t, lab);
  await lab.replace('nft', `exec ${nft} "$@"`);
  await configure(lab, { balance: 'adaptive', inbound: '1', fast_dscp: 'CS1', bulk_dscp: '46' });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame(await ways(lab, CS1), [1], 'other classes');
  for (const theirs of ['iif eth0', 'ipproto udp', 'ipproto udp pref 32765']) {
    await lab.router.ip(`rule add ${theirs} table 97`);
    await lab.mwan('check');
    t.strictSame(await ways(lab, CS1), [2], `whom somebody else leads: ${theirs}`);
    await lab.router.ip(`rule del ${theirs} table 97`);
  }
  await lab.mwan('check');
  t.strictSame(await ways(lab, CS1), [1]);
  await lab.silence(1);
  await lab.mwan('check');
  t.match((await traces(lab))[1], /0x1000000\/0xff000000/, 'answers may still leave by a dead line');
  t.strictSame(await ways(lab, CS1), [2], 'flows do not');
  await lab.mwan('restore');
  t.strictSame(await traces(lab), [foreign, '']);
});
