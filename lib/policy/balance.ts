import { figuresOf } from '../health/figures.js';
import { ENOUGH } from '../health/quality.js';
import { wordFor } from '../health/transition.js';
import type { Balance, Config, Now, Seen, State, Wan, WanState } from '../model.js';
import { type Candidate, weigh } from './weigh.js';

/** s for which other weights must be right until they count. */
export const LASTING = 60;
/** s. Who has moved twice within an hour waits for so long: lines that are alike would take turns. */
const HOUR = 3600;
const OFTEN = 2;
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
 * What the WANs that share should weigh after a round. Other weights count only when they have been right for a while, but where
 * another WAN has come or one has gone.
 *
 * @param wans after the round
 * @param now when it began
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
  const elapsed = now.uptime - (known?.begun ?? now.uptime);
  const old = known?.balance;
  const uses = members.map(({ wan, state, last }) => {
    const before = old?.members.find(({ name }) => name === wan.name)?.used;
    return useOf(wan, state.seen, last?.seen, elapsed, before);
  });
  const isSame = old?.by === by && namesOf(old.members) === namesOf(members.map(({ wan }) => wan));
  const before = isSame ? old.members.map(({ weight }) => weight) : undefined;
  const wanted = weigh(
    by,
    members.map((member, i) => candidate(member, uses[i])),
    before,
  );
  const { weights, ...memory } = move(wanted, before, old, now.uptime);
  return {
    by,
    members: members.map(({ wan }, i) => ({
      name: wan.name,
      weight: weights[i] as number,
      ...(uses[i] === undefined ? {} : { used: uses[i] }),
    })),
    ...memory,
  };
}

/** Those of the lowest tier that are up, in the order of the configuration; degraded ones, where all are. */
function sharing(configured: Wan[], wans: WanState[], known: State | undefined): Member[] {
  const all = configured.flatMap((wan) => {
    const state = wans.find(({ name }) => name === wan.name);
    const last = known?.wans.find(({ name }) => name === wan.name);
    return wan.enabled && state?.verdict.status === 'up' ? [{ wan, state, last }] : [];
  });
  const good = all.filter(({ state }) => wordFor(state) === 'up');
  const best = good.length > 0 ? good : all;
  const lowest = Math.min(...best.map(({ wan }) => wan.tier));
  return best.filter(({ wan }) => wan.tier === lowest);
}

function candidate({ wan: { weight, bandwidth }, state: { quality } }: Member, used: number | undefined): Candidate {
  const { rtt, loss = 0, packets = 0 } = (quality && figuresOf(quality)) ?? {};
  return {
    weight,
    ...(bandwidth ? { bandwidth } : {}),
    ...(rtt && packets >= ENOUGH ? { measured: { rtt: rtt.average, loss } } : {}),
    ...(used === undefined ? {} : { used }),
  };
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
  if (at - differs < waitFor(old, at)) return { weights: before, ...memory, differs };
  return { weights: wanted, moved: at, moves: movesOf(old, at) + 1 };
}

/** s for which other weights must be right until they count. */
export function waitFor(balance: Balance | undefined, at: number): number {
  return movesOf(balance, at) < OFTEN ? LASTING : HOUR;
}

/** Times that the weights have moved, each within an hour of the time before, and of now. */
function movesOf({ moved, moves }: Pick<Balance, 'moved' | 'moves'> = { moves: 0 }, at: number): number {
  return moved !== undefined && at - moved < HOUR ? moves : 0;
}

function namesOf(members: { name: string }[]): string {
  return members.map(({ name }) => name).join(' ');
}
