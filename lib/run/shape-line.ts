import { HANDLE } from '../actuators/qdisc/thing.js';
import { DIRECTIONS, LEAST_RATE as LEAST, MOST_RATE as MOST } from '../config/rates.js';
import type { Direction, Rates, Shaper } from '../model.js';
import { isBusy } from '../shape/busy.js';
import { control } from '../shape/control.js';
import { settle } from '../shape/settle.js';
import type { Count, Decision, Queue } from '../shape/signals.js';
import { MOST_PROBLEMS, type ShapedLine } from '../state/shape.js';
import { counter } from '../system/counter.js';
import type { Tools } from '../system/exec.js';
import { formerQueues } from '../system/queues.js';
import type { Queues, Wish } from './shape-queues.js';
import { openStream, type Stream } from './shape-stream.js';

/** ms between two looks whether a line that is quiet is loaded. */
const GLANCE = 1000;
/** Why a rate is what it is when nobody looks any more. */
const SETTLED = 'the last one that was good';

/** A shaper, and what is there for it. */
export interface Subject {
  shaper: Shaper;
  /** The WAN's, through which the reflectors are asked. */
  device: string;
  /** Those whose CAKE decides. */
  devices: Partial<Record<Direction, string>>;
  /** What is remembered of it. */
  before: ShapedLine | undefined;
}

/** What all lines share. */
export interface Common {
  tools: Tools;
  /** ms since boot. */
  clock: () => number;
  queues: Pick<Queues, 'hasCake' | 'handle' | 'news'>;
  /** Told that a reflector has answered, and the time, ms since boot. */
  heard: (now: number) => void;
  /** Told what goes wrong, once of each. */
  failed: (shaper: Shaper, why: string) => void;
  decided: (shaper: Shaper, direction: Direction, decision: Decision) => void;
}

/** The line of a shaper. */
export interface Line {
  /**
   * Looks and decides, if it is loaded; else looks now and then whether it is. Returns what is to be done with its queues.
   *
   * @param now ms since boot
   */
  tick(now: number): Wish[];
  /** Takes it for loaded. */
  wake(): void;
  isQuiet(): boolean;
  remembered(): ShapedLine;
  /** Asks nobody any more. Returns what is still to be done with its queues, so that what is remembered is what there is. */
  end(): Wish[];
}

/** A direction that is shaped. */
interface Way {
  direction: Direction;
  device: string;
  bounds: Rates;
  count(now: number): Count | undefined;
}

type Counts = Partial<Record<Direction, Count>>;

