import type { Direction, Rates, Shaper } from '../model.js';
import { isAnew, rebase } from './baseline.js';
import { COMPARED } from './begin.js';
import { BUSY, blameOf, isAnotherBusy } from './blame.js';
import { deafer, delayOf, reaffirmed } from './delay.js';
import { boundsOf, learnt } from './learn.js';
import { achievedBy, listen, loadOf } from './listen.js';
import type { Lane, Memory } from './memory.js';
import { carriedBetween } from './rate.js';
import { settled } from './settle.js';
import type { Colour, Decision, Observed } from './signals.js';
import { steer } from './steer.js';
import { dropOf, slopeOf } from './trend.js';
import type { Verdict, View } from './view.js';
import { live, vote } from './votes.js';

/** ms of added delay that people feel in a call. */
const GREAT = 60;
/** ms without load after which nobody needs to look. */
const QUIET = 5000;

/**
 * Decides on the rates of a line by what was seen since the last call. It has no clock and no memory of its own.
 *
 * @param bounds of the directions that are steered, kbit/s
 * @param memory what the last call returned; undefined: nothing is known
 * @returns decisions: none for a direction of which not even a first rate is known; quiet: nothing to do until load comes again
 */
export function control(
  bounds: Shaper['rates'],
  memory: Memory | undefined,
  seen: Observed,
): { memory: Memory; decisions: Partial<Record<Direction, Decision>>; quiet: boolean } {
  const { now } = seen;
  // A time in the future is of another boot.
  const before = memory && memory.at <= now ? memory : undefined;
  const heard = listen(before ?? { at: now, reflectors: [], samples: [], lanes: {} }, seen);
  const isFirst = !before || isAnew(before.reflectors, live(heard.reflectors, now), now);
  const names = Object.keys(bounds) as Direction[];
  const lanes: Memory['lanes'] = {};
  for (const name of names) {
    const known = heard.lanes[name];
    const first = firstLane(bounds[name] ?? {}, seen, name, isFirst);
    if (!known) lanes[name] = first;
    else if (!(known.rate > 0)) lanes[name] = { ...first, counts: known.counts, peak: known.peak };
    else lanes[name] = isFirst && !known.fresh ? { ...settled(known, now), fresh: true } : known;
  }

  const slow = Math.min(...Object.values(lanes).map(({ rate }) => rate || Number.POSITIVE_INFINITY));
  const delay = delayOf(heard, slow, now);
  const next: Memory = { ...heard, at: now, lanes: { ...heard.lanes } };
  const all = Object.values(lanes);
  const isLoaded = all.every(({ cut }) => !cut) && all.some((lane) => loadOf(lane, now) >= BUSY);
  const deaf = reaffirmed(heard, delay, isLoaded, now);
  if (deaf) next.deaf = deaf;
  const decisions: Partial<Record<Direction, Decision>> = {};
  for (const name of names) {
    const [lane, rates] = [lanes[name] as Lane, bounds[name] ?? {}];
    const limits = boundsOf(rates, lane);
    const isOtherTried = names.some((other) => other !== name && isTried(next.lanes[other]));
    const view = { ...viewOf(name, lanes, limits, heard, delay, now), isOtherTried };
    const verdict = steer(view, before?.at ?? now);
    const rate = within(view, verdict.lane.rate);
    next.lanes[name] = { ...verdict.lane, rate };
    if (rate > 0) decisions[name] = decisionOf(view, verdict, rate, [learnt(rates), delay.isDeaf ? DEAF : undefined]);
    if (verdict.vain === undefined) continue;
    if (isAnotherBusy(name, lanes, now)) {
      next.lanes[name] = { ...verdict.lane, rate, innocent: now };
      continue;
    }
    next.reflectors = rebase(heard.reflectors, heard.samples, verdict.vain);
    next.deaf = deafer(heard, delay.added ?? 0, now);
  }
  next.noise = delay.noise;
  delete next.above;
  if (delay.above !== undefined) next.above = delay.above;
  else if (delay.added !== undefined) next.calm = now;
  const quiet = next.idle !== undefined && now - next.idle >= QUIET && delay.above === undefined;
  return { memory: next, decisions, quiet };
}

