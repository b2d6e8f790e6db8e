import { BUSY, SUSPECT } from './blame.js';
import { started } from './cut.js';
import { TRICKLE } from './listen.js';
import type { Verdict, View } from './view.js';
import { mbit } from './words.js';

/** ms of counts that say what is carried. */
const ENOUGH = 300;
/** ms over which it is compared with what the other direction carries. */
export const COMPARED = 2000;
/** kbit/s to begin with where not even that is known, at least. */
const SLOW = 1000;
/** Part of what is carried that is sent until it is known what the delay is without a queue: so small that any queue drains. */
const BLIND = 0.7;
/** Part of what the other direction carries that may be the answers to it. */
const ANSWERS = 0.1;

const reason = 'the line is looked at for the first time';

/**
 * The first look at a line. If it is loaded, a queue may stand already, and nobody knows how long the way is without it: so less
 * is sent for a moment, until the delay falls no more. One direction after the other; who carries little has no queue.
 */
export function begin(view: View): Verdict {
  const { now, lane, achieved, rival } = view;
  const [first, last] = [lane.counts[0], lane.counts.at(-1)];
  if (!first || !last || last.at - first.at < ENOUGH)
    return { lane, reason, blocker: 'it is not known yet what it carries' };
  const { fresh: _, ...rest } = lane;
  const carried = view.carried(now - COMPARED) ?? 0;
  if (lane.rate === 0) {
    const least = Math.max(TRICKLE, ANSWERS * rival.carried);
    if (achieved < least || carried < least)
      return { lane, reason, blocker: 'it carries too little to learn a rate from it' };
    if (rival.fresh && carried < rival.carried)
      return { lane, reason, blocker: 'the other direction carries more, and is looked at first' };
  }
  const rate = lane.rate || Math.max(SLOW, achieved);
  const load = achieved / rate;
  const isLess = lane.rate > 0 && rival.load > load && load < BUSY;
  if (load < SUSPECT || isLess) return { lane: { ...rest, rate }, reason: `${reason}: it has room` };
  if (view.isOtherTried) return { lane, reason, blocker: 'the other direction is being tried' };
  const cap = Math.min(rate, achieved);
  return {
    lane: {
      ...started({ ...view, lane: { ...rest, rate } }, { before: rate, cap, blind: true }, cap * BLIND),
      moved: now,
    },
    reason: `less than the ${mbit(cap)} that are carried, to see what the delay is without a queue`,
  };
}
