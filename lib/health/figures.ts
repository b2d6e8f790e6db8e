import type { Figures, Measurement, Quality, Sample } from '../model.js';
import { ROUNDS } from './health.js';

/** A round that is older than so many intervals says nothing any more: who has not looked for so long begins anew. */
const AGE = 20;

/**
 * The window with a round more, without what is too old.
 *
 * @param interval s that are configured between two rounds
 */
export function addRound(window: Measurement[], round: Measurement, interval: number): Measurement[] {
  const kept = window.filter(({ at }) => round.at - at <= AGE * interval && at < round.at);
  return [...kept, round].slice(-ROUNDS);
}

/**
 * What a window adds up to. A target may be lossy by itself, so the best of them speaks for the line; where several must answer,
 * the last that is needed.
 *
 * @returns undefined where not a packet was sent to it
 */
export function figuresOf({ window, reliability }: Pick<Quality, 'window' | 'reliability'>): Figures | undefined {
  const targets = window.at(-1)?.samples.length ?? 0;
  const each = Array.from({ length: targets }, (_, i) => figuresFor(window.map(({ samples }) => samples[i])));
  const known = each.filter((figures) => figures !== undefined);
  return known.sort((a, b) => a.loss - b.loss || (a.rtt?.average ?? 0) - (b.rtt?.average ?? 0))[
    Math.min(reliability, known.length) - 1
  ];
}

function figuresFor(samples: (Sample | undefined)[]): Figures | undefined {
  const rounds = samples.filter((sample) => sample !== undefined);
  const packets = rounds.reduce((sum, { sent }) => sum + sent, 0);
  if (packets === 0) return undefined;
  const rtts = rounds.flatMap((sample) => sample.rtts);
  const sorted = [...rtts].sort((a, b) => a - b);
  // Only within a round: from one to the next the line had time to be another one, longer where rounds are rarer.
  const steps = rounds.flatMap((sample) =>
    sample.rtts.slice(1).map((rtt, i) => Math.abs(rtt - (sample.rtts[i] ?? rtt))),
  );
  return {
    packets,
    loss: (100 * (packets - rtts.length)) / packets,
    ...(rtts.length === 0
      ? {}
      : { rtt: { average: mean(rtts), median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) } }),
    ...(steps.length === 0 ? {} : { jitter: mean(steps) }),
  };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value that so large a share of them does not exceed (nearest rank). */
function quantile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}
