import type { Bounds, Figures, Probe, Quality, Status, Wan } from '../model.js';
import { addRound, figuresOf } from './figures.js';
import { isMeasured } from './health.js';

/** Packets without which nothing is judged: a lost one of three says little. */
export const ENOUGH = 12;
/** s. A line that became degraded again within an hour of being good must be good for an hour: so it changes twice an hour at most. */
const HOUR = 3600;

/**
 * The quality of a WAN after a round.
 *
 * @param status its verdict of this round
 * @param probe absent where nothing was learned
 * @param at s since boot when the round began
 * @param interval s that are configured between two rounds
 * @returns undefined for a WAN that is not measured
 */
export function judgeQuality(
  wan: Wan,
  status: Status,
  probe: Probe | undefined,
  before: Quality | undefined,
  at: number,
  interval: number,
): Quality | undefined {
  if (!isMeasured(wan) || !wan.enabled) return undefined;
  const last = { window: [], degraded: false, times: 0, ...before, reliability: wan.reliability };
  const samples = probe?.samples;
  // A line that was dead is judged by what it is since then.
  if (probe && !probe.answered && status !== 'up') return { ...last, window: [] };
  const window = samples ? addRound(last.window, { at, samples }, interval) : last.window;
  const next = { ...last, window };
  const figures = figuresOf(next);
  if (!wan.limits) return { ...next, degraded: false };
  if (!samples || !figures || figures.packets < ENOUGH) return next;
  return last.degraded
    ? whileDegraded(next, isGood(figures, wan.limits.recovery), at)
    : whileGood(next, isBad(figures, wan.limits.failure), at);
}

function whileGood(quality: Quality, bad: boolean, at: number): Quality {
  if (!bad) return quality;
  const isNear = quality.since !== undefined && at - quality.since < HOUR;
  const { goodSince: _, ...rest } = quality;
  return { ...rest, degraded: true, since: at, times: isNear ? quality.times + 1 : 1 };
}

function whileDegraded(quality: Quality, good: boolean, at: number): Quality {
  const { goodSince = at, ...rest } = quality;
  if (!good) return rest;
  if (at - goodSince < waitFor(quality)) return { ...rest, goodSince };
  return { ...rest, degraded: false, since: at };
}

/** s that a degraded line must have been good. */
export function waitFor({ times }: Pick<Quality, 'times'>): number {
  return times > 1 ? HOUR : 0;
}

function isBad(figures: Figures, { loss, latency, jitter }: Bounds): boolean {
  return (
    figures.loss >= loss ||
    (figures.rtt?.average ?? 0) >= latency ||
    (jitter !== undefined && (figures.jitter ?? 0) >= jitter)
  );
}

function isGood(figures: Figures, { loss, latency, jitter }: Bounds): boolean {
  return (
    figures.loss <= loss &&
    (figures.rtt?.average ?? Number.POSITIVE_INFINITY) <= latency &&
    (jitter === undefined || (figures.jitter ?? 0) <= jitter)
  );
}
