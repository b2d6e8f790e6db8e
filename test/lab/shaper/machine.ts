import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { QUICKJS } from '../program.js';

/** Where everything is kept that a round reads and writes. */
const FOLDER = '/run/shaper';
const [CONFIG, STATE, STAND_INS] = [`${FOLDER}/config`, `${FOLDER}/state`, `${FOLDER}/bin`];
/** Of the state file: what is remembered of queues. */
const FORMER = `${STATE}.qdisc`;

/** What a program printed, and how it ended. */
export interface Said {
  code: number | null;
  out: string;
  err: string;
}

export function run(program: string, ...args: string[]): Said {
  const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(program, args, { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** Runs lines of a shell that must all succeed. */
export function sh(text: string): string {
  const { code, out, err } = run('sh', '-ec', text);
  if (code !== 0) throw new Error(`${text}: ${err}`);
  return out;
}

/** Runs the program, as a router does. */
export function mwan(...words: string[]): Said {
  const [engine = '', ...args] = QUICKJS;
  const options = words[0] === 'replay' ? [] : ['--config', CONFIG, '--state', STATE];
  const env = { ...process.env, PATH: `${STAND_INS}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync(engine, [...args, ...words, ...options], { encoding: 'utf8', env });
  return { code: status, out: stdout, err: stderr };
}

/** A router with two lines to one ISP, at which a host of the Internet answers. */
export function build(): void {
  mkdirSync(STAND_INS, { recursive: true });
  sh('ip netns add isp');
  for (const i of [1, 2]) addLine(i);
  sh('ip -n isp address add 1.1.1.1/32 dev lo; ip -n isp link set lo up');
  spawn('ip', ['netns', 'exec', 'isp', 'iperf3', '-s'], { stdio: 'ignore' }).unref();
}

export function addLine(i: number): void {
  sh(`
ip link add eth${i} type veth peer name p${i} netns isp
ip address add 10.0.${i}.2/24 dev eth${i}; ip link set eth${i} up
ip -n isp address add 10.0.${i}.1/24 dev p${i}; ip -n isp link set p${i} up
ip route add default via 10.0.${i}.1 dev eth${i} metric ${1000 + i}`);
}

export function configure(shapers: string, settings = 'option enabled 1'): void {
  const lines = [1, 2].map(
    (i) => `config interface wan${i}\noption device eth${i}\noption metric ${i}
list ping_target 1.1.1.1\noption ping_count 1\n`,
  );
  writeFileSync(CONFIG, `config settings\n${settings}\n${lines.join('')}${shapers}`);
}

/** A shell script that does something before a program, or instead of it. */
export function standIn(program: string, script: string): void {
  writeFileSync(`${STAND_INS}/${program}`, `#!/bin/sh\n${script}\nexec /usr/sbin/${program} "$@"\n`, { mode: 0o755 });
}

export function noStandIn(program: string): void {
  rmSync(`${STAND_INS}/${program}`, { force: true });
}

export function remembers(): boolean {
  return existsSync(FORMER);
}

/** All queues, devices for what comes, and filters; without what changes by itself. */
export function queues(): string[] {
  const devices = sh('ls /sys/class/net').split('\n').filter(Boolean);
  return [
    ...sh('tc qdisc show').split('\n'),
    ...devices.filter((device) => device.startsWith('mwan-')),
    ...sh(devices.map((device) => `tc filter show dev ${device} ingress`).join('\n')).split('\n'),
  ]
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(index|not_in_hw)/.test(line));
}

/** What the CAKE of a device is like; undefined where there is none. */
export function cake(device: string): string | undefined {
  return sh(`tc qdisc show dev ${device} root`)
    .match(/^qdisc cake .*/)?.[0]
    .trim();
}

/** Mbit/s that TCP gets. */
export function throughput(direction: 'up' | 'down'): number {
  const words = ['-c', '10.0.1.1', '-t', '2', '-O', '1', '-J', ...(direction === 'down' ? ['-R'] : [])];
  const report = JSON.parse(run('iperf3', ...words).out);
  return report.end.sum_received.bits_per_second / 1e6;
}

/** What tc hears of the kernel while something is done. */
export async function changesDuring(action: () => Said): Promise<Said & { changes: string }> {
  const file = `${FOLDER}/monitor`;
  const monitor = spawn('sh', ['-c', `exec tc monitor >${file}`], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const said = action();
  await new Promise((resolve) => setTimeout(resolve, 300));
  monitor.kill();
  return { ...said, changes: readFileSync(file, 'utf8') };
}
