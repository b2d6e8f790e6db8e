import type { Random } from '../random.js';
import { Clock } from './clock.js';
import type { Event } from './events.js';
import type { Fault } from './faults.js';
import { Disk } from './files.js';
import type { FullKernel } from './kernel.js';
import { configOf, type Network } from './network.js';
import { Process } from './process.js';
import { World } from './world.js';

export const CONFIG = '/etc/config/mini-mwan';
export const STATE = '/var/run/mini-mwan.status';
const HASH_POLICY = '/proc/sys/net/ipv4/fib_multipath_hash_policy';

/** Told what goes on. */
export interface Watch {
  /** Around each command of ours that the kernel carries out. */
  before(process: Process): void;
  after(process: Process, line: string): void;
  pinged(process: Process): void;
}

/** A whole router, with everything that a run of the program can touch. */
export class System {
  readonly clock = new Clock();
  readonly disk = new Disk();
  readonly world: World;
  readonly processes = new Map<number, Process>();
  /** What goes wrong in the round that runs, and in which of them. */
  faults: Fault[] = [];
  victim: Process | undefined;
  watch: Watch = { before: () => {}, after: () => {}, pinged: () => {} };
  happen: (event: Event) => void = () => {};
  /** Hears what happens, in words. */
  told: (line: string) => void = () => {};
  tamper = (commands: string[]) => commands;
  /** Begins another round beside the one that runs. */
  begin: () => void = () => {};
  random: Random;
  mode: Network['mode'];
  readonly disabled = new Set<number>();
  /** s since the epoch when the clock began. */
  wall = 1_700_000_000;
  private booted = -100_000;
  boots = 1;
  private lastPid = 1000;

  constructor(network: Network, random: Random, heard?: FullKernel['heard']) {
    this.world = new World(network, heard);
    this.world.now = () => this.clock.now;
    this.random = random;
    this.mode = network.mode;
    const { disk } = this;
    const programs = ['ip', 'ping', 'flock', 'logger', 'mini-mwan', ...(network.netifd ? ['ubus'] : [])];
    for (const name of [...programs, ...(network.hotplug ? ['hotplug-call'] : [])])
      disk.put(`/usr/sbin/${name}`, '', 0o755);
    disk.live.set('/proc/uptime', () => `${(this.uptime / 1000).toFixed(2)} 0.00\n`);
    disk.live.set('/proc/sys/kernel/random/boot_id', () => `boot-${this.boots}\n`);
    disk.put(HASH_POLICY, '0\n');
    this.configure();
  }

  /** ms since boot. */
  get uptime(): number {
    return this.clock.now - this.booted;
  }

  configure(): void {
    this.disk.put(CONFIG, configOf(this.world.network, this.mode, this.disabled));
  }

  reboot(): void {
    for (const process of [...this.processes.values()]) process.die();
    this.boots += 1;
    this.booted = this.clock.now - 20_000;
    this.disk.reboot();
    this.world.boot();
  }

  spawn(): Process {
    const process = new Process(this, ++this.lastPid);
    this.processes.set(process.pid, process);
    return process;
  }

  /** In some ms, as a program takes them. */
  soon(work: () => void): void {
    this.clock.after(1 + this.random.below(4), work);
  }

  atBoundary(process: Process, _what: string): void {
    if (process !== this.victim) return;
    const { steps } = process;
    for (const fault of this.faults) {
      if (!('at' in fault) || fault.at !== steps) continue;
      if (fault.kind === 'kill') process.die();
      else if (fault.kind === 'second') this.begin();
      else if (fault.kind === 'lease') {
        const { gateway = 1 } = this.world.truths[fault.line - 1] ?? {};
        this.happen({ do: 'renew', line: fault.line, gateway });
      } else if (fault.kind === 'meanwhile' && !fault.command) this.happen(fault.event);
    }
    // It is once.
    this.faults = this.faults.filter(
      (fault) => !(['second', 'lease', 'meanwhile'].includes(fault.kind) && isPast(fault, steps)),
    );
  }

  /** Has the kernel carry out a command of ours. Returns why it does not, in its words. */
  command(process: Process, line: string, child: { alive: boolean }): string | undefined {
    // What ran before a reboot runs no more.
    if (process.boot !== this.boots) child.alive = false;
    if (!child.alive) return undefined;
    const number = ++process.commands;
    const due = process === this.victim ? this.faults.filter((fault) => 'at' in fault && fault.at === number) : [];
    for (const fault of due) if (fault.kind === 'meanwhile' && fault.command) this.happen(fault.event);
    if (due.some(({ kind }) => kind === 'cut')) {
      child.alive = false;
      process.die();
      return undefined;
    }
    const isRejected = (fault: Fault) =>
      fault.kind === 'reject' && line.includes(`dev eth${fault.line} `) && !line.includes(' del ');
    const rejected = process === this.victim && this.faults.some(isRejected);
    if (rejected || due.some(({ kind }) => kind === 'refuse')) return 'RTNETLINK answers: No buffer space available';
    this.watch.before(process);
    this.told(`    ${process.pid}: ip ${line}`);
    try {
      this.world.kernel.run(line);
    } catch (error) {
      this.told(`      ${(error as Error).message}`);
      return `RTNETLINK answers: ${(error as Error).message}`;
    }
    this.watch.after(process, line);
    return undefined;
  }
}

function isPast(fault: Fault, steps: number): boolean {
  return 'at' in fault && !(fault.kind === 'meanwhile' && fault.command) && fault.at <= steps;
}
