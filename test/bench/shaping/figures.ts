import type { Direction } from '../../../lib/model.js';
import type { Line, Scenario } from './scenarios.js';

/** What was seen of one scenario with one control. Times are s since the load began; those of the idle line before it are negative. */
export interface Run {
  /** By the time they were sent; null: no answer within 2 s. */
  probes: { at: number; rtt: number | null }[];
  /** Bytes that have arrived in each direction. */
  counts: ({ at: number } & Line)[];
  /** Of the rate, kbit/s. */
  changes: { at: number; direction: Direction; rate: number }[];
  /** s of CPU that the control used, with all that it started. */
  cpu: number;
  /** Share of the time in which that kernel had nothing to do. */
  idle: number;
  /** What the control printed. */
  log: string;
}

/** After a change of the line. */
export interface After {
  /** ms of added delay, times s, until the next change. */
  excess: number;
  /** s until the added delay stays below 30 ms for a second; 0: it was never above. Absent: never. */
  calm?: number;
  /** s until 90 % of the new rate arrive in a second. Absent: never. */
  full?: number;
}

/** What is scored. */
export interface Figures {
  /** ms added to the way's own delay, while the line is as it was at the beginning. */
  p50: number;
  p95: number;
  p99: number;
  /** Share of the probes that got no answer. */
  lost: number;
  /** kbit/s that arrived while the line is as it was at the beginning, with all headers. */
  arrived: Line;
  fall?: After;
  rise?: After;
  /** From the first load to the end, by direction: how often the rate was set, and how often it was set lower. */
  changes: Line;
  cuts: Line;
}

/** s behind the begin of a load that are not scored: it is getting going. */
const WARMUP = 10;
/** ms */
const CALM = 30;

const percentile = (sorted: number[], part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;
const sort = (values: number[]) => values.sort((a, b) => a - b);

export function figuresOf({ probes, counts, changes }: Run, { seconds, events = [], line }: Scenario): Figures {
  const idle = probes.flatMap(({ at, rtt }) => (at < 0 && rtt !== null ? [rtt] : []));
  const own = percentile(sort(idle), 0.5);
  const added = (from: number, to: number) =>
    probes.flatMap(({ at, rtt }) => (at >= from && at < to && rtt !== null ? [Math.max(0, rtt - own)] : []));
  /** Bytes until a time: between two looks, evenly. */
  const until = (direction: Direction, time: number) => {
    const found = counts.findIndex(({ at }) => at >= time);
    const next = found < 0 ? counts.length - 1 : found;
    const [one, other] = [counts[Math.max(0, next - 1)], counts[next]];
    if (!one || !other) return 0;
    const part = other.at > one.at ? Math.min(1, (time - one.at) / (other.at - one.at)) : 1;
    return one[direction] + part * (other[direction] - one[direction]);
  };
  const arrived = (direction: Direction, from: number, to: number) =>
    ((until(direction, to) - until(direction, from)) * 8) / 1000 / (to - from);

  const after = (i: number): After => {
    const [from, to] = [events[i]?.at ?? 0, events[i + 1]?.at ?? seconds];
    const [direction, rate] = Object.entries(events[i]?.line ?? {})[0] as [Direction, number];
    const delays = added(from, to);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    const first = (holds: (at: number) => boolean): number | undefined => {
      for (let at = from; at <= to - 1; at += 0.1) if (holds(at)) return at - from;
      return undefined;
    };
    // Behind a fall the queue grows for a while before it is one.
    const bad = first((at) => percentile(sort(added(at, at + 0.2)), 0.5) >= CALM);
    const isCalm = (at: number) => at - from >= (bad ?? 0) && percentile(sort(added(at, at + 1)), 0.95) < CALM;
    const calm = bad === undefined ? 0 : first(isCalm);
    const full = first((at) => arrived(direction, at, at + 1) >= 0.9 * rate);
    return { excess: mean * (to - from), ...(calm !== undefined && { calm }), ...(full !== undefined && { full }) };
  };
  const isFall = (i: number) =>
    Object.entries(events[i]?.line ?? {}).some(([direction, rate]) => rate < line[direction as Direction]);
  const places = events.flatMap((event, i) => (event.line ? [i] : []));
  const [fall, rise] = [places.find(isFall), places.find((i) => !isFall(i))];

  const steady = added(WARMUP, events[0]?.line ? events[0].at : seconds);
  sort(steady);
  const counted = (holds: (change: Run['changes'][number], before: number) => boolean): Line => {
    const count = (direction: Direction) => {
      const own = changes.filter((change) => change.direction === direction);
      return own.filter((change, i) => change.at >= 0 && holds(change, own[i - 1]?.rate ?? Number.POSITIVE_INFINITY))
        .length;
    };
    return { up: count('up'), down: count('down') };
  };
  const end = events[0]?.line ? events[0].at : seconds;
  const during = probes.filter(({ at }) => at >= 0 && at < seconds);
  return {
    p50: percentile(steady, 0.5),
    p95: percentile(steady, 0.95),
    p99: percentile(steady, 0.99),
    lost: during.filter(({ rtt }) => rtt === null).length / during.length,
    arrived: { up: arrived('up', WARMUP, end), down: arrived('down', WARMUP, end) },
    ...(fall !== undefined && { fall: after(fall) }),
    ...(rise !== undefined && { rise: after(rise) }),
    changes: counted(() => true),
    cuts: counted(({ rate }, before) => rate < before),
  };
}
