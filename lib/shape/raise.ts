import { carries, EFFECT, HOLD, LEAST, shows, started } from './cut.js';
import type { Step } from './memory.js';
import type { Verdict, View } from './view.js';
import { mbit, ms } from './words.js';

/** Part of the rate that is to be used before it is raised: nothing is known of more than is used. */
const USED = 0.85;
/** Back to what was good: by this part, each time that so many ms have passed. */
const BACK = { by: 0.12, each: 120 };
/** A step beyond what is known, as a part of it: so small that the line's queue grows by some ms before it is seen; then more and more. */
const [FIRST, FASTER, LARGEST] = [0.04, 1.7, 0.25];
/** ms by which the delay is to grow before a step is too much, beside what is noise. */
const ANSWER = 3;
/** ms after which a step that is not used is taken back. */
const UNUSED = 1000;
/** How long until it is asked again for more, as a part of the time for which the line has been as it is; and ms at least and at most. */
const AGAIN = { part: 0.1, least: 4000, most: 60_000 };

/** Raises a rate that is used, while the delay is low: quickly to what was good, then by steps of which each must prove itself. */
export function raise(view: View): Verdict {
  const { now, lane, load, bounds } = view;
  const { rate, cap, moved } = lane;
  if (load < USED) return { lane, reason: 'all is well', blocker: 'only what is used is raised' };
  const top = Math.min(bounds.max, cap ? cap.rate * HOLD : bounds.max);
  if (rate >= bounds.max) return { lane, reason: 'all is well', blocker: 'it is at its maximum' };
  if (cap && rate < 0.995 * top) {
    if (now - moved < BACK.each) return { lane, reason: 'all is well', blocker: 'it was raised just now' };
    return {
      lane: { ...lane, rate: Math.min(top, rate * (1 + BACK.by)), moved: now },
      reason: `back to just below the ${mbit(cap.rate)} that the line carries`,
    };
  }
  if (cap) {
    const due = cap.asked + Math.min(AGAIN.most, Math.max(AGAIN.least, AGAIN.part * (now - cap.since)));
    if (now < due) {
      return {
        lane,
        reason: `just below the ${mbit(cap.rate)} that the line carries`,
        blocker: `it is tried in ${((due - now) / 1000).toFixed(0)} s whether there is more`,
      };
    }
  }
  // One after the other: of two that are tried at once, nobody knows which one was too much.
  if (view.isOtherTried) return { lane, reason: 'all is well', blocker: 'the other direction is being tried' };
  const grow = Math.max(FIRST, lane.grow);
  const next = Math.min(bounds.max, (cap?.rate ?? rate) * (1 + grow));
  return {
    lane: { ...lane, rate: next, moved: now, grow, step: { at: now, from: rate, level: view.delay ?? 0 } },
    reason: `tries whether the line carries ${mbit(next)}`,
  };
}

/** What becomes of a step up: as soon as the delay answers, it was too much; if it does not, the line carries it. */
export function judge(view: View, { at, from, level }: Step): Verdict {
  const { now, lane, noise, isDeaf } = view;
  const shown = shows(at, view);
  const { delay, slope, last = shown } = view.since(shown);
  const answer = ANSWER + noise;
  const { step: _, ...rest } = lane;
  const carried = view.carried(at + EFFECT, last) ?? from;
  const asked = lane.cap ? { cap: { ...lane.cap, asked: now } } : {};
  const back = (reason: string): Verdict => ({
    lane: { ...rest, ...asked, rate: from, grow: lane.grow / 2, moved: now },
    reason: `${mbit(lane.rate)} ${reason}`,
  });
  if (delay !== undefined && delay - level >= answer) {
    if (isDeaf) return back('may be too much, or the way is longer');
    const seen = carries(view, carried, Math.max(0, slope ?? 0));
    const rate = Math.min(lane.rate, Math.max(seen, 0.97 * from));
    const cap = lane.cap ? (lane.cap.rate + rate) / 2 : rate;
    return {
      lane: started(view, { before: from, cap }, Math.min(from, cap * LEAST)),
      reason: `${mbit(lane.rate)} is too much: ${ms(delay - level)} more`,
    };
  }
  // By how much the delay would have grown if the line carried no more than what is known.
  const expected = (last - at - EFFECT) * (carried / (lane.cap?.rate ?? from) - 1);
  if (delay !== undefined && expected >= 1.7 * answer) return proved(view, rest);
  if (now - at < UNUSED * (1 + noise / ANSWER))
    return { lane, reason: `tries ${mbit(lane.rate)}`, blocker: 'the delay has had no time yet to answer' };
  return back('was not used');
}

/** The line carries more than was known. */
function proved({ now }: View, { cap: _, best, ...lane }: View['lane']): Verdict {
  const { rate, grow } = lane;
  const reason = `the line carries ${mbit(rate)}`;
  if (best !== undefined && rate >= best * HOLD)
    return { lane: { ...lane, cap: { rate: Math.max(best, rate), asked: now, since: now }, grow: 0 }, reason };
  // It has risen, and what it once carried is known: there at once.
  const next = best === undefined ? grow * FASTER : Math.min(LARGEST, best / rate - 1, 2.5 * grow);
  return { lane: { ...lane, ...(best === undefined ? {} : { best }), grow: Math.min(LARGEST, next) }, reason };
}
