import type { Ended, Engine, Order } from '../../lib/engine/engine.js';
import type { Breakdown } from './faults.js';
import { breakdownOf } from './lies.js';
import { runProgram } from './programs.js';
import type { System } from './system.js';

/** What of a process goes on when it is dead: nothing. */
class Dead extends Error {}

/** What was learned of a line by pings. */
export interface Pings {
  /** ms, of the first one. */
  begun: number;
  /** Which line it was then. */
  as: string;
  /** They did not say what is true. */
  lied: boolean;
}

/** One run of the program: its engine, and what is noted of it. */
export class Process {
  readonly engine: Engine;
  readonly begun: number;
  /** Number of the boot that it belongs to. */
  readonly boot: number;
  /** Resolves when it is killed. */
  readonly gone: Promise<void>;
  alive = true;
  /** Boundaries that it has come to, and commands that were carried out for it. */
  steps = 0;
  commands = 0;
  /** ms, when it began to look at the table the last time. */
  looked = 0;
  /** The same of the first time after pings: what they told is judged by that look. */
  judged: number | undefined;
  /** Calls of `ip`. */
  calls = 0;
  readonly pings = new Map<string, Pings>();
  /** It is to remove all that is ours. */
  restores = false;
  /** What it printed on stderr. */
  said = '';
  private readonly timers = new Set<() => void>();
  private bury: () => void = () => {};

  constructor(
    readonly system: System,
    readonly pid: number,
  ) {
    this.begun = system.clock.now;
    this.boot = system.boots;
    this.gone = new Promise((resolve) => {
      this.bury = resolve;
    });
    this.engine = this.createEngine();
  }

  private createEngine(): Engine {
    const { system, pid } = this;
    return {
      kind: 'node',
      name: 'Simulator',
      args: [],
      env: {},
      self: ['/usr/sbin/mini-mwan'],
      program: '/usr/sbin/mini-mwan',
      pid,
      uid: 0,
      out: { write: () => {}, isTTY: false },
      err: {
        write: (text) => {
          this.said += text;
        },
        isTTY: false,
      },
      files: system.disk.filesOf(pid, this.step),
      input: async () => '',
      line: async () => undefined,
      folder: () => '/',
      ticks: () => system.clock.now,
      after: (ms, work) => this.after(ms, work),
      onInterrupt: () => {},
      start: (order) => this.start(order),
      detach: async () => this.come('detach'),
      isAlive: (other) => system.processes.has(other),
      exit: () => {
        throw new Dead();
      },
    };
  }

  /** Comes to a boundary, where it may be killed, or something else may happen. */
  private readonly step = (what: string): void => {
    if (!this.come(what)) throw new Dead();
  };

  /** Whether it is alive then. */
  private come(what: string): boolean {
    if (!this.alive) return false;
    this.steps += 1;
    this.system.atBoundary(this, what);
    return this.alive;
  }

  private after(ms: number, work: () => void): () => void {
    if (!this.alive) return () => {};
    const cancel = this.system.clock.after(ms, () => {
      this.timers.delete(cancel);
      work();
    });
    this.timers.add(cancel);
    return () => {
      this.timers.delete(cancel);
      cancel();
    };
  }

  private start(order: Order) {
    const program = order.file.split('/').at(-1) as string;
    // Whoever is dead waits for ever.
    if (!this.come(`start ${program} ${order.args.join(' ')}`))
      return { ended: new Promise<Ended>(() => {}), kill: () => {} };
    const child = { alive: true };
    let stop: (ended: Ended) => void = () => {};
    const ended = new Promise<Ended>((resolve) => {
      stop = resolve;
    });
    const breakdown = breakdownOf(this, program, order);
    if (breakdown) this.breakDown(breakdown, stop);
    else runProgram(this, program, order, child, stop);
    const kill = () => {
      child.alive = false;
      stop({ stdout: '', stderr: '' });
    };
    return { ended, kill };
  }

  private breakDown(how: Breakdown, stop: (ended: Ended) => void): void {
    const soon = (ended: Ended) => void this.system.clock.after(2, () => stop(ended));
    if (how === 'unstarted') soon({ stdout: '', stderr: '', unstarted: 'EAGAIN' });
    else if (how === 'failure') soon({ stdout: '', stderr: 'it did not work\n', exitCode: 1 });
    else if (how === 'nonsense') soon({ stdout: '[{"nonsense":', stderr: '', exitCode: 0 });
  }

  /** It is dead, in whatever way: what it had is given back. */
  die(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const cancel of this.timers) cancel();
    const { disk, processes } = this.system;
    processes.delete(this.pid);
    for (const [file, { owner }] of [...disk.open]) if (owner === this.pid) disk.close(file);
    this.bury();
  }
}
