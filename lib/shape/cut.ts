import { BUSY } from './blame.js';
import type { Cap, Cut, Lane } from './memory.js';
import type { Verdict, View } from './view.js';
import { mbit, ms } from './words.js';

/** Part of what a line carries at which its rate is held: what the line takes more, for headers and by chance, empties its queue. */
export const HOLD = 0.96;
/** ms in which the queue that stands is to be gone. */
const DRAIN = 600;
/** A cut takes away so much at least, and at most: less could not be told from chance, and TCP must go on. */
export const LEAST = 0.9;
const DEEPEST = 0.35;
/** ms until a rate that was set is the rate. */
export const EFFECT = 15;
/** ms for which a delay that is too great may be of too few answers to see how it grows. */
const UNSURE = 150;
/** ms until it shows what a line carries on which the delay has jumped, and over which that is measured then. */
const [JUMPED, RECENT] = [400, 200];
/** The same where delays are known to come of no load: by then TCP, which a longer way slows down, sends more again. By this part. */
const [DOUBTED, MORE] = [800, 1.15];
/** ms of answers that show how a delay goes on: at least, and where nobody knows what it is without a queue. */
const [SPAN, BLIND] = [60, 400];
/** ms for which it is known what the delay is without a queue. */
const KNOWN = 3000;
/** s per s: what is less is flat. */
const FLAT = 0.03;
/** s per s: a queue drains by what is not sent of what is carried, which is known only about; a way becomes shorter at once. */
const STEEP = 0.6;
/** After how many cuts in vain the delay is no queue's; one more for each so many ms, as a queue may be so full that it overflows. */
const VAIN = { least: 2, each: 150 };
/** Part of the rate before: a queue that is still there with so little sent would have drained. */
const SPENT = 0.35;
/** What became of a line is another line's if it differs by more than this part. */
const SAME = 0.15;

/** Since when answers say what became of a rate that was set at a time: what comes by the line obeys a way later. */
export function shows(at: number, { direction, way }: Pick<View, 'direction' | 'way'>): number {
  return at + EFFECT + (direction === 'down' ? way : 0);
}

/**
 * kbit/s that the line really carries while its queue grows. Upwards the queue lies behind our shaper: it grows by what was sent
 * and not carried. Downwards we are behind the queue: what arrives is what it carries.
 */
export function carries({ direction }: Pick<View, 'direction'>, rate: number, slope: number): number {
  return direction === 'up' ? rate / (1 + Math.max(-0.9, slope)) : rate;
}

/** Which part of what is carried may be sent until a queue of so many ms is gone in time. */
function draining(delay: number): number {
  return Math.max(DEEPEST, Math.min(LEAST, 1 - delay / DRAIN));
}

/** Cuts once, to what the line really carries, less what empties the queue in time. */
export function cut(view: View): Verdict {
  const { now, lane, delay = 0, above = now, bounds } = view;
  if (lane.rate <= bounds.min) return { lane, reason: `${ms(delay)} added`, blocker: 'it is at its minimum' };
  const { slope: seen, last = now } = view.since(above);
  if (seen === undefined && now - above < UNSURE)
    return { lane, reason: `${ms(delay)} added`, blocker: 'too few answers to see how it grows' };
  const slope = Math.max(0, seen ?? 0);
  // A queue does not come at once, without anything that was raised, and then stay as it is. A longer way does; TCP takes it for a
  // moment as if the line carried less.
  const jump = slope <= FLAT && !lane.step;
  if (jump && view.isDeaf && now - above >= JUMPED && carriesMore(view))
    return { lane, reason: `${ms(delay)} added, and more and more is carried: it is no queue’s`, vain: above };
  if (jump && now - above < (view.isDeaf ? DOUBTED : JUMPED))
    return {
      lane,
      reason: `${ms(delay)} added`,
      blocker: 'it came at once: what is carried has yet to show whether it is a queue',
    };
  const asked = jump ? now - RECENT : view.direction === 'down' ? Math.min(above, now - 100) : above;
  const carried = view.carried(asked, jump || view.direction === 'down' ? now : last);
  const cap = Math.min(lane.rate, carries(view, carried ?? lane.rate, slope));
  const rate = Math.min(lane.rate, cap * (jump ? LEAST : draining(delay + 100 * slope)));
  const grows = slope > FLAT ? ` and growing by ${ms(1000 * slope)} a second` : '';
  return {
    lane: started(view, { cap, before: lane.rate, ...(jump ? { jump } : {}) }, rate),
    reason: `cut: ${ms(delay)} added${grows}; the line carries about ${mbit(cap)}`,
    cut: true,
  };
}

/** A queue that stays as it is, is fed by what the line carries: that does not become more. */
function carriesMore({ now, carried }: View): boolean {
  const [before, recent] = [carried(now - 2 * RECENT, now - RECENT), carried(now - RECENT, now)];
  return before !== undefined && recent !== undefined && recent >= MORE * before;
}

