import type { Bounds, Figures, Probe, Quality, Wan, WanState } from '../model.js';
import type { Time } from './counters.js';
import { figuresOf } from './figures.js';
import { ENOUGH, judgeQuality, waitFor } from './quality.js';

/**
 * A WAN with what its last rounds showed, and why it is degraded, if it is.
 *
 * @param after its verdict of this round
 * @param before what was known of it before
 */
export function qualify(
  wan: Wan,
  after: WanState,
  probe: Probe | undefined,
  before: WanState,
  { begun, interval }: Time,
): WanState {
  const { status } = after.verdict;
  const isSame = before.configured.targets.join() === wan.targets.join();
  const known = before.quality && (isSame ? before.quality : { ...before.quality, window: [] });
  const quality = judgeQuality(wan, status, probe, known, begun, interval);
  if (!quality) return after;
  const reason = status === 'up' && quality.degraded ? whyDegraded(wan, quality, begun) : after.verdict.reason;
  return { ...after, quality, verdict: { ...after.verdict, reason } };
}

/**
 * Why it is degraded, and what it lacks to be good again.
 *
 * @param at s since boot
 */
function whyDegraded({ limits }: Wan, quality: Quality, at: number): string {
  const figures = figuresOf(quality);
  if (!limits || !figures || figures.packets < ENOUGH) return 'degraded before, and not measured enough since';
  const faults = faultsOf(figures, limits.recovery);
  if (faults.length > 0) return `${faults.join(', ')}; good again at ${boundsText(limits.recovery)}`;
  const waited = Math.floor(at - (quality.goodSince ?? at));
  return `good again, for ${waited} of ${waitFor(quality)} s, because it was degraded ${quality.times} times within an hour`;
}

function boundsText({ loss, latency, jitter }: Bounds): string {
  return [`${loss} % loss`, `${latency} ms`, ...(jitter === undefined ? [] : [`${jitter} ms jitter`])].join(', ');
}

/** What of a line is over what is good again, in words: `loses 62 % of 36 packets`. */
function faultsOf(figures: Figures, { loss, latency, jitter }: Bounds): string[] {
  const { rtt } = figures;
  return [
    ...(figures.loss > loss ? [`loses ${Math.round(figures.loss)} % of ${figures.packets} packets`] : []),
    ...(rtt && rtt.average > latency ? [`takes ${Math.round(rtt.average)} ms on average`] : []),
    ...(jitter !== undefined && figures.jitter !== undefined && figures.jitter > jitter
      ? [`has a jitter of ${Math.round(figures.jitter)} ms`]
      : []),
  ];
}
