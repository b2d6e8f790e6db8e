import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Direction } from '../../../lib/model.js';
import { until } from '../../lab/lab.js';
import type { Host } from '../../lab/namespaces.js';
import { NODE, QUICKJS } from '../../lab/program.js';
import { REFLECTORS } from './network.js';
import { boundsOf, type Scenario } from './scenarios.js';

/** What is run in the kernel, from this machine's environment. */
export interface Given {
  /** Words of a program that steers the rate of a CAKE that is there. */
  program?: string | undefined;
  /** Folder of cake-autorate. */
  autorate?: string | undefined;
}

/** Starts a control on the router; returns when it may begin. */
type Start = (router: Host, scenario: Scenario, given: Given) => Promise<void>;

/** The router's device of each direction. */
export const DEVICES: Record<Direction, string> = { up: 'a0', down: 'ifb0' };
export const LOG = '/run/control.log';
/** s without load before it, in which the way's own delay is measured. */
export const IDLE = 4;
/** ms that a control gets to know the idle line. */
const SETTLE = 3000;
const GROUP = '/run/cgroup/control';
const CONFIG = '/run/mini-mwan.conf';
const STATE = '/run/mini-mwan.status';

/** Starts a program on the router that counts as the control's. It ends when the kernel does. */
export function control(router: Host, words: string[], env: Record<string, string> = {}): Promise<void> {
  const log = openSync(LOG, 'a');
  const script = `echo $$ >${GROUP}/cgroup.procs; exec "$@"`;
  const child = spawn('ip', ['netns', 'exec', router.namespace, 'sh', '-c', script, 'sh', ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}

/** The same, for one that goes on: if it ends, so does all of this. */
async function resident(router: Host, words: string[], env?: Record<string, string>): Promise<void> {
  await control(router, words, env);
  throw new Error(`${words[0]} ended: ${readFileSync(LOG, 'utf8').slice(-2000)}`);
}

/** s of CPU that the control has used, with all that it started. */
export function usage(): number {
  return Number(/^usage_usec (\d+)/m.exec(readFileSync(`${GROUP}/cpu.stat`, 'utf8'))?.[1]) / 1e6;
}

/** To be called once, before anything else. */
export function prepare(): void {
  mkdirSync('/run/cgroup');
  execFileSync('mount', ['-t', 'cgroup2', 'none', '/run/cgroup']);
  mkdirSync(GROUP);
}

/** CAKE in both steered directions, at a part of the line's rate. */
async function shape(router: Host, { steered, line }: Scenario, part: number): Promise<void> {
  const tc = (text: string) => router.run('tc', text.split(' '));
  for (const direction of steered) {
    if (direction === 'down') {
      await router.ipAll(['link add ifb0 type ifb', 'link set ifb0 up']);
      await tc('qdisc add dev a0 ingress');
      await tc('filter add dev a0 parent ffff: matchall action mirred egress redirect dev ifb0');
    }
    const rate = Math.round(part * line[direction]);
    await tc(`qdisc add dev ${DEVICES[direction]} root cake bandwidth ${rate}kbit`);
  }
}

const BASE = boundsOf(1000).base / 1000;

/** ms from the load to the round that sees it; and kbit/s that are one. */
const [SEEN, LOAD] = [1000, 1000];

/**
 * mini-mwan: rounds make the queues; then what a round starts is started as it does. Rounds themselves are left out: to start a
 * program takes this kernel fifty times as long as the machine below, and each would take the line's packets their time.
 */
async function startOurs(router: Host, scenario: Scenario, bounded: boolean, program: string[]): Promise<void> {
  const rates = scenario.steered.flatMap((direction) => {
    const bounds = bounded ? Object.entries(boundsOf(scenario.line[direction])) : [];
    const name = direction === 'up' ? 'upload' : 'download';
    return bounds.map(([bound, rate]) => `\toption ${name}_${bound} '${rate}'`);
  });
  const lines = [
    "config settings 'settings'\n\toption enabled '1'\n\toption check_interval '60'\n",
    "config interface 'wan'\n\toption device 'a0'",
    ...REFLECTORS.slice(0, 2).map((address) => `\tlist ping_target '${address}'`),
    "\nconfig shaper 'wan_shaper'\n\toption interface 'wan'",
    ...REFLECTORS.map((address) => `\tlist reflector '${address}'`),
    ...(scenario.steered.includes('down') ? ["\toption ifb '1'"] : []),
    ...rates,
  ];
  writeFileSync(CONFIG, `${lines.join('\n')}\n`);
  const check = () => control(router, [...program, 'check', '--config', CONFIG, '--state', STATE]);
  const words = ['--config', CONFIG, '--state', STATE, '--verbose', '--seconds', '55'];
  const burst = () => control(router, [...program, 'shape', ...words]);
  for (let i = 0; i < 2; i++) await check();
  // It gets to know the idle line, as the end of each burst does.
  await burst();
  (async () => {
    await sleep(1000 * IDLE + SEEN);
    // What no round takes for a load starts nothing.
    while (scenario.loads.some(({ rate = LOAD }) => rate >= LOAD)) await burst();
  })();
}

/** As its own documents have it, with the reflectors of the network. */
async function startAutorate(router: Host, scenario: Scenario, { autorate = '' }: Given): Promise<void> {
  await shape(router, scenario, BASE);
  // It wants two devices, and counts what they send.
  const others = { up: 'a0', down: 'l0' };
  const directions = (['up', 'down'] as const).flatMap((direction) => {
    const [short, bounds] = [direction === 'up' ? 'ul' : 'dl', boundsOf(scenario.line[direction])];
    return [
      `${short}_if=${scenario.steered.includes(direction) ? DEVICES[direction] : others[direction]}`,
      `adjust_${short}_shaper_rate=${scenario.steered.includes(direction) ? 1 : 0}`,
      ...Object.entries(bounds).map(([bound, rate]) => `${bound}_${short}_shaper_rate_kbps=${rate}`),
    ];
  });
  const config = '/run/autorate';
  mkdirSync(config);
  const settings = [`reflectors=(${REFLECTORS.join(' ')})`, 'no_pingers=3', 'debug=0', 'log_file_path_override=/run'];
  writeFileSync(`${config}/config.primary.sh`, `${[...directions, ...settings].join('\n')}\n`);
  // A minimal /dev has none.
  symlinkSync('/proc/self/fd', '/dev/fd');
  resident(router, ['bash', `${autorate}/cake-autorate.sh`, `${config}/config.primary.sh`], {
    CAKE_AUTORATE_SCRIPT_PREFIX: autorate,
    CAKE_AUTORATE_CONFIG_PREFIX: config,
  });
  // That its configuration is well takes it long to see here.
  await until(async () => existsSync('/run/cake-autorate/primary/proc_pids'), 60_000);
  await sleep(SETTLE);
}

/** By the name that chooses it. */
export const SYSTEMS = new Map<string, Start>(
  Object.entries({
    none: async () => {},
    fixed: (router, scenario) => shape(router, scenario, 0.9),
    ours: (router, scenario) => startOurs(router, scenario, true, QUICKJS),
    bare: (router, scenario) => startOurs(router, scenario, false, QUICKJS),
    node: (router, scenario) => startOurs(router, scenario, true, NODE),
    program: async (router, scenario, { program = '' }) => {
      await shape(router, scenario, BASE);
      resident(router, program.split(' '));
      await sleep(SETTLE);
    },
    autorate: startAutorate,
  } satisfies Record<string, Start>),
);
