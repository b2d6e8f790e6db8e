import { isSix } from '../family.js';
import { figuresOf } from '../health/figures.js';
import { ENOUGH } from '../health/quality.js';
import { wordFor } from '../health/transition.js';
import type { Balance, Config, Now, Seen, Sharing, State, Wan, WanState } from '../model.js';
import { chooseAll } from './choice.js';
import { lastingFor, movesOf } from './lasting.js';
import { ALL, type Candidate, inParts, weigh } from './weigh.js';

/** Parts of the traffic by which a weight must be wrong. */
const MARGIN = 2;
/** s over which the use of a line is averaged. */
const SMOOTHING = 60;

/** A line that shares. */
interface Member {
  wan: Wan;
  state: WanState;
  last: WanState | undefined;
}

/**
 * What the WANs that share should weigh after a round. Other weights count only when they have been right for a while; who has come,
 * or is measured at last, has its part at once.
 *
 * @param wans after the round
 * @param now when it has judged
 * @returns undefined where traffic is shared by the weights as they are configured
 */
export function rebalance(
  { mode, balance: by, wans: configured }: Config,
  wans: WanState[],
  previous: State | undefined,
  now: Now,
): Balance | undefined {
  if (mode !== 'multiuplink' || by === undefined) return undefined;
  const known = previous && previous.bootId === now.bootId && previous.uptime <= now.uptime ? previous : undefined;
  const members = sharing(configured, wans, known);
  // Counters are read before the end of a round where all is well, and else at it: as long before as the last ones, or nearly so.
  const elapsed = known ? now.uptime - known.uptime : 0;
  const old = known?.balance?.by === by ? known.balance : undefined;
  const lasts = members.map(({ wan }) => old?.members.find(({ name }) => name === wan.name));
  const uses = members.map(({ wan, state, last }, i) => useOf(wan, state.seen, last?.seen, elapsed, lasts[i]?.used));
  const candidates = members.map(({ wan, state, last }, i): Candidate => {
    const measured = measuredOf(state);
    // Of which something is known at last is as good as one that has come just now.
    const isNew = by !== 'load' && measured !== undefined && (!last || !measuredOf(last));
    return {
      weight: wan.weight,
      ...(wan.bandwidth ? { bandwidth: wan.bandwidth } : {}),
      ...(measured ? { measured } : {}),
      ...(uses[i] === undefined ? {} : { used: uses[i] }),
      ...(lasts[i] === undefined || isNew ? {} : { held: lasts[i].weight }),
    };
  });
  const wanted = weigh(by, candidates);
  const isSame = old?.members.length === members.length && candidates.every(({ held }) => held !== undefined);
  const held = candidates.map((candidate) => candidate.held);
  const { weights, ...memory } = move(wanted, isSame ? (held as number[]) : inherit(by, held, wanted), old, now.uptime);
  const lines = members.map(({ wan: { name } }, i) => ({ name, candidate: candidates[i] as Candidate }));
  return {
    by,
    ...(by === 'adaptive' ? { choices: chooseAll(lines, old?.choices, now.uptime) } : {}),
    members: members.map(({ wan }, i) => ({
      name: wan.name,
      weight: weights[i] as number,
      ...(uses[i] === undefined ? {} : { used: uses[i] }),
    })),
    ...memory,
  };
}

/**
 * The weights before, for others than those that shared: who was there goes on as it was, and who has come gets its part.
 *
 * @param held what they weighed; undefined for one that has come
 * @returns undefined where there is nothing to go on with
 */
function inherit(by: Sharing, held: (number | undefined)[], wanted: number[]): number[] | undefined {
  if (by === 'latency') return held.includes(ALL) ? held.map((weight) => (weight === ALL ? ALL : 1)) : undefined;
  const old = held.reduce((sum: number, weight) => sum + (weight ?? 0), 0);
  if (old === 0) return undefined;
  const all = wanted.reduce((sum, weight) => sum + weight, 0);
  const come = wanted.reduce((sum, weight, i) => sum + (held[i] === undefined ? weight : 0), 0);
  return inParts(
    held.map((weight, i) => (weight === undefined ? (wanted[i] as number) : (weight * (all - come)) / old)),
  );
}

/** Those of the lowest tier that are up, in the order of the configuration; degraded ones, where all are. */
function sharing(configured: Wan[], wans: WanState[], known: State | undefined): Member[] {
  // What IPv6 does is in no figure of a line.
  const all = configured
    .filter((wan) => !isSix(wan))
    .flatMap((wan) => {
      const state = wans.find(({ name }) => name === wan.name);
      const last = known?.wans.find(({ name }) => name === wan.name);
      return wan.enabled && state?.verdict.status === 'up' ? [{ wan, state, last }] : [];
    });
  const good = all.filter(({ state }) => wordFor(state) === 'up');
  const best = good.length > 0 ? good : all;
  const lowest = Math.min(...best.map(({ wan }) => wan.tier));
  return best.filter(({ wan }) => wan.tier === lowest);
}

function measuredOf({ quality }: WanState): Candidate['measured'] {
  const { rtt, loss = 0, packets = 0 } = (quality && figuresOf(quality)) ?? {};
  return rtt && packets >= ENOUGH ? { rtt: rtt.average, loss } : undefined;
}

/**
 * How much of a line is taken, 0 to 1, of the direction that is busier.
 *
 * @param elapsed s between the two looks
 * @param before what was known of it
 */
function useOf({ bandwidth }: Wan, now: Seen, then: Seen | undefined, elapsed: number, before: number | undefined) {
  const [rx, tx] = [now.rxBytes - (then?.rxBytes ?? 0), now.txBytes - (then?.txBytes ?? 0)];
  // Counters that went back, or were not there, are another device's.
  if (!bandwidth || !then || then.rxBytes === 0 || rx < 0 || tx < 0 || elapsed <= 0) return before;
  const use = (bytes: number, rate?: number) => (rate === undefined ? 0 : (8 * bytes) / 1000 / elapsed / rate);
  const used = Math.min(1, Math.max(use(rx, bandwidth.down), use(tx, bandwidth.up)));
  return before === undefined ? used : before + (1 - Math.exp(-elapsed / SMOOTHING)) * (used - before);
}

/** The weights that count from now on, and what is to be remembered. @param at s since boot */
function move(wanted: number[], before: number[] | undefined, old: Balance | undefined, at: number) {
  const { moved, moves = 0, differs = at } = old ?? {};
  const memory = { ...(moved === undefined ? {} : { moved }), moves };
  if (!before) return { weights: wanted, ...memory };
  if (!wanted.some((weight, i) => Math.abs(weight - (before[i] as number)) >= MARGIN))
    return { weights: before, ...memory };
  if (at - differs < lastingFor(old, at)) return { weights: before, ...memory, differs };
  return { weights: wanted, moved: at, moves: movesOf(old, at) + 1 };
}
