import { isSix } from '../family.js';
import { figuresOf } from '../health/figures.js';
import { ENOUGH } from '../health/quality.js';
import type { Config, Spare, Wan, WanState } from '../model.js';

/** From the first on a line is a spare one, up to the second it is none again. */
type Bounds = [from: number, upTo: number];
/** % lost: with cubic, a line that loses 1 % pulled two below what the better one does alone (20 and 10 Mbit/s: 16.8). */
const LOSS: Bounds = [1, 0.5];
/** Times the RTT of the fastest: 4 times was harmless, 30 times was not. */
const RTT: Bounds = [8, 6];
/** Times by which the one with the highest rate is better: 2 times was harmless, 25 times was not. */
const RATE: Bounds = [10, 8];
/** ms. What is faster differs by what the buffers of any connection make good. */
const FAST = 5;

/** The lowest RTT, ms, and the highest rate, kbit/s, of those that are up. */
interface Best {
  rtt: number;
  rate: number;
}

/**
 * The WANs after a round, with why they would slow down a connection that uses them beside others.
 *
 * @param before as they were before it
 */
export function findSpares(
  { wans: configured }: Config,
  wans: WanState[],
  before: ReadonlyMap<string, WanState>,
): WanState[] {
  const lines = wans.map((state) => ({ state, wan: configured.find(({ name }) => name === state.name) }));
  const bonded = lines.filter(({ wan, state }) => wan?.mptcp && state.verdict.status === 'up');
  // A connection is of one family: it uses no path of the other.
  const [four, six] = [false, true].map((isOfSix) => bestOf(bonded.filter(({ wan }) => wan && isSix(wan) === isOfSix)));
  return lines.map(({ state, wan }) => {
    if (!wan?.mptcp) return state;
    const best = (isSix(wan) ? six : four) as Best;
    // What is not up keeps what is known of it.
    const last = before.get(state.name)?.spare;
    const spare = state.verdict.status === 'up' ? whySpare(wan, state, best, last) : last;
    return spare === undefined ? state : { ...state, spare };
  });
}

function bestOf(lines: { wan: Wan | undefined; state: WanState }[]): Best {
  const rtts = lines.flatMap(({ state }) => measuredOf(state)?.rtt ?? []);
  const rates = lines.flatMap(({ wan }) => rateOf(wan) ?? []);
  return { rtt: Math.max(FAST, Math.min(...rtts)), rate: Math.max(0, ...rates) };
}

function whySpare(wan: Wan, state: WanState, best: Best, last: Spare | undefined) {
  if (wan.metered) return 'metered';
  const isOver = (what: Spare, value: number, [from, upTo]: Bounds) => value >= from || (last === what && value > upTo);
  const measured = measuredOf(state);
  const rate = rateOf(wan);
  if (measured && isOver('loss', measured.loss, LOSS)) return 'loss';
  if (measured && isOver('latency', measured.rtt / best.rtt, RTT)) return 'latency';
  return rate !== undefined && isOver('rate', best.rate / rate, RATE) ? 'rate' : undefined;
}

function measuredOf({ quality }: WanState): { rtt: number; loss: number } | undefined {
  const { rtt, loss = 0, packets = 0 } = (quality && figuresOf(quality)) ?? {};
  return rtt && packets >= ENOUGH ? { rtt: rtt.average, loss } : undefined;
}

function rateOf(wan: Wan | undefined): number | undefined {
  return wan?.bandwidth?.down ?? wan?.bandwidth?.up;
}
