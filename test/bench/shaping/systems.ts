import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Direction } from '../../../lib/model.js';
import { until } from '../../lab/lab.js';
import type { Host } from '../../lab/namespaces.js';
import { NODE, QUICKJS } from '../../lab/program.js';
import { resident } from './group.js';
import { REFLECTORS } from './network.js';
import { startOurs } from './ours.js';
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
/** ms that a control gets to know the idle line. */
const SETTLE = 3000;

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
  // It ends where a line counts as busy only above its lowest rate, as at 10 Mbit/s with what it counts by itself.
  const busy = Math.min(2000, ...(['up', 'down'] as const).map((direction) => boundsOf(scenario.line[direction]).min));
  const settings = [
    `reflectors=(${REFLECTORS.join(' ')})`,
    `connection_active_thr_kbps=${busy}`,
    ...['no_pingers=3', 'debug=0', 'log_file_path_override=/run'],
  ];
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
    ours: (router, scenario) => startOurs(router, scenario, 'bounded', QUICKJS),
    bare: (router, scenario) => startOurs(router, scenario, 'bare', QUICKJS),
    node: (router, scenario) => startOurs(router, scenario, 'bounded', NODE),
    program: async (router, scenario, { program = '' }) => {
      await shape(router, scenario, BASE);
      resident(router, program.split(' '));
      await sleep(SETTLE);
    },
    autorate: startAutorate,
    // What ours costs without a shaper; for `idle` only.
    rounds: (router, scenario) => startOurs(router, scenario, 'no', QUICKJS),
  } satisfies Record<string, Start>),
);
