import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORGET, Lab, until } from '../lab/lab.js';
import { head, median, row } from './measure.js';
import { settledLab } from './settled.js';

const INTERVALS = [2, 5, 10, 30];
const TRIALS = 20;
/** Labs that work on the trials of one peer and interval. */
const LABS = 4;
/** ms that a line may take to be in use, or out of it. */
const PATIENCE = 300_000;

/** Who keeps the router on the Internet. */
interface Peer {
  name: string;
  /** A lab with it at work. */
  start(interval: number): Promise<Lab>;
  /** Forgets the last outage: after several, a line is not trusted again at once. */
  forget(lab: Lab): Promise<unknown>;
  /** It has seen that all is well. */
  settled(lab: Lab): Promise<boolean>;
}

const MINI_MWAN: Peer = {
  name: 'mini-mwan',
  start: async (interval) => {
    const lab = await settledLab(interval);
    const { minute } = await lab.scripts();
    lab.system(`while :; do sh ${minute} & sleep 60; done`).catch(() => {});
    return lab;
  },
  forget: (lab) => lab.system(`flock /run/mini-mwan.status.lock sed -i '${FORGET}' /run/mini-mwan.status`),
  settled: async (lab) => {
    const state = await readFile(`${lab.folder}/run/mini-mwan.status`, 'utf8');
    return !/^status=(?!up)|^failures=[^0]/m.test(state);
  },
};

/** Its routes go with a virtual router that is nobody else's, and that a script can put out of work. */
const KEEPALIVED: Peer = {
  name: 'keepalived',
  start: async (interval) => {
    const lab = await Lab.create();
    const files = join(lab.folder, 'keepalived');
    const configuration = `
global_defs {
	script_user root
}
vrrp_script internet {
	script "/usr/bin/ping -n -c 1 -W 2 -I eth1 1.1.1.1"
	interval ${interval}
	timeout 3
	fall 2
	rise 1
}
vrrp_instance wan1 {
	state MASTER
	interface eth0
	virtual_router_id 1
	priority 100
	virtual_routes {
		0.0.0.0/0 via 100.64.1.1 dev eth1 metric 10
	}
	track_script {
		internet
	}
}
`;
    await writeFile(`${files}.conf`, configuration);
    lab.router.start('keepalived', ['-n', '-P', '-f', `${files}.conf`, '-p', `${files}.pid`, '-r', `${files}.vrrp`]);
    // The system's own defaults must not lead through the first line when keepalived's is gone.
    await lab.router.ip('route replace default via 100.64.1.1 dev eth1 metric 2000');
    await lab.router.ip('route del default via 100.64.1.1 dev eth1 metric 1001');
    return lab;
  },
  forget: async () => {},
  settled: async () => true,
};

/** From the moment a line falls silent until the LAN's packets leave by the other one. */
export async function outages(): Promise<void> {
  const cases = INTERVALS.map((interval) => ({ peer: MINI_MWAN, interval }));
  for (const interval of [10, 30]) cases.push({ peer: KEEPALIVED, interval });
  head('who', 'interval', 'a silent line is out of use within', 'median', 'slowest');
  for (const { peer, interval } of cases) {
    const labs = Array.from({ length: LABS }, () => trials(peer, interval, TRIALS / LABS));
    const times = (await Promise.all(labs)).flat();
    const within = times.filter((time) => time <= interval + 6).length;
    const seconds = [median(times), Math.max(...times)].map((time) => `${time.toFixed(1)} s`);
    row(peer.name, `${interval} s`, `${interval + 6} s in ${within} of ${times.length} trials`, ...seconds);
  }
}

/** s that each of some outages took. */
async function trials({ start, forget, settled }: Peer, interval: number, count: number): Promise<number[]> {
  const lab = await start(interval);
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    await until(async () => (await lab.exit()) === 'eth1' && (await settled(lab)), PATIENCE);
    await sleep(Math.random() * interval * 1000);
    const begun = performance.now();
    await lab.silence(1);
    while ((await lab.exit()) !== 'eth2') await sleep(100);
    taken.push((performance.now() - begun) / 1000);
    await lab.heal(1);
    await forget(lab);
  }
  lab.remove();
  return taken;
}
