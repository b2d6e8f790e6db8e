import { type Root, readRoot } from '../observe/cake.js';
import type { Queue } from '../shape/signals.js';
import type { Tools } from '../system/exec.js';
import { createTc } from './shape-tc.js';

/** ms between two questions to it, where there is nothing to set. */
const PAUSE = 1000;
/** Questions in a row without an answer by which it is not known any more what is there. */
const FAILURES = 3;

/** What is wanted of a device. */
export interface Wish {
  device: string;
  /** kbit/s. Absent: as it is. */
  rate?: number;
  /** Told what goes wrong. */
  failed: (why: string) => void;
}

/** The queues of devices. */
export interface Queues {
  /** Sets the rates that are another, and asks how the queues are, if it is time to. */
  turn(wishes: Wish[], now: number): void;
  /** Whether the device has a CAKE; undefined as long as tc may still say. */
  hasCake(device: string): boolean | undefined;
  /** The number of its CAKE, as `8001:`. */
  handle(device: string): string | undefined;
  /** What CAKE has said since the last call. */
  news(device: string): Queue | undefined;
  /** Resolves when all that was begun is done. */
  ended(): Promise<void>;
  stop(): void;
}

/** What is known of a device. */
interface Known {
  root: Root | undefined;
  news: Queue | undefined;
  /** kbit/s that it was told last. */
  told: number | undefined;
  /** Questions in a row without an answer. */
  unanswered: number;
  /** When it is asked again, ms since boot. */
  due: number;
}

/** @param clock ms since boot */
export function createQueues(tools: Pick<Tools, 'engine' | 'exec'>, clock: () => number): Queues {
  const tc = createTc(tools);
  const devices = new Map<string, Known>();
  let work: Promise<void> | undefined;

  const ask = async (wish: Wish, now: number) => {
    const { device, rate, failed } = wish;
    const known = devices.get(device) ?? { root: undefined, news: undefined, told: undefined, unanswered: 0, due: 0 };
    devices.set(device, known);
    known.due = now + PAUSE;
    const change = changeOf(known, wish);
    if (change !== undefined) known.told = rate;
    // The answer says at once whether a change took.
    const { answer, why, refused } = await tc.ask(change === undefined ? [] : [change], `qdisc show dev ${device}`);
    const found = answer === undefined ? undefined : readRoot(answer);
    if (refused[0] !== undefined) failed(`the rate cannot be set: tc: ${refused[0]}`);
    if (!found) failed(`the queue cannot be seen: tc: ${why ?? 'its answer is not understood'}`);
    learn(known, wish, found, { at: clock(), isTold: change !== undefined && refused.length === 0 });
  };
  const isDue = (wish: Wish, now: number) => {
    const known = devices.get(wish.device);
    if (!known || now >= known.due) return true;
    // What did not take is tried again when it is time to ask.
    return wish.rate !== known.told && changeOf(known, wish) !== undefined;
  };
  return {
    turn: (wishes, now) => {
      if (work) return;
      const due = wishes.filter((wish) => isDue(wish, now));
      if (due.length === 0) return;
      const all = async () => {
        for (const wish of due) await ask(wish, now);
      };
      work = all().finally(() => {
        work = undefined;
      });
    },
    hasCake: (device) => {
      const known = devices.get(device);
      if (!known || (!known.root && known.unanswered < FAILURES)) return undefined;
      return known.root !== undefined && known.root.kind !== 'other';
    },
    handle: (device) => handleOf(devices.get(device)?.root),
    ended: async () => work,
    stop: tc.stop,
    news: (device) => {
      const known = devices.get(device);
      const news = known?.news;
      if (known) known.news = undefined;
      return news;
    },
  };
}

/**
 * The words of tc that set the rate, unless it is set or there is no CAKE. By the number of the queue: by its name alone, tc would
 * put a CAKE in place of whatever somebody has put there meanwhile.
 */
function changeOf(known: Known | undefined, { device, rate }: Wish): string | undefined {
  const root = known?.root;
  if (rate === undefined || !root || root.kind === 'other' || isSet(root, rate)) return undefined;
  return `qdisc change dev ${device} root handle ${root.handle} ${root.kind} bandwidth ${rate}kbit`;
}

function isSet(root: Exclude<Root, { kind: 'other' }>, rate: number): boolean {
  return Math.round(root.rate ?? 0) === rate;
}

function handleOf(root: Root | undefined): string | undefined {
  return root && root.kind !== 'other' ? root.handle : undefined;
}

/**
 * @param root absent: nothing was to be learned
 * @param isTold it was told its rate right before
 */
function learn(
  known: Known,
  { failed }: Wish,
  root: Root | undefined,
  { at, isTold }: { at: number; isTold: boolean },
): void {
  known.unanswered = root ? 0 : known.unanswered + 1;
  // Another one has been told nothing.
  if (root && handleOf(root) !== handleOf(known.root)) known.told = undefined;
  if (root || known.unanswered >= FAILURES) known.root = root;
  if (root?.kind === 'other') failed(`its queue is ${root.name} and no CAKE; it is left alone`);
  if (!root || root.kind === 'other') return;
  known.news = { at, ...(root.rate === undefined ? {} : { rate: root.rate }) };
  if (known.told === undefined || isSet(root, known.told)) return;
  if (isTold) failed('tc does not set the rate that it is told');
  // Somebody else has set another one meanwhile: it is told again at once.
  else known.told = undefined;
}
