import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, TARGETS, until } from '../lab/lab.js';
import { head, row } from './measure.js';

/** s of a download that is measured, behind those in which it gets going. */
const [SECONDS, WARMUP] = [8, 2];
/** s of the cut. */
const CUT = 60;
const CONTROLS = ['cubic', 'bbr'];
/** Downloads of which the middle one counts: they differ by a tenth. */
const TIMES = 3;
const BY_MPTCP = ['mptcpize', 'run'];

interface Case {
  name: string;
  /** Mbit/s from the Internet. */
  rates: [number, number];
  /** Share of the second line's packets that is lost. */
  loss?: number;
}
const CASES: Case[] = [
  { name: '20 + 10', rates: [20, 10] },
  { name: '50 + 2', rates: [50, 2] },
  { name: '20 + 10, 1 % lost on the second', rates: [20, 10], loss: 0.01 },
  { name: '100 + 50', rates: [100, 50] },
];

/**
 * One download over two lines, in Mbit/s: by each alone, with an endpoint for each, and with ours. Then a cut and a heal in the
 * middle of one. Needs iperf3 and mptcpize.
 */
export async function bonding(): Promise<void> {
  if (!['/usr/bin/iperf3', '/usr/bin/mptcpize'].every(existsSync))
    return console.log('bonding: no iperf3, no mptcpize');
  head(
    'a download, Mbit/s',
    'control',
    'first alone',
    'second alone',
    'both, an endpoint for each',
    'both, by mini-mwan',
  );
  for (const each of CASES) for (const control of CONTROLS) await compare(each, control);
  await cutAndHeal();
  await proxied();
}

async function compare({ name, rates, loss }: Case, control: string): Promise<void> {
  const lab = await bonded(rates, loss);
  const alone: number[] = [];
  for (const i of [1, 2]) {
    await lab.router.ip(`route replace default via 100.64.${i}.1 dev eth${i}`);
    alone.push(await download(lab, control, []));
  }
  await lab.router.ip('route del default');
  await rounds(lab, 4);
  // The kernel remembers of a server how fast it was: the first one is not counted.
  await download(lab, control, BY_MPTCP);
  const ours = await middle(() => download(lab, control, BY_MPTCP));
  for (const id of [177, 178]) await lab.router.run('ip', ['mptcp', 'endpoint', 'change', 'id', `${id}`, 'nobackup']);
  const plain = await middle(() => download(lab, control, BY_MPTCP));
  row(name, control, ...[...alone, plain, ours].map((rate) => rate.toFixed(1)));
  lab.remove();
}

async function middle(measure: () => Promise<number>): Promise<number> {
  const rates: number[] = [];
  while (rates.length < TIMES) rates.push(await measure());
  return rates.sort((a, b) => a - b)[Math.floor(TIMES / 2)] as number;
}

/** Two lines with these rates in both directions, and a server. */
async function bonded(rates: [number, number], loss = 0): Promise<Lab> {
  const lab = await Lab.create([{}, {}]);
  for (const [i, rate] of rates.entries()) {
    await shape((line) => lab.router.run('tc', line.split(' ')), `eth${i + 1}`, rate);
    await shape((line) => lab.isp(i + 1).run('tc', line.split(' ')), 'wan', rate);
  }
  if (loss > 0) {
    // What comes from the Internet.
    const share = `numgen random mod 1000 < ${Math.round(1000 * loss)}`;
    await lab.isp(2).nft(`add rule ip lab cut oifname "wan" ${share} drop`);
  }
  const wan = (i: number) => ({
    device: `eth${i}`,
    metric: 10 * i,
    ping_target: TARGETS,
    ping_count: 10,
    ping_timeout: 1,
    bandwidth_down: 1000 * (rates[i - 1] as number),
  });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { mptcp: 1, check_interval: 2 });
  lab.internet.start('mptcpize', ['run', 'iperf3', '-s']).catch(() => {});
  await until(async () => (await lab.internet.run('ss', ['-nltH'])).stdout.includes(':5201'), 20_000);
  return lab;
}

async function shape(tc: (line: string) => Promise<unknown>, device: string, rate: number): Promise<void> {
  await tc(`qdisc add dev ${device} root handle 1: htb default 10 r2q 100`);
  await tc(`class add dev ${device} parent 1: classid 1:10 htb rate ${rate}mbit burst 15k cburst 15k quantum 1514`);
  await tc(`qdisc add dev ${device} parent 1:10 handle 10: pfifo limit ${Math.max(80, rate * 4)}`);
}

