import { figuresOf } from '../health/figures.js';
import type { Figures, Quality, WanState } from '../model.js';
import { decimals, milliseconds, percent } from './words.js';

const BARS = '▁▂▃▄▅▆▇█';
/** A round without an answer. */
const SILENCE = '×';

/** `3 % of 36 lost, 45.2 ms (p95 60.1 ms), jitter 2.1 ms` */
export function figuresWords({ rtt, jitter, loss, packets }: Figures): string {
  return [
    `${percent(loss)} of ${packets} lost`,
    ...(rtt ? [`${milliseconds(rtt.average)} (p95 ${milliseconds(rtt.p95)})`] : []),
    ...(jitter === undefined ? [] : [`jitter ${milliseconds(jitter)}`]),
  ].join(', ');
}

/** The figures of a line that is measured, behind what else is said of it. */
export function measuredWords({ quality }: Pick<WanState, 'quality'>): string {
  const figures = quality && figuresOf(quality);
  return figures ? `; ${figuresWords(figures)}` : '';
}

/** A character for each of the last rounds, the higher the slower, against the slowest of them. */
export function sparkline({ window }: Pick<Quality, 'window'>): string {
  const means = window.map(({ samples }) => mean(samples.flatMap(({ rtts }) => rtts)));
  const slowest = Math.max(...means.filter((rtt) => rtt !== undefined), 0);
  return means
    .map((rtt) =>
      rtt === undefined ? SILENCE : BARS[Math.min(BARS.length - 1, Math.floor((rtt / (slowest || 1)) * BARS.length))],
    )
    .join('');
}

function mean(values: number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Figures as they are printed: two decimals, null where there is none. @param uptime s since boot */
export function qualityJson(quality: Quality, uptime: number) {
  const { rtt, jitter, loss, packets } = figuresOf(quality) ?? { packets: 0 };
  return {
    degraded: quality.degraded,
    since_s: quality.since === undefined ? null : Math.round(uptime - quality.since),
    good_for_s: quality.goodSince === undefined ? null : Math.round(uptime - quality.goodSince),
    packets,
    loss_percent: decimals(loss),
    rtt_average_ms: decimals(rtt?.average),
    rtt_median_ms: decimals(rtt?.median),
    rtt_p95_ms: decimals(rtt?.p95),
    jitter_ms: decimals(jitter),
  };
}
