import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Direction } from '../../../lib/model.js';
import type { Host } from '../../lab/namespaces.js';
import type { Run } from './figures.js';
import { LOG, prepare, usage } from './group.js';
import { build, CLIENT, IspLine, type Network, REFLECTORS, startWeather } from './network.js';
import { IDLE, type Load, SCENARIOS } from './scenarios.js';
import { DEVICES, type Given, SYSTEMS } from './systems.js';

/** What the kernel is started for. */
export interface Task extends Given {
  scenario: string;
  system: string;
  /** The program that pings: probe.c. */
  probe: string;
}

/** ms between two looks at what has arrived. */
const LOOK = 250;
const [PROBES, CHANGES] = ['/run/probes', '/run/changes'];

/** Runs one scenario with one control, in the kernel that this is started in, and writes to /run/host/result what was seen. */
export async function inside(task: Task): Promise<void> {
  const [scenario, start] = [SCENARIOS.get(task.scenario), SYSTEMS.get(task.system)];
  if (!scenario || !start) throw new Error(`there is no ${task.scenario} or no ${task.system}`);
  prepare();
  const network = await build();
  const line = new IspLine(network.isp, scenario);
  await line.set();
  if (scenario.weather) startWeather(network.server, scenario.weather);
  launch(network.router, ['tc', '-ts', 'monitor'], CHANGES);
  await start(network.router, scenario, task);
  // A process in each, by which its counters can be read.
  const [client, server] = [network.client, network.server].map((host) => launch(host, ['sleep', 'infinity']).pid);
  await network.client.sysctl('net.ipv4.ping_group_range=0 0');
  const probes = `${99 * (IDLE + scenario.seconds)}`;
  const probe = launch(network.client, [task.probe, REFLECTORS[0] ?? '', probes], PROBES);
  const probed = new Promise((resolve) => probe.on('exit', resolve));
  await sleep(1000 * IDLE);

  const begun = Date.now();
  const [cpu, idle] = [usage(), idleTicks()];
  for (const load of scenario.loads) startLoad(network, load);
  const counts: Run['counts'] = [];
  const events = [...(scenario.events ?? [])];
  for (let at = 0; at < scenario.seconds; at = (Date.now() - begun) / 1000) {
    counts.push({ at, up: received(server, 's0'), down: received(client, 'c0') });
    const next = events[0];
    if (next && at >= next.at) await line.set(events.shift());
    const wake = Math.min(counts.length * LOOK, 1000 * (events[0]?.at ?? scenario.seconds));
    await sleep(Math.max(1, begun + wake - Date.now()));
  }
  const cpuUsed = usage() - cpu;
  const idleShare = (idleTicks() - idle) / 100 / scenario.seconds;
  await probed;
  const run: Run = {
    counts,
    cpu: cpuUsed,
    idle: idleShare,
    probes: readProbes(begun),
    changes: readChanges(begun),
    log: readFileSync(LOG, { encoding: 'utf8', flag: 'a+' }).slice(-20_000),
  };
  writeFileSync('/run/host/result', JSON.stringify(run));
}

/** Starts a program that goes on until the kernel ends. @param file what it prints goes there */
function launch(host: Host, words: string[], file = '/dev/null'): ChildProcess {
  const output = openSync(file, 'w');
  return spawn('ip', ['netns', 'exec', host.namespace, ...words], { stdio: ['ignore', output, 'inherit'] });
}

/** TCP connections from one host to the other, in the kernel's way of control. */
function startLoad({ client, server }: Network, { direction, flows, rate }: Load): void {
  const [from, to, address] = direction === 'up' ? [client, server, REFLECTORS[0]] : [server, client, CLIENT];
  // It is woken by many packets, not by each: that is dear here, and the answers are the kernel's anyway.
  launch(to, ['socat', '-u', '-b', '131072', 'TCP-LISTEN:5000,fork,rcvlowat=65536', 'OPEN:/dev/null']);
  // SO_MAX_PACING_RATE
  const paced = rate === undefined ? '' : `,setsockopt-int=1:47:${Math.round((rate * 1000) / 8 / flows)}`;
  for (let i = 0; i < flows; i++) {
    const there = `TCP:${address}:5000,retry=20,interval=0.1${paced}`;
    launch(from, ['socat', '-u', '-b', '131072', 'OPEN:/dev/zero', there]);
  }
}

/** Bytes that a device has received, of the host in which the process is. */
function received(process: number | undefined, device: string): number {
  const text = readFileSync(`/proc/${process}/net/dev`, 'utf8');
  return Number(new RegExp(`${device}: *(\\d+)`).exec(text)?.[1]);
}

/** Hundredths of a second in which this kernel had nothing to do. */
function idleTicks(): number {
  return Number(readFileSync('/proc/stat', 'utf8').split(/ +/)[4]);
}

/** @param begun ms: s are counted from here */
function readProbes(begun: number): Run['probes'] {
  const lines = readFileSync(PROBES, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [sent = 0, rtt = -1] = line.split(' ').map(Number);
    return { at: sent - begun / 1000, rtt: rtt < 0 ? null : rtt };
  });
}

function readChanges(begun: number): Run['changes'] {
  const lines = readFileSync(CHANGES, 'utf8').matchAll(
    /^\[([^\]]+)\] *qdisc cake \S+ dev (\S+) .*bandwidth ([\d.]+)([KMG]?)bit/gm,
  );
  const units: Record<string, number> = { '': 0.001, K: 1, M: 1000, G: 1e6 };
  return [...lines].map(([, time = '', device, rate, unit = '']) => ({
    at: (new Date(`${time}Z`).getTime() - begun) / 1000,
    direction: (device === DEVICES.up ? 'up' : 'down') as Direction,
    rate: Number(rate) * (units[unit] ?? 1),
  }));
}