async function rounds(lab: Lab, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await lab.mwan('check');
}

/** Mbit/s that arrive. */
async function download(lab: Lab, control: string, by: string[]): Promise<number> {
  const words = ['iperf3', '-c', '1.1.1.1', '-R', '-J', '-C', control, '-t', `${SECONDS}`, '-O', `${WARMUP}`];
  const [program = '', ...args] = [...by, ...words];
  const { stdout } = await lab.router.run(program, args);
  return JSON.parse(stdout).end.sum_received.bits_per_second / 1e6;
}

/** Rounds every 2 s, as cron's helper has them at that interval, while the better line is dead for a minute. */
async function cutAndHeal(): Promise<void> {
  const lab = await bonded([20, 10]);
  await rounds(lab, 3);
  const begun = performance.now();
  const seconds = CUT + 30;
  const client = lab.router.start('mptcpize', [
    'run',
    'iperf3',
    '-c',
    '1.1.1.1',
    '-R',
    '-J',
    '-i',
    '0.1',
    '-t',
    `${seconds}`,
  ]);
  let goes = true;
  const going = (async () => {
    for (; goes; await sleep(2000)) await lab.mwan('check');
  })();
  await sleep(5000);
  await lab.silence(1);
  await sleep(1000 * CUT);
  await lab.heal(1);
  const healed = performance.now();
  let last = await received(lab);
  await until(async () => {
    await sleep(200);
    const now = await received(lab);
    const isUsed = now - last > 100_000;
    last = now;
    return isUsed;
  }, 30_000);
  const back = (performance.now() - healed) / 1000;
  const { intervals, end } = JSON.parse((await client).stdout);
  goes = false;
  await going;
  const sums: { start: number; end: number; bytes: number }[] = intervals.map(({ sum }: { sum: object }) => sum);
  let [pause, longest] = [0, 0];
  for (const { start, end: until, bytes } of sums) {
    pause = bytes === 0 ? pause + until - start : 0;
    longest = Math.max(longest, pause);
  }
  const rate = (end.sum_received.bits_per_second / 1e6).toFixed(1);
  console.log(
    `\n20 + 10 Mbit/s, the first dead for ${CUT} s of ${Math.round((performance.now() - begun) / 1000)}: ${rate} Mbit/s on`,
  );
  console.log(`average, the longest pause ${longest.toFixed(1)} s, both in use ${back.toFixed(1)} s after the heal.`);
  lab.remove();
}

/** What docs/bonding.md has for the whole LAN: a client that knows nothing of MPTCP, and a proxy at both ends. */
async function proxied(): Promise<void> {
  if (!['/usr/bin/ss-redir', '/usr/bin/ss-server'].every(existsSync)) return console.log('no shadowsocks-libev');
  const lab = await bonded([20, 10]);
  await rounds(lab, 3);
  const words = ['-p', '8388', '-k', 'secret', '-m', 'chacha20-ietf-poly1305'];
  lab.internet.start('mptcpize', ['run', 'ss-server', '-s', '0.0.0.0', ...words]).catch(() => {});
  const local = ['-s', '1.1.1.1', '-b', '0.0.0.0', '-l', '1080'];
  lab.router.start('mptcpize', ['run', 'ss-redir', ...local, ...words]).catch(() => {});
  await lab.router.nft(
    'table ip bond { chain pre { type nat hook prerouting priority dstnat; ' +
      'iifname "eth0" ip daddr 198.18.0.0/15 meta l4proto tcp redirect to :1080; }; }',
  );
  await sleep(2000);
  const rates: string[] = [];
  for (const direction of [[], ['-R']]) {
    const words = ['-c', '198.18.0.1', '-J', '-t', `${SECONDS}`, '-O', `${WARMUP}`, ...direction];
    const { stdout } = await lab.client.run('iperf3', words);
    rates.push((JSON.parse(stdout).end.sum_received.bits_per_second / 1e6).toFixed(1));
  }
  console.log(`\nA client in the LAN, by ss-redir and ss-server: ${rates.join(' Mbit/s up, ')} down, of 20 + 10.`);
  lab.remove();
}

/** Bytes that the router has got by the first line. */
async function received(lab: Lab): Promise<number> {
  const { stdout } = await lab.router.run('cat', ['/sys/class/net/eth1/statistics/rx_bytes']);
  return Number(stdout);
}