export function createLine(
  { tools, clock, queues, heard, failed, decided }: Common,
  { shaper, device, devices, before }: Subject,
): Line {
  const problems: string[] = [];
  const complain = (why: string) => {
    if (problems.includes(why) || problems.length >= MOST_PROBLEMS) return;
    problems.push(why);
    failed(shaper, why);
  };
  const ways = DIRECTIONS.flatMap((direction): Way[] => {
    const [own, bounds] = [devices[direction], shaper.rates[direction]];
    return own && bounds ? [{ direction, device: own, bounds, count: counter(tools.engine, own) }] : [];
  });
  let { memory, decisions = {}, at = clock() }: Partial<ShapedLine> = before ?? {};
  let quiet = true;
  let stream: Stream | undefined;
  let glanced: { at: number; counts: Counts } | undefined;
  /** Of the last time. */
  let wished: Wish[] = [];

  const count = (now: number): Counts => {
    const counts: Counts = {};
    for (const way of ways) {
      const found = way.count(now);
      if (found) counts[way.direction] = found;
    }
    return counts;
  };
  // Of a CAKE of somebody else, a round must have kept what its rate was: another one may have taken its place, and after `restore`
  // or without its section it is not ours any more.
  const isOurs = (own: string) => {
    const handle = queues.handle(own);
    return handle === HANDLE || (handle !== undefined && formerQueues(tools)[own]?.handle === handle);
  };
  const rest = (): Wish[] => {
    quiet = true;
    stream?.stop();
    stream = undefined;
    glanced = undefined;
    return [];
  };
  const glance = (now: number): Wish[] => {
    if (glanced && now < glanced.at + GLANCE) return [];
    const [then, counts] = [glanced?.counts ?? {}, count(now)];
    glanced = { at: now, counts };
    quiet = !ways.some(({ direction }) => {
      const [first, last] = [then[direction], counts[direction]];
      if (!first || !last) return false;
      return isBusy(shaper, direction, decisions[direction]?.rate, last.bytes - first.bytes, last.at - first.at);
    });
    return [];
  };
  const work = (now: number): Wish[] => {
    const wishes = ways.map(({ device: own }): Wish => ({ device: own, failed: (why) => complain(`${own}: ${why}`) }));
    if (ways.some((way) => queues.hasCake(way.device) === undefined)) return wishes;
    const counts = count(now);
    // What is gone, or is no CAKE, is not steered.
    const present = ways.filter((way) => queues.hasCake(way.device) && counts[way.direction]);
    const steered = present.filter((way) => isOurs(way.device));
    for (const { device: own } of present.filter((way) => !steered.includes(way)))
      complain(
        `${own}: its CAKE is not ours, and what its rate was is not kept: the next round does that: mini-mwan check`,
      );
    wished = [];
    if (steered.length === 0) return rest();
    stream ??= openStream(tools, { device, reflectors: shaper.reflectors }, { clock, heard, failed: complain });
    const bounds = Object.fromEntries(steered.map((way) => [way.direction, way.bounds]));
    const result = control(bounds, memory, { now, echoes: stream.take(), counts, queues: newsOf(steered, queues) });
    memory = result.memory;
    at = now;
    for (const way of steered) {
      const decision = result.decisions[way.direction];
      const rate = decision && within(decision.rate, way.bounds);
      const wish = wishes[ways.indexOf(way)];
      if (!decision || rate === undefined || !wish) continue;
      wish.rate = rate;
      decisions = { ...decisions, [way.direction]: { ...decision, rate } };
      decided(shaper, way.direction, { ...decision, rate });
    }
    wished = wishes.filter(({ rate }) => rate !== undefined);
    if (result.quiet) rest();
    return wishes;
  };
  return {
    tick: (now) => (quiet ? glance(now) : work(now)),
    wake: () => {
      quiet = false;
    },
    isQuiet: () => quiet,
    remembered: () => ({
      name: shaper.name,
      wan: shaper.wan,
      at,
      quiet,
      problems,
      ...(memory === undefined ? {} : { memory }),
      decisions,
    }),
    end: () => {
      stream?.stop();
      // Nobody looks any more at what is only being tried.
      const settled = memory && settle(memory, clock());
      memory = settled?.memory;
      for (const { direction, device: own, bounds } of ways) {
        const [decision, tried] = [decisions[direction], settled?.rates[direction]];
        const rate = tried === undefined ? undefined : within(tried, bounds);
        if (!decision || rate === undefined) continue;
        decisions = { ...decisions, [direction]: { ...decision, rate, reason: SETTLED } };
        wished = wished.map((wish) => (wish.device === own ? { ...wish, rate } : wish));
      }
      return wished.filter((wish) => isOurs(wish.device));
    },
  };
}

function newsOf(ways: Way[], { news }: Pick<Queues, 'news'>): Partial<Record<Direction, Queue>> {
  const queues: Partial<Record<Direction, Queue>> = {};
  for (const { direction, device } of ways) {
    const found = news(device);
    if (found) queues[direction] = found;
  }
  return queues;
}

/** A rate as it may be set, in whole kbit/s: whatever was decided, it is within its bounds. Undefined if it is none. */
export function within(rate: number, { min = LEAST, max = MOST }: Rates): number | undefined {
  if (!(rate > 0)) return undefined;
  return Math.round(Math.min(Math.max(rate, min, LEAST), Math.max(max, LEAST), MOST));
}