const DEAF = 'the delay does not follow the load';

/** A direction of which nothing is known but what is set or configured. */
function firstLane(rates: Rates, { now, counts, queues }: Observed, name: Direction, isFirst: boolean): Lane {
  const start = queues?.[name]?.rate ?? rates.base;
  const { min, max } = boundsOf(rates, undefined);
  const rate = start === undefined ? 0 : Math.round(Math.min(max, Math.max(min, start)));
  const count = counts[name];
  return {
    rate,
    counts: count ? [count] : [],
    peak: { load: 0, at: now },
    moved: now,
    grow: 0,
    ...(isFirst || rate === 0 ? { fresh: true } : {}),
  };
}

function isTried(lane: Lane | undefined): boolean {
  return lane?.step !== undefined || lane?.cut !== undefined;
}

function rivalOf(direction: Direction, lanes: Memory['lanes'], now: number): View['rival'] {
  const other = lanes[direction === 'up' ? 'down' : 'up'];
  if (!other) return { carried: 0, load: 0, fresh: false };
  const carried = carriedBetween(other.counts, now - COMPARED) ?? 0;
  return { carried, load: other.rate > 0 ? loadOf(other, now) : 0, fresh: other.fresh === true };
}

function viewOf(
  direction: Direction,
  lanes: Memory['lanes'],
  bounds: View['bounds'],
  { calm }: Memory,
  { points, each, noise, target, added, above, steady, way, isDeaf }: ReturnType<typeof delayOf>,
  now: number,
): Omit<View, 'isOtherTried'> {
  const lane = lanes[direction] as Lane;
  return {
    ...{ now, direction, lane, bounds, target, noise, way, isDeaf },
    rival: rivalOf(direction, lanes, now),
    ...(added === undefined ? {} : { delay: added }),
    ...(above === undefined ? {} : { above }),
    ...(calm === undefined ? {} : { calm }),
    achieved: achievedBy(lane, now),
    load: loadOf(lane, now),
    blame: blameOf(direction, lanes, now, steady),
    since(from) {
      const some = points.filter(({ sent }) => sent >= from);
      const [voted, slope, last] = [vote(each, noise, from), slopeOf(some, from), some.at(-1)?.sent];
      return {
        ...(voted === undefined ? {} : { delay: voted }),
        ...(slope === undefined ? {} : { slope }),
        ...(last === undefined ? {} : { last }),
      };
    },
    drop: (from, drains) => dropOf(points, from, drains),
    carried: (from, to) => carriedBetween(lane.counts, from, to),
  };
}

/** A rate as it may be: within its bounds, and not raised while the delay is too great. 0: not known yet. */
function within({ lane, bounds: { min, max }, delay = 0, target }: View, wanted: number): number {
  if (wanted === 0 && lane.rate === 0) return 0;
  const rate = delay > target && lane.rate > 0 ? Math.min(wanted, lane.rate) : wanted;
  return Math.round(Math.min(max, Math.max(min, rate)));
}

function decisionOf(
  view: View,
  { lane, reason, blocker, cut }: Verdict,
  rate: number,
  notes: (string | undefined)[],
): Decision {
  const { delay = 0, target, load, achieved } = view;
  const [isCut, isHigh] = [cut || lane.cut !== undefined, delay > target];
  const colour: Colour = isCut && isHigh ? (delay >= GREAT ? 'RED' : 'SOFT_RED') : isCut || isHigh ? 'YELLOW' : 'GREEN';
  const said = notes.filter((note) => note !== undefined).join('; ');
  return {
    rate,
    colour,
    reason: said ? `${reason} (${said})` : reason,
    ...(blocker === undefined ? {} : { blocker }),
    load: Math.min(1, load),
    achieved: Math.round(achieved),
    delay,
  };
}
