import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { TARGETS6 } from './ipv6/ipv6.js';
import { expectQuiet6, rounds, scenario6 } from './ipv6/scenario.js';
import { type Lab, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

const MEASURED = { ping_count: 6, ping_timeout: 1, failure_threshold: 1, recovery_threshold: 1 };

const endpoints = async (lab: Lab) =>
  JSON.parse((await lab.router.run('ip', ['-j', 'mptcp', 'endpoint', 'show'])).stdout).map(
    ({ address, dev, backup }: { address: string; dev: string; backup?: boolean }) =>
      `${address} ${dev}${backup ? ' backup' : ''}`,
  );
const limit = async (lab: Lab) => (await lab.router.run('ip', ['mptcp', 'limits', 'show'])).stdout;

/** Mbit/s to the Internet. */
const RATES = [10, 5];

/**
 * A line of this rate, whose queue is soon full of seconds of what is sent. As with fq_codel, probes do not wait in it: how long it is
 * and what it drops depend on what else the machine does, and would make the line a backup, or dead.
 */
async function shape(lab: Lab, i: number, rate: number): Promise<void> {
  const words = [
    `qdisc add dev eth${i} root handle 1: htb default 10 r2q 100`,
    `class add dev eth${i} parent 1: classid 1:10 htb rate ${rate}mbit burst 15k cburst 15k quantum 1514`,
    `class add dev eth${i} parent 1: classid 1:20 htb rate 1mbit quantum 1514`,
    `qdisc add dev eth${i} parent 1:10 handle 10: pfifo limit 80`,
    `filter add dev eth${i} parent 1: protocol ip prio 1 u32 match ip protocol 1 0xff flowid 1:20`,
    `filter add dev eth${i} parent 1: protocol ipv6 prio 2 u32 match ip6 protocol 58 0xff flowid 1:20`,
  ];
  for (const line of words) await lab.router.run('tc', line.split(' '));
}

/** Bytes that the router has sent by its WANs. */
async function sent(lab: Lab): Promise<number[]> {
  const { stdout } = await lab.router.run('ip', ['-j', '-s', 'link', 'show']);
  const links: { ifname: string; stats64: { tx: { bytes: number } } }[] = JSON.parse(stdout);
  return lab.isps.map((_, i) => links.find(({ ifname }) => ifname === `eth${i + 1}`)?.stats64.tx.bytes ?? 0);
}

/** Which WANs carry more than what probes cost, within a second. */
async function inUse(lab: Lab): Promise<boolean[]> {
  const before = await sent(lab);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return (await sent(lab)).map((bytes, i) => bytes - (before[i] as number) > 50_000);
}

/** Something large goes from the router to the Internet by one connection, until it is ended: then it is compared. */
async function startTransfer(lab: Lab, to: string) {
  const [file, copy] = [join(lab.folder, 'file'), join(lab.folder, 'copy')];
  await writeFile(file, randomBytes(60_000_000));
  // Another subflow needs somebody who goes on listening.
  lab.internet.start('mptcpize', ['run', 'socat', '-u', 'TCP6-LISTEN:5201,fork', `CREATE:${copy}`]).catch(() => {});
  await until(async () => (await lab.internet.run('ss', ['-nltH'])).stdout.includes(':5201'), 20_000);
  for (const [i, rate] of RATES.entries()) await shape(lab, i + 1, rate);
  const client = lab.router.start('mptcpize', ['run', 'socat', '-u', `OPEN:${file}`, `TCP:${to}:5201`]);
  client.catch(() => {});
  return {
    end: async (t: Test) => {
      client.kill();
      const arrived = await readFile(copy);
      t.ok(arrived.length > 1_000_000, `${arrived.length} bytes`);
      t.ok(arrived.equals((await readFile(file)).subarray(0, arrived.length)), 'no byte is lost');
    },
  };
}

scenario('one connection over two lines, whatever dies of them', [{}, {}], async (t, lab) => {
  await lab.router.run('ip', ['mptcp', 'limits', 'set', 'subflows', '0']);
  await lab.router.run('ip', ['mptcp', 'endpoint', 'add', '192.168.1.1', 'id', '5', 'signal']);
  await lab.configureAll(MEASURED, { mptcp: 1 });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame(await endpoints(lab), ['192.168.1.1 undefined', '100.64.1.2 eth1', '100.64.2.2 eth2']);
  t.match(await limit(lab), /subflows 2/);
  await expectQuiet(t, lab);

  const transfer = await startTransfer(lab, '1.1.1.1');
  await until(async () => (await inUse(lab)).every(Boolean), 20_000);

  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
  t.strictSame(await endpoints(lab), ['192.168.1.1 undefined', '100.64.2.2 eth2']);
  await until(async () => (await inUse(lab))[1] === true, 10_000);
  t.notOk((await inUse(lab))[0], 'nothing waits for the dead one');
  await lab.heal(1);
  await lab.later();
  await lab.mwan('check');
  t.equal((await endpoints(lab)).length, 3, 'added again in the round in which it is well');
  await until(async () => (await inUse(lab)).every(Boolean), 10_000);

  await transfer.end(t);

  await lab.configureAll();
  await lab.mwan('check');
  t.notMatch(await lab.router.ip('rule show'), /proto 77/, 'the option is off, and nothing of it is left');
  t.strictSame(await endpoints(lab), ['192.168.1.1 undefined'], 'what was somebody else’s is left');
  t.match(await limit(lab), /subflows 0/);
});

const [FIRST, SECOND] = ['2001:db8:100:ff::2 eth1', '2001:db8:200:ff::2 eth2'];
const devicesOf = (lines: string[]) => lines.map((line) => line.split(' ')[1]);

scenario6('of IPv6, whatever dies of them', [{}, {}], {}, async (t, lab, six) => {
  await six.configure(MEASURED, { mptcp: 1 });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame(await endpoints(lab), [FIRST, SECOND, '100.64.1.2 eth1', '100.64.2.2 eth2']);
  await expectQuiet6(t, lab);

  const transfer = await startTransfer(lab, `[${TARGETS6[0]}]`);
  await until(async () => (await inUse(lab)).every(Boolean), 20_000);

  await six.silence(1);
  await lab.mwan('check');
  t.strictSame(devicesOf(await endpoints(lab)), ['eth2', 'eth1', 'eth2'], 'its IPv4 is well');
  await until(async () => (await inUse(lab))[1] === true, 10_000);
  t.notOk((await inUse(lab))[0], 'nothing waits for the dead one');
  await six.heal(1);
  await rounds(lab, 2);
  t.strictSame(
    devicesOf(await endpoints(lab)),
    ['eth1', 'eth2', 'eth1', 'eth2'],
    'added again in the round in which it is well',
  );
  await until(async () => (await inUse(lab)).every(Boolean), 10_000);
  await transfer.end(t);

  await six.configure();
  await lab.mwan('check');
  t.strictSame(await endpoints(lab), [], 'the option is off, and nothing of it is left');
});

scenario6('of IPv6, with addresses for privacy', [{}, {}], {}, async (t, lab, six) => {
  await lab.router.sysctl('net.ipv6.conf.eth1.use_tempaddr=2');
  const stable = '2001:db8:100:ff::5';
  await lab.router.ip(`-6 addr add ${stable}/64 dev eth1 mngtmpaddr nodad valid_lft 9000 preferred_lft 8000`);
  await lab.router.ip('-6 addr del 2001:db8:100:ff::2/64 dev eth1');
  const brief = async () => / ([0-9a-f:]+)\/64/.exec(await lab.router.ip('-o -6 addr show dev eth1 temporary'))?.[1];
  await until(async () => (await brief()) !== undefined);
  await six.configure(MEASURED, { mptcp: 1, mode: 'failover' });
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.strictSame((await endpoints(lab)).slice(0, 2), [`${stable} eth1`, SECOND], 'subflows begin where they can last');
  // The kernel takes it for what a program begins, so it is led as the others are.
  const way = await lab.router.ip(`-6 rule show from ${await brief()}`);
  t.match(way, /lookup 7700/, 'first subflows begin at the brief one, and stay on its line');
  await expectQuiet6(t, lab);
});

const PLAIN = [{ defaults: 'plain' }, { defaults: 'plain' }] as const;

scenario6('of IPv6, with defaults for all sources', [...PLAIN], {}, async (t, lab, six) => {
  await six.configure(MEASURED, { mptcp: 1 });
  await six.silence(1);
  await lab.mwan('check');
  t.strictSame(devicesOf(await endpoints(lab)), ['eth2', 'eth1', 'eth2']);
  // The kernel binds the first subflow of a connection to no device.
  const transfer = await startTransfer(lab, `[${TARGETS6[0]}]`);
  await until(async () => (await inUse(lab))[1] === true, 10_000);

  await six.heal(1);
  await rounds(lab, 2);
  const goes = (from: string) => lab.router.run('ip', ['-6', 'route', 'get', TARGETS6[0] as string, 'from', from]);
  t.match((await goes('2001:db8:100:ff::2')).stdout, / dev eth1 /);
  t.match((await goes('2001:db8:200:ff::2')).stdout, / dev eth2 /, 'it stays there when the first line is in charge');
  await until(async () => (await inUse(lab))[0] === true, 15_000);
  await transfer.end(t);

  await six.configure();
  await lab.mwan('check');
  t.strictSame(await endpoints(lab), [], 'the option is off, and nothing of it is left');
});
