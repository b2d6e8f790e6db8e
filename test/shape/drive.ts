import type { Direction, Rates } from '../../lib/model.js';
import { control } from '../../lib/shape/control.js';
import type { Memory } from '../../lib/shape/memory.js';
import { parseMemory } from '../../lib/shape/memory.js';
import type { Decision, Echo, Observed } from '../../lib/shape/signals.js';
import { createRandom } from '../random.js';
import type { Flow } from './flow.js';
import { createLine, PACKET, type Weather } from './line.js';

/** One direction of a scenario. */
export interface Side {
  /** kbit/s at a time in s. */
  capacity: (seconds: number) => number;
  flows?: Flow[];
  /** When the flows begin, s. Absent: at once. */
  begin?: number;
  end?: number;
  /** Packets that the provider's device lets wait. */
  limit?: number;
  /** There, who sends little overtakes: how full the line is shows nowhere. */
  fair?: true;
  /** Part of packets that are lost. */
  loss?: number;
  /** Nobody shapes; a fixed rate, kbit/s; or our control with these bounds. */
  by: 'nobody' | number | Rates;
}

export interface Scenario {
  seconds: number;
  sides: Partial<Record<Direction, Side>>;
  seed?: number;
  /** ms that the way takes longer at a time in s, whatever is sent. */
  way?: (seconds: number) => number;
  /** ms that each answer takes longer by itself: up to twice so much, each value as likely. */
  jitter?: number;
  /** Nothing passes then. */
  silent?: (seconds: number) => boolean;
  /** What each reflector makes of the truth, ms; undefined: no answer. */
  reflectors?: ((seconds: number, rtt: number) => number | undefined)[];
  /** ms between two questions to a reflector. */
  period?: number;
  /** What is remembered of before. */
  memory?: Memory;
  /** Begins at so many ms since boot. */
  boot?: number;
  /** ms that counters lag. */
  lag?: number;
  /** ms between two decisions. Absent: one whenever an answer has come. */
  tick?: number;
  /** A slow machine: answers are read late, by up to so many ms, and one in a hundred comes that late. */
  slow?: number;
  /** What else happens to what is seen. */
  spoil?: (seen: Observed) => Observed;
}

export interface Step extends Decision {
  /** s. */
  at: number;
  direction: Direction;
}

export interface Run {
  /** ms that were added, each 10 ms: to what was sent at so many s. */
  delays: { at: number; delay: number }[];
  /** All decisions, and those that changed a rate. */
  steps: Step[];
  changes: Step[];
  /** Times when it was quiet, s. */
  quiet: number[];
  /** kbit/s that arrived between two times. */
  carried(direction: Direction, from: number, to: number): number;
  memory: Memory | undefined;
}

/** ms there and back without any queue. */
export const WAY = 20;

const honest = (_: number, rtt: number) => rtt;

