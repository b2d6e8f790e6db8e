import type { Word } from '../../lib/model.js';
import type { Routeros, Wish } from '../../lib/routeros.js';
import { type Pass, type Passed, runPass } from '../../lib/run/routeros-pass.js';
import { chosenLines } from '../../lib/run/routeros-wish.js';
import { formatRouteros, type MachineMemory, parseRouteros } from '../../lib/state/routeros.js';
import { createLink } from '../../lib/system/routeros/link.js';
import { waysTo } from '../../lib/system/routeros/ways.js';
import { Machine } from '../machine.js';
import { makePath } from '../make.js';
import { InProcess, KEY, SECRET } from './in-process.js';
import { Standin } from './standin.js';

export const MACHINE: Routeros = {
  ...{ name: 'edge', host: '10.0.0.1', user: 'mini-mwan', ways: ['rest', 'ssh'] },
  rest: { port: 443, secret: SECRET },
  ssh: { port: 22, key: KEY },
  ...{ timeout: 5, writeInterval: 10, force: false },
  routes: [
    { wan: 'wan1', comment: 'WAN1 default' },
    { wan: 'wan2', comment: 'WAN2 default' },
  ],
  shaper: { name: 'wan1', queues: { up: 'cake-up', down: 'cake-down' } },
  rule: 'steer; fast',
};

/** Passes over the stand-in, from a machine in memory. */
export class Driver {
  readonly machine = new Machine();
  readonly standin = new Standin();
  readonly between = new InProcess(this.machine, this.standin);
  memory: MachineMemory;
  /** How the WANs are. */
  words: Record<string, Word> = { wan1: 'up', wan2: 'up' };
  rates: Wish['rates'];
  steered: boolean | undefined;
  /** Told before each request. */
  newest = () => 0;
  /** Of who hears what passes are told. */
  witness: (pass: Pass) => Pass = (pass) => pass;

  constructor(readonly asked: Routeros = MACHINE) {
    this.memory = { machine: asked, former: [], due: 0, failures: 0, written: {}, problems: [] };
  }

  private wish(): Wish {
    const paths = this.asked.routes.map((_, i) => makePath(i + 1, 10 * (i + 1)));
    const view = { seen: { links: [], routes: [], blind: [] }, paths };
    return {
      lines: chosenLines({ mode: 'failover', sticky: false }, view, new Map(Object.entries(this.words))),
      ...(this.rates ? { rates: this.rates } : {}),
      ...(this.steered === undefined ? {} : { steered: this.steered }),
    };
  }

  async pass({ leaving = false, dryRun = false } = {}): Promise<Passed> {
    const surroundings = {
      uptime: () => this.machine.uptime,
      sleep: async (ms: number) => this.machine.pass(ms / 1000),
    };
    const lines = waysTo({ engine: this.machine.engine, exec: this.machine.exec }, this.asked);
    let seen = this.newest();
    const pass: Pass = {
      memory: this.memory,
      link: createLink(lines, surroundings, this.memory.detour),
      ...{ leaving, dryRun, uptime: surroundings.uptime, deadline: this.machine.uptime + 30 },
      wish: async () => {
        seen = this.newest();
        return this.wish();
      },
      isStale: () => this.newest() !== seen,
      keep: (memory) => {
        this.memory = memory;
        return true;
      },
      looked: () => {},
      changed: () => {},
    };
    const done = await runPass(this.witness(pass));
    // As the next process reads it.
    const text = formatRouteros({ bootId: 'b', machines: [done.memory] });
    this.memory = parseRouteros(text, 'b')?.machines[0] ?? done.memory;
    return done;
  }

  /** What a pass does, in its sentences, and says. */
  async told(options?: { leaving?: boolean; dryRun?: boolean }) {
    const { changes, memory } = await this.pass(options);
    return { changes: changes.map(({ sentence }) => sentence), problems: memory.problems };
  }
}
