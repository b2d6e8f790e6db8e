import type { Direction, Rates } from '../../lib/model.js';
import { control } from '../../lib/shape/control.js';
import type { Memory } from '../../lib/shape/memory.js';
import type { Decision, Echo, Observed, Queue } from '../../lib/shape/signals.js';

/** What is seen of a line, whatever is decided: it does not answer to the control. */
export interface Script {
  bounds: Partial<Record<Direction, Rates>>;
  seconds: number;
  /** ms that are added at a time in s. Absent: none. NaN: nobody answers. */
  delay?: (seconds: number) => number;
  /** kbit/s that each direction carries, of what rate it has. Absent: all. */
  carries?: (seconds: number, direction: Direction, rate: number) => number;
  /** ms between two calls, and between two questions to each of three reflectors. */
  tick?: number;
  period?: number;
  memory?: Memory | undefined;
  /** ms since boot at the beginning. */
  boot?: number;
  /** What CAKE is set to when it is first looked at, kbit/s. */
  set?: number;
  spoil?: (seen: Observed, seconds: number) => Observed;
}

export interface Moment {
  /** s. */
  at: number;
  decisions: Partial<Record<Direction, Decision>>;
  quiet: boolean;
  memory: Memory;
}

/** ms there and back without a queue. */
export const WAY = 20;

/** Calls the control for some time. */
export function play(script: Script): Moment[] {
  const {
    bounds,
    seconds,
    delay = () => 0,
    tick = 50,
    period = 100,
    boot = 5_000_000,
    set,
    spoil = (seen) => seen,
  } = script;
  const { carries = (_, __, rate) => rate } = script;
  const names = Object.keys(bounds) as Direction[];
  const bytes: Record<Direction, number> = { up: 0, down: 0 };
  const rates: Record<Direction, number> = {
    up: set ?? bounds.up?.base ?? 1000,
    down: set ?? bounds.down?.base ?? 1000,
  };
  let memory = script.memory;
  const moments: Moment[] = [];
  let underWay: Echo[] = [];
  for (let ms = 0; ms < seconds * 1000; ms += tick) {
    const now = boot + ms;
    [0, 1, 2].forEach((i) => {
      const late = (ms - Math.round((i * period) / 3 / tick) * tick) % period;
      const added = delay(ms / 1000);
      if (late !== 0 || Number.isNaN(added)) return;
      underWay.push({ reflector: `192.0.2.${i + 1}`, at: now + WAY + added, rtt: WAY + added });
    });
    const echoes = underWay.filter(({ at }) => at <= now);
    underWay = underWay.filter(({ at }) => at > now);
    for (const name of names) bytes[name] += (carries(ms / 1000, name, rates[name]) * tick) / 8;
    const counts = Object.fromEntries(names.map((name) => [name, { at: now, bytes: Math.round(bytes[name]) }]));
    const queue: Queue = { at: now, ...(set === undefined ? {} : { rate: set }) };
    const queues = memory === undefined ? { queues: Object.fromEntries(names.map((name) => [name, queue])) } : {};
    const {
      decisions,
      quiet,
      memory: next,
    } = control(bounds, memory, spoil({ now, echoes, counts, ...queues }, ms / 1000));
    memory = next;
    for (const name of names) rates[name] = decisions[name]?.rate ?? rates[name];
    moments.push({ at: ms / 1000, decisions, quiet, memory });
  }
  return moments;
}

/** The rate of a direction at a time, kbit/s. */
export function rateAt(moments: Moment[], seconds: number, direction: Direction = 'up'): number {
  const before = moments.filter(({ at }) => at <= seconds);
  return before.at(-1)?.decisions[direction]?.rate ?? Number.NaN;
}

/** How often a rate was lowered for delay. */
export function cuts(moments: Moment[], direction: Direction = 'up'): number {
  return moments.filter(({ decisions }) => decisions[direction]?.reason.startsWith('cut')).length;
}
