import { begin } from './begin.js';
import { cut, follow } from './cut.js';
import { IDLE } from './listen.js';
import { judge, raise } from './raise.js';
import type { Verdict, View } from './view.js';
import { ms } from './words.js';

/** ms for which a small delay must last before it is cut: a burst of packets is gone by then. A great one is cut at once. */
const LASTS = 60;

/** Part by which an idle rate nears its base in a second; and ms after which it is there at once. */
const DRIFT = { by: 0.1, gone: 60_000 };

/** Decides on the rate of one direction. @param before when it was decided on before, ms since boot */
export function steer(view: View, before: number): Verdict {
  const { now, lane, delay, target, above, blame } = view;
  if (delay === undefined) {
    const flows = view.load > 0.02 ? ', but bytes flow: that is no congestion' : '';
    return { lane, reason: `no reflector answers${flows}`, blocker: 'nothing is known of the delay' };
  }
  if (lane.fresh) return begin(view);
  if (lane.cut) return follow(view, lane.cut);
  if (delay > target) {
    if (!blame.guilty) return { lane, reason: `${ms(delay)} added`, blocker: blame.why };
    const falls = (view.since(now - 400).slope ?? 0) < -0.05 && !lane.step;
    if (falls) return { lane, reason: `${ms(delay)} added`, blocker: 'the delay falls by itself' };
    if (delay < 3 * target && now - (above ?? now) < LASTS)
      return { lane, reason: `${ms(delay)} added`, blocker: 'only just now' };
    return cut(view);
  }
  if (lane.back !== undefined) {
    const { back, ...rest } = lane;
    return { lane: { ...rest, rate: back, moved: now }, reason: 'it was cut for nothing: the rate is as before' };
  }
  if (lane.step) return judge(view, lane.step);
  if (view.load < IDLE && lane.peak.load < IDLE) return drift(view, before);
  return raise(view);
}

/** What nobody uses nears its base: the line may be another one when it is used again. */
function drift({ now, lane, bounds }: View, before: number): Verdict {
  const { rate, cap, moved } = lane;
  const part = now - before >= DRIFT.gone ? 1 : Math.min(1, (DRIFT.by * (now - Math.max(before, moved))) / 1000);
  const goal = Math.min(
    bounds.base,
    cap && cap.rate > bounds.min && now - cap.asked < DRIFT.gone * 10 ? cap.rate : bounds.base,
  );
  const next = rate + Math.max(-part * rate, Math.min(part * rate, goal - rate));
  if (Math.abs(next - rate) < 1) return { lane, reason: 'idle' };
  return { lane: { ...lane, rate: next }, reason: 'idle: back to its base' };
}
