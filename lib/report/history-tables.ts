import type { HistoryRecord } from '../history/records.js';
import type { Happened } from '../history/series.js';
import type { Figure, Shares } from '../history/summary.js';
import type { Word } from '../model.js';
import { type Clock, dateTime } from './history-times.js';
import { table } from './table.js';
import { decimals, safe, statusWord } from './words.js';

/** What the numbers add up to, a row for each, below their head. */
export function summaryRows(figures: Figure[]): string[][] {
  const exact = (value: number) => value.toFixed(value < 1000 ? 2 : 0);
  const rows = figures.map(({ wan, metric, min, average, max, p50, p95, p99 }) => [
    wan,
    metric,
    ...[min, average, max, p50, p95, p99].map(exact),
  ]);
  return rows.length === 0 ? [] : [['WAN', 'METRIC', 'MIN', 'AVERAGE', 'MAX', 'P50', 'P95', 'P99'], ...rows];
}

/** The same, and shares of states, as aligned columns. */
export function summaryLines(figures: Figure[], shares: Shares[]): string[] {
  const states = shares.map(({ wan, metric, shares: each }) => [
    wan,
    metric,
    each.map(([word, share]) => `${statusWord(word as Word)} ${(100 * share).toFixed(2)} %`).join(', '),
  ]);
  return [
    ...table(summaryRows(figures)),
    ...(figures.length > 0 && states.length > 0 ? [''] : []),
    ...(states.length === 0 ? [] : table([['WAN', 'METRIC', 'SHARES'], ...states])),
  ];
}

/** The same as one value. */
export function summaryJson(figures: Figure[], shares: Shares[]) {
  return {
    figures: figures.map(({ wan, metric, min, max, average, p50, p95, p99 }) => ({
      wan_name: wan,
      metric_name: metric,
      min: decimals(min),
      max: decimals(max),
      avg: decimals(average),
      p50: decimals(p50),
      p95: decimals(p95),
      p99: decimals(p99),
    })),
    states: shares.map(({ wan, metric, shares: each }) => ({
      wan_name: wan,
      metric_name: metric,
      shares: Object.fromEntries(each.map(([word, share]) => [word, Math.round(share * 1e4) / 1e4])),
    })),
  };
}

/** `2026-11-26 14:39:15  wan1: up to down: no reply from 1.1.1.1 (1.1.1.1 lost, 8.8.8.8 12.1 ms)` */
export function eventLines(events: Happened[], clock: Clock): string[] {
  return events.map(({ at, wan, old, new: now, words, evidence = [] }) => {
    const answers = evidence.map(({ target, outcome, rtt, instead }) => {
      const how = rtt === undefined ? outcome : `${rtt.toFixed(1)} ms`;
      return `${safe(target)} ${how}${instead === undefined ? '' : `: ${safe(instead)}`}`;
    });
    const change = [old, now].map((word) => statusWord((word ?? 'unknown') as Word)).join(' to ');
    const what = wan === undefined ? safe(words, 400) : `${safe(wan)}: ${change}: ${safe(words, 400)}`;
    return `${dateTime(clock(at))}  ${what}${answers.length === 0 ? '' : ` (${answers.join(', ')})`}`;
  });
}

/** Events as values. */
export function eventsJson(events: Happened[]) {
  return events.map(({ timestamp, kind, wan, old, new: now, words, evidence }) => ({
    timestamp,
    kind,
    ...(wan === undefined ? {} : { wan_name: wan, from: old ?? null, to: now ?? null }),
    words,
    ...(evidence === undefined ? {} : { evidence }),
  }));
}

/** The head of a table for other programs. */
export const CSV_HEAD = 'timestamp,wan_name,metric_name,value,worst,granularity';

export function csvLine({ timestamp, wan_name, metric_name, value, labels, granularity }: HistoryRecord): string {
  const cells = [timestamp, wan_name, metric_name, value, labels?.worst ?? '', granularity];
  return cells.map((cell) => csvCell(String(cell))).join(',');
}

/** As RFC 4180 has it. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
