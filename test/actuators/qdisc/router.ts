import { qdisc } from '../../../lib/actuators/qdisc/qdisc.js';
import type { Link, Observation, Path, Problem, Shaper, View } from '../../../lib/model.js';
import { createLook } from '../../../lib/platform/shaping.js';
import { reconcile } from '../../../lib/reconcile.js';
import type { Finished } from '../../../lib/system/exec.js';
import { Machine } from '../../machine.js';
import { makePath } from '../../make.js';
import { Kernel } from './kernel.js';

export const STATE = '/var/run/state';

/** What a shaper of wan1 says at the least. */
export const SHAPER: Shaper = {
  name: 'line',
  wan: 'wan1',
  ingress: { ours: true },
  rates: { up: { min: 2000, base: 8000, max: 20000 }, down: { max: 12000 } },
  words: {
    up: ['diffserv3', 'nat', 'nowash', 'no-ack-filter', 'egress', 'raw'],
    down: ['diffserv3', 'nat', 'nowash', 'no-ack-filter', 'ingress', 'raw'],
  },
  reflectors: [],
};

/** What a round did. */
export interface Done {
  sentences: string[];
  problems: Problem[];
  refused: boolean;
}

/** A router with WANs wan1 and wan2 at eth1 and eth2, and the files of a machine. */
export class Router {
  kernel = new Kernel(['lo', 'eth1', 'eth2']);
  machine = new Machine();
  /** Instead of what tc would answer. */
  tc: ((args: string[]) => Partial<Finished> | undefined) | undefined;
  /** Nothing goes on behind so many changes. */
  killedAfter = Number.POSITIVE_INFINITY;
  made = 0;

  constructor() {
    const change = (words: string[]): Partial<Finished> => {
      if (this.made++ >= this.killedAfter) throw new Error('killed');
      try {
        this.kernel.execute(words);
        return {};
      } catch (error) {
        return { exitCode: 2, stderr: `${(error as Error).message}\nWe have an error talking to the kernel\n` };
      }
    };
    this.machine.programs.tc = (args, { input }) =>
      this.tc?.(args) ?? (args.includes('-batch') ? this.kernel.print(input ?? '') : change(['tc', ...args]));
    this.machine.programs.ip = (args) => change(['ip', ...args]);
  }

  get former(): string | undefined {
    return this.machine.text(`${STATE}.qdisc`);
  }

  private links(): Link[] {
    return [...this.kernel.devices].map(([device, { group, root }]) => ({
      ...{ device, state: 'up', pointToPoint: false, addresses: [], rxBytes: 0, txBytes: 0 },
      ...(group === 0 ? {} : { group }),
      ...(root.kind.startsWith('cake') ? { cake: true } : {}),
    }));
  }

  /** One round, as far as queues go. */
  async round(shapers: Shaper[], { dryRun = false, off = [] as string[] } = {}): Promise<Done> {
    const tools = { engine: this.machine.engine, exec: this.machine.exec, state: STATE };
    const observe = createLook(tools);
    const look = async (): Promise<View> => {
      const links = this.links();
      const queues = await observe(links);
      const seen: Observation = { links, routes: [], blind: [], queues };
      const paths = [1, 2].map((i): Path => {
        const link = links.find(({ device }) => device === `eth${i}`);
        const { link: _, ...path } = makePath(i, 10 * i, {}, { enabled: !off.includes(`wan${i}`) });
        return link ? { ...path, link } : path;
      });
      return { seen, paths };
    };
    const task = {
      actuator: qdisc(tools, shapers),
      course: { mode: 'failover' as const, sticky: false },
      look,
      dryRun,
    };
    const all = await reconcile({ ...task, changing: () => {} }, await look(), new Map());
    return { sentences: all.changes.map(({ sentence }) => sentence), problems: all.problems, refused: all.refused };
  }

  /** The file that control leaves. */
  learnt(rates: { up?: number; down?: number }): void {
    const decisions = Object.fromEntries(Object.entries(rates).map(([direction, rate]) => [direction, { rate }]));
    this.machine.put(`${STATE}.shape`, JSON.stringify({ version: 1, lines: [{ name: 'line', decisions }] }));
  }
}

/** What sqm-scripts make on eth1. */
export function sqm(kernel: Kernel): void {
  kernel.add('ifb4eth1');
  const [up, down] = [kernel.devices.get('eth1'), kernel.devices.get('ifb4eth1')];
  if (!up || !down) throw new Error('they are there');
  up.root = { kind: 'cake', handle: '8001:', options: { bandwidth: 1_125_000, diffserv: 'besteffort', raw: true } };
  down.root = { kind: 'cake', handle: '8002:', options: { bandwidth: 'unlimited', diffserv: 'diffserv3', raw: true } };
  up.arrivals = { kind: 'ingress', filters: [{ pref: 10, to: 'ifb4eth1' }] };
}
