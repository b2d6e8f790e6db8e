import type { Config, Shaper } from '../../lib/model.js';
import { type Context, createContext } from '../../lib/run/context.js';
import { type ShapeOptions, shape } from '../../lib/run/shape.js';
import { parseShape, type ShapeState } from '../../lib/state/shape.js';
import type { Exec, Finished, StartOptions } from '../../lib/system/exec.js';
import { FakeClock } from '../clock.js';
import { Machine } from '../machine.js';
import { makeConfig, makeWan } from '../make.js';
import { FakeWorld } from '../world.js';
import { STATE_FILE } from './router.js';

/** ms of each step. */
const STEP = 10;
/** s from the boot to the beginning. */
const BOOT = 1000;
/** kbit that wait before the line at the most: 1000 packets. */
const LONGEST = 12_000;
const COUNTER = '/sys/class/net/eth1/statistics/tx_bytes';

export const SHAPER: Shaper = {
  name: 'line',
  wan: 'wan1',
  rates: { up: { min: 2000, base: 15_000, max: 40_000 } },
  reflectors: ['10.9.0.1', '10.9.0.2', '10.9.0.3'],
};

/** A line behind a CAKE, with somebody who sends, and the programs that see and change it; in a time that nobody waits for. */
export class LoadedLine {
  readonly clock = new FakeClock();
  readonly machine = new Machine();
  config: Config = makeConfig([makeWan({ name: 'wan1', device: 'eth1' })], { shapers: [SHAPER] });
  /** kbit/s: what the line carries, and what somebody wants to send. */
  capacity = 20_000;
  offered = 30_000;
  /** What is at the root of the device, and its rate in kbit/s. */
  root = { kind: 'cake', handle: '7700:', rate: 15_000 };
  /** ms that tc takes. */
  patience = 0;
  /** All rates that it was given, and when. */
  readonly rates: [at: number, rate: number][] = [];
  /** Added delay, ms, at each step. */
  readonly delays: [at: number, delay: number][] = [];
  /** Programs that run now. */
  readonly running = new Set<string>();
  /** Programs that were started, by name. */
  readonly started: Record<string, number> = {};
  /** What happens when. */
  readonly events: [at: number, work: () => void][] = [];
  private bytes = 1_000_000;
  private waiting = 0;

  constructor() {
    this.machine.put('/usr/sbin/mini-mwan', '');
    for (const path of ['/sys/class/net', '/sys/class/net/eth1']) this.machine.put(path, '', { kind: 'folder' });
    this.machine.put(COUNTER, `${this.bytes}\n`);
    this.step();
  }

  private step(): void {
    const { now } = this.clock;
    for (const event of this.events.filter(([at]) => at === now)) event[1]();
    const sent = Math.min(this.offered, this.root.rate);
    this.waiting = Math.min(LONGEST, Math.max(0, this.waiting + ((sent - this.capacity) * STEP) / 1000));
    this.bytes += (sent * STEP) / 8;
    if (this.machine.text(COUNTER) !== undefined) this.machine.put(COUNTER, `${Math.floor(this.bytes)}\n`);
    this.delays.push([now, this.delay()]);
    this.clock.after(STEP, () => this.step());
  }

  private delay(): number {
    return (this.waiting * 1000) / this.capacity;
  }

  /** As if the cable of the device were pulled, and the device with it. */
  unplug(): void {
    this.machine.drop(COUNTER);
  }

  /** A stream of answers, as fping prints them. */
  private fping(
    reflectors: string[],
    hear: (piece: string) => void,
  ): { finished: Promise<Finished>; kill: () => void } {
    let over = false;
    this.running.add('fping');
    const ask = (number: number) => {
      if (over) return;
      for (const [i, reflector] of reflectors.entries()) {
        const rtt = 20 + 3 * i + this.delay();
        const line = `${reflector} : [${number}], 64 bytes, ${rtt.toFixed(1)} ms (20.0 avg, 0% loss)\n`;
        this.clock.after(rtt, () => over || hear(line));
      }
      this.clock.after(150, () => ask(number + 1));
    };
    ask(0);
    const kill = () => {
      over = true;
      this.running.delete('fping');
    };
    return { finished: new Promise(() => {}), kill };
  }

  private tc(input: string): string {
    const answers: string[] = [];
    for (const line of input.trim().split('\n')) {
      const [, handle, kind, kbit] = / root handle (\S+) (\S+) bandwidth (\d+)kbit$/.exec(line) ?? [];
      if (kbit === undefined) {
        const { rate, ...rest } = this.root;
        answers.push(JSON.stringify([{ ...rest, root: true, options: { bandwidth: rate * 125 } }]));
      } else if (handle === this.root.handle && kind === this.root.kind) {
        this.root.rate = Number(kbit);
        this.rates.push([this.clock.now, this.root.rate]);
      }
    }
    return answers.map((line) => `${line}\n`).join('');
  }

  private readonly exec: Exec = {
    ...this.machine.exec,
    find: async (program) => `/usr/bin/${program}`,
    start: (program: string, args: string[], options: StartOptions) => {
      this.started[program] = (this.started[program] ?? 0) + 1;
      if (program === 'tc') {
        const say = (text: string) => this.clock.after(this.patience, () => options.hear?.(this.tc(text)));
        return { finished: new Promise<Finished>(() => {}), say, kill: () => {} };
      }
      if (program === 'fping') return this.fping(args.slice(args.indexOf('eth1') + 1), options.hear ?? (() => {}));
      return this.machine.exec.start(program, args, options);
    },
  };

  /** @param isAlive whether the process is there that works with it */
  context(isAlive = () => true): Context {
    const { now: _, ...world } = new FakeWorld();
    const after = (ms: number, work: () => void) => this.clock.after(ms, () => isAlive() && work());
    const engine = { ...this.machine.engine, ticks: () => this.clock.now, after };
    const options = { config: '/etc/x', state: STATE_FILE, verbose: false, json: true, color: false };
    const configuration = {
      read: async () => ({ text: '', merged: false }),
      parse: async () => ({ config: this.config, problems: [] }),
    };
    const platform = { ...world.platform, configuration };
    const start: Exec['start'] = (program, args, { hear, ...more }) => {
      const heard = hear && ((piece: string) => isAlive() && hear(piece));
      return this.exec.start(program, args, { ...more, ...(heard ? { hear: heard } : {}) });
    };
    return { ...createContext(options, engine, { ...this.exec, start }), platform: async () => platform };
  }

  /** Controls it to the end, or for `ms` at the most: then as if it were killed. */
  async control(options: Partial<ShapeOptions> = {}, ms = Number.POSITIVE_INFINITY): Promise<'ended' | 'killed'> {
    this.machine.uptime = BOOT + this.clock.now / 1000;
    const killed = new Promise<'killed'>((resolve) => {
      if (ms < Number.POSITIVE_INFINITY) this.clock.after(ms, () => resolve('killed'));
    });
    let isAlive = true;
    const ended = shape(
      this.context(() => isAlive),
      { dryRun: false, names: [], ...options },
    ).then(() => 'ended' as const);
    const how = await this.clock.run(Promise.race([ended, killed]));
    isAlive = false;
    return how;
  }

  /** What is remembered. */
  remembered(): ShapeState | undefined {
    return parseShape(this.machine.text(`${STATE_FILE}.shape`) ?? '', this.machine.bootId);
  }

  /** The greatest delay between two times, ms. */
  worst(from: number, to: number): number {
    return Math.max(...this.delays.filter(([at]) => at >= from && at < to).map(([, delay]) => delay));
  }
}
