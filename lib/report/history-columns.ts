import type { Point, Series } from '../history/series.js';

/** A part of a chart's width, and what was seen in it. */
export interface Column {
  /** The worst of its states, or colours, by its number. Absent: nothing was seen. */
  worst?: number;
  values: Record<string, number>;
  /** ms: the highest RTT. */
  most?: number;
}

/** A gap of more than so many usual ones is one in which nobody looked. */
const GAP = 2;

/** The points, each as long as until the next one where that is no more than usual: between two rounds nobody looks. */
export function stretch(points: Point[]): Point[] {
  const usual = new Map<number, number>();
  for (const length of new Set(points.map(({ seconds }) => seconds))) {
    const gaps = points.flatMap((point, i) => {
      const next = points[i + 1];
      return point.seconds === length && next ? [next.at - point.at] : [];
    });
    usual.set(length, gaps.sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] ?? length);
  }
  return points.map((point, i) => {
    const typical = usual.get(point.seconds) ?? point.seconds;
    const gap = (points[i + 1]?.at ?? point.at + typical) - point.at;
    return gap > GAP * typical ? { ...point, seconds: Math.max(point.seconds, typical) } : { ...point, seconds: gap };
  });
}

/** A series as columns of the same width between two times: s since the epoch. */
export function columnsOf({ points }: Series, from: number, to: number, width: number): Column[] {
  const step = (to - from) / width;
  const columns = Array.from({ length: width }, (): Column & { weights: Record<string, number> } => ({
    values: {},
    weights: {},
  }));
  for (const { at, seconds, seen, values, rtt } of stretch(points)) {
    const worst = lastOf(seen);
    const weight = seen.reduce((sum, count) => sum + count, 0);
    const first = Math.max(0, Math.floor((at - from) / step));
    const last = Math.max(first, Math.ceil((at + seconds - from) / step) - 1);
    for (const column of columns.slice(first, last + 1)) {
      if (worst >= 0) column.worst = Math.max(worst, column.worst ?? 0);
      if (rtt) column.most = Math.max(rtt.most, column.most ?? 0);
      for (const [name, value] of Object.entries(values)) {
        const before = column.weights[name] ?? 0;
        column.values[name] = ((column.values[name] ?? 0) * before + value * weight) / (before + weight);
        column.weights[name] = before + weight;
      }
    }
  }
  return columns.map(({ weights: _, ...column }) => column);
}

/** The top of a scale for RTTs: a few that stand out far do not press down all others. */
export function topOf(parts: Pick<Column, 'values' | 'most'>[]): number {
  const averages = parts.flatMap(({ values }) => values.rtt_ms ?? []).sort((a, b) => a - b);
  const highest = Math.max(0, ...parts.flatMap(({ most }) => most ?? []));
  const median = averages[Math.floor(averages.length / 2)] ?? 0;
  return Math.max(1, averages.at(-1) ?? 0, Math.min(highest, 3 * median));
}

/** The place of the last one that was seen, which is the worst; -1 where none was. */
export function lastOf(seen: number[]): number {
  return seen.reduce((last, count, i) => (count > 0 ? i : last), -1);
}