export function drive(scenario: Scenario): Run {
  const {
    seed = 1,
    period = 100,
    slow = 0,
    lag = 4 + Math.round(slow / 2),
    boot = 1_000_000,
    spoil = (seen) => seen,
  } = scenario;
  const random = createRandom(seed);
  const reflectors = scenario.reflectors ?? [honest, honest, honest];
  const names = Object.keys(scenario.sides) as Direction[];
  const lines = Object.fromEntries(
    names.map((name) => {
      const by = scenario.sides[name]?.by;
      const line = createLine(by === 'nobody' ? undefined : name === 'up' ? 'before' : 'behind', WAY / 2, seed + 7);
      line.cake.rate = typeof by === 'number' ? by : by === 'nobody' ? 1 : ((by as Rates).base ?? 1e7);
      return [name, line];
    }),
  ) as Record<Direction, ReturnType<typeof createLine>>;
  const bounds = Object.fromEntries(
    names
      .filter((name) => typeof scenario.sides[name]?.by === 'object')
      .map((name) => [name, scenario.sides[name]?.by]),
  ) as Partial<Record<Direction, Rates>>;

  const delays: Run['delays'] = [];
  const steps: Step[] = [];
  const changes: Step[] = [];
  const lasts: Partial<Record<Direction, Step>> = {};
  const quiet: number[] = [];
  const arrived: Record<Direction, number[]> = { up: [], down: [] };
  const history: Record<Direction, number[]> = { up: [], down: [] };
  const due = new Map<number, (() => void)[]>();
  const at = (ms: number, job: () => void) => due.set(ms, [...(due.get(ms) ?? []), job]);
  const weather = (name: Direction, ms: number): Weather => {
    const side = scenario.sides[name] as Side;
    const s = ms / 1000;
    return {
      capacity: side.capacity(s),
      loss: side.loss ?? 0,
      way: scenario.way?.(s) ?? 0,
      ...(side.limit === undefined ? {} : { limit: side.limit }),
      silent: scenario.silent?.(s) ?? false,
    };
  };
  /** How long a small packet waits there now. */
  const wait = (name: Direction, ms: number) => {
    if (!lines[name]) return 0;
    const line = lines[name];
    const own = line.cake.backlog > 0 ? (random.fraction() * PACKET) / line.cake.rate : 0;
    return (scenario.sides[name]?.fair ? 0 : line.wait(weather(name, ms))) + own;
  };
  /** Sends a question; tells when its answer comes, and how long it took. */
  const ask = (sent: number, heard: (rtt: number, at: number) => void, lost: () => void = () => {}) => {
    const silent = scenario.silent ?? (() => false);
    const fate = random.fraction() < Math.max(...names.map((name) => scenario.sides[name]?.loss ?? 0));
    if (silent(sent / 1000) || fate) return lost();
    const up = wait('up', sent);
    const exact = sent + up + WAY / 2;
    const far = Math.round(exact);
    const answer = () => {
      const down = wait('down', far);
      const jitter = 2 * (scenario.jitter ?? 0) * random.fraction();
      const rtt = exact - sent + down + WAY / 2 + (scenario.way?.(sent / 1000) ?? 0) + jitter;
      const home = Math.max(far, Math.round(sent + rtt));
      if (silent(far / 1000)) return lost();
      if (home <= far) heard(rtt, far);
      else at(home, () => heard(rtt, home));
    };
    if (far <= sent) answer();
    else at(far, answer);
  };
  let echoes: Echo[] = [];
  let memory = scenario.memory;
  const end = scenario.seconds * 1000;
  for (let ms = 0; ms < end; ms++) {
    for (const name of names) {
      const side = scenario.sides[name] as Side;
      if (ms === Math.round(1000 * (side.begin ?? 0))) lines[name].flows = side.flows ?? [];
      if (ms === Math.round(1000 * (side.end ?? -1))) lines[name].flows = [];
      lines[name].tick(ms, weather(name, ms));
      history[name].push(lines[name].bytes);
      if (ms % 100 === 0) arrived[name].push(lines[name].arrived);
    }
    if (ms % 10 === 0) ask(ms, (rtt) => delays.push({ at: ms / 1000, delay: rtt - WAY }));
    reflectors.forEach((lie, i) => {
      if (ms % period !== Math.round((i * period) / reflectors.length)) return;
      const reflector = `192.0.2.${i + 1}`;
      const lost = () => at(ms + 2000, () => echoes.push({ reflector, at: boot + ms + 2000 }));
      ask(
        ms,
        (rtt, home) => {
          const told = lie(ms / 1000, rtt);
          if (told === undefined) lost();
          else {
            const late = random.fraction() < 0.01 ? slow * random.fraction() : 0;
            const rtt = Math.round((told + late) * 100) / 100;
            const read = Math.round(home + slow * random.fraction());
            if (read <= home) echoes.push({ reflector, at: boot + home, rtt });
            else at(read, () => echoes.push({ reflector, at: boot + read, rtt }));
          }
        },
        lost,
      );
    });
    for (const job of due.get(ms) ?? []) job();
    due.delete(ms);
    if (Object.keys(bounds).length === 0) continue;
    if (ms % (scenario.tick ?? 100) !== 0 && (scenario.tick || echoes.length === 0)) continue;
    const counts = Object.fromEntries(
      names.map((name) => [name, { at: boot + ms, bytes: history[name][Math.max(0, ms - lag)] ?? 0 }]),
    );
    const queues =
      memory === undefined
        ? Object.fromEntries(
            names.map((name) => {
              const { rate } = lines[name].cake;
              const limit = rate < 1e7 ? { rate } : {};
              return [name, { at: boot + ms, ...limit }];
            }),
          )
        : undefined;
    const seen = spoil({ now: boot + ms, echoes, counts, ...(queues && { queues }) });
    const said = control(bounds, memory, seen);
    echoes = [];
    // As another process would read it.
    memory = ms % 1000 === 0 ? parseMemory(JSON.parse(JSON.stringify(said.memory))) : said.memory;
    if (said.quiet) quiet.push(ms / 1000);
    for (const [name, decision] of Object.entries(said.decisions) as [Direction, Decision][]) {
      const step = { at: ms / 1000, direction: name, ...decision };
      const last = lasts[name];
      lasts[name] = step;
      steps.push(step);
      if (last?.rate !== decision.rate) changes.push(step);
      at(ms + 5 + slow, () => {
        lines[name].cake.rate = decision.rate;
      });
    }
  }
  const carried = (name: Direction, from: number, to: number) => {
    const [a = 0, b = 0] = [arrived[name][Math.round(from * 10)], arrived[name][Math.round(to * 10) - 1]];
    return (b - a) / ((to - from - 0.1) * 1000);
  };
  return { delays, steps, changes, quiet, carried, memory };
}

/** The value that so large a share of delays does not exceed, ms, of what was sent from one time to another. */
export function quantile({ delays }: Run, share: number, from = 0, to = Number.POSITIVE_INFINITY): number {
  const sorted = delays.filter(({ at }) => at >= from && at < to).map(({ delay }) => delay);
  sorted.sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** ms of delay times s: what is more than `above` ms, in s of one second's delay. */
export function excess({ delays }: Run, from: number, to: number, above = 30): number {
  return delays
    .filter(({ at, delay }) => at >= from && at < to && delay > above)
    .reduce((sum, { delay }) => sum + (0.01 * delay) / 1000, 0);
}

/** s from a time until the delay is below `below` ms for a second. */
export function calmAfter({ delays }: Run, from: number, below = 30): number {
  const last = delays.filter(({ at, delay }) => at >= from && delay >= below && at < from + 15).at(-1);
  return last ? last.at + 0.01 - from : 0;
}

/** s from a time until so much is carried, kbit/s, over half a second. */
export function reached(run: Run, direction: Direction, from: number, rate: number): number {
  for (let s = from; s < from + 30; s += 0.1) if (run.carried(direction, s, s + 0.5) >= rate) return s + 0.5 - from;
  return Number.POSITIVE_INFINITY;
}