/** The lane with a cut that begins now. */
export function started(view: View, cut: Pick<Cut, 'before' | 'cap' | 'jump' | 'blind'>, rate: number): Lane {
  const { now, delay = 0, calm = 0, lane } = view;
  const { step, ...rest } = lane;
  const begun = { ...cut, before: step?.from ?? cut.before, at: now, vain: 0, level: delay };
  return { ...rest, rate, moved: now, cut: now - calm < KNOWN ? { ...begun, known: true } : begun };
}

/** What becomes of a cut: it is over when the queue is gone; it is cut again when that does not come. */
export function follow(view: View, before: Cut): Verdict {
  const { now, lane, noise, target, bounds } = view;
  const { at, cap, blind, known, jump } = before;
  const from = shows(at, view);
  const { delay, slope, last = from } = view.since(from);
  if (delay === undefined) return { lane, reason: 'a cut has had no time yet to show', blocker: 'no answer since' };
  const span = last - from;
  const settled = slope !== undefined && span >= Math.min(600, SPAN * (1 + noise));
  const gone = blind ? settled && slope > -FLAT && span >= BLIND : Math.max(delay, view.delay ?? 0) <= 0.6 * target;
  if (gone) return over(view, before, span);
  if (!settled) return { lane, reason: 'a cut has had no time yet to show', blocker: 'too few answers since' };
  const carried = carries(view, view.carried(from) ?? lane.rate, slope);
  // It falls by what is not sent of what the line carries: by less than half of that is not at all.
  if (slope < Math.min(-FLAT, 0.4 * (lane.rate / cap - 1))) {
    // What was thought at the cut was by some answers; this is by more of them.
    const better = span >= 150 ? Math.min(1.1 * cap, Math.max(0.5 * cap, carried)) : cap;
    return { lane: { ...lane, cut: { ...before, cap: better } }, reason: `the queue drains: ${ms(delay)} are left` };
  }
  if (blind) return { lane, reason: 'until the delay falls no more: nobody knows what it is without a queue' };
  const rises = slope > FLAT;
  // Where another direction may be to blame, a queue that grows with less sent is that one's.
  const vain = rises && view.rival.load < BUSY ? 0 : before.vain + 1;
  // Where it is not known what the delay was shortly before, and it has not jumped, more must be tried: but not for ever, with
  // next to nothing sent.
  const spent = lane.rate <= Math.max(bounds.min, SPENT * before.before);
  if ((known || jump || spent) && vain >= VAIN.least + Math.floor(delay / VAIN.each)) {
    const { cut: _, ...rest } = lane;
    return {
      lane: { ...rest, back: before.before },
      reason: 'the delay did not fall when less was sent: it is no queue’s, and the rate is as before',
      vain: from,
    };
  }
  const less = Math.min(cap, carried);
  const { set: _, ...unset } = before;
  return {
    lane: {
      ...lane,
      rate: Math.min(lane.rate * (rises ? 1 : 0.8), less * draining(delay)),
      moved: now,
      cut: { ...unset, at: now, cap: less, vain, level: delay },
    },
    reason: `cut again: still ${ms(delay)} added${rises ? ', and growing' : ''}`,
    cut: true,
  };
}

/** The queue is gone. */
function over(view: View, { at, before, cap, blind, jump, level }: Cut, span: number): Verdict {
  const { now, lane } = view;
  const { cut: _, ...rest } = lane;
  const { drop, steep } = view.drop(shows(at, view) - 100, Math.max(STEEP, 1.5 * (1 - lane.rate / cap)));
  if ((drop >= level / 2 && steep) || (blind && span < 1.5 * BLIND)) {
    const asked = lane.cap ? { cap: { ...lane.cap, asked: now } } : {};
    return {
      lane: { ...rest, ...asked, rate: before, moved: now },
      reason: 'there is no queue: the rate is as before',
    };
  }
  // A delay that only jumped proves little: the way may have been longer for a moment.
  const proved = jump && lane.cap && cap > (1 - SAME) * before ? Math.max(cap, 0.98 * lane.cap.rate) : cap;
  return {
    lane: { ...rest, ...found(lane, proved, now), rate: proved * HOLD, moved: now },
    reason: `the queue is gone: just below the ${mbit(proved)} that the line carries`,
  };
}

/** What the line was seen to carry. A fall is remembered: it may rise again. */
export function found(lane: Lane, rate: number, now: number): { cap: Cap; best?: number; grow: number } {
  const before = lane.cap;
  const same = before && Math.abs(rate / before.rate - 1) < SAME;
  const usual = before?.rate ?? lane.rate;
  const best = rate < (1 - SAME) * usual ? Math.max(usual, lane.best ?? 0) : lane.best;
  return {
    cap: { rate, asked: now, since: same ? before.since : now },
    ...(best === undefined || best <= rate ? {} : { best }),
    grow: 0,
  };
}
