import { asNumber, asRecord, asText, type Json } from '../json.js';
import { METRICS, type Metric } from './metrics.js';
import { isAsked, type Question } from './question.js';
import { quote } from './sql.js';

/** What the numbers of a metric add up to. */
export interface Figure {
  wan: string;
  metric: string;
  min: number;
  max: number;
  average: number;
  /** What so many % of the time it did not exceed, as far as buckets tell: of their averages. */
  p50: number;
  p95: number;
  p99: number;
}

/** How long a line, or a direction that is shaped, was how: shares from 0 to 1, the best first. */
export interface Shares {
  wan: string;
  metric: string;
  shares: [word: string, share: number][];
}

/** SQL of an answer for each metric, with a row for each WAN. */
export function summarySql(question: Question): string {
  return METRICS.filter(({ name }) => question.metrics?.includes(name) ?? true)
    .map((metric) => (metric.words ? sharesSql(metric, metric.words, question) : figureSql(metric, question)))
    .join('\n');
}

/** Of a number in hundredths the first four digits: with fewer values to be put in order, a router has its answer sooner. */
const FIRST_DIGITS = `CASE WHEN v<10000 THEN v ${[10, 100, 1000, 10_000].map((step) => `WHEN v<${step * 10_000} THEN v/${step}*${step}`).join(' ')} ELSE v/100000*100000 END`;

function figureSql(
  { name, table, where, value, weight, least = value, most = value }: Metric,
  question: Question,
): string {
  const rank = (share: number) => `min(CASE WHEN upto>=${share}*total THEN v END)/100.0`;
  return [
    `WITH s AS (SELECT wan, cast(100*${value}+0.5 AS INTEGER) AS v, ${weight} AS n, ${value} AS exact, ${least} AS low, ${most} AS high`,
    `FROM ${table} WHERE ${where} AND ${isAsked(question)}),`,
    `g AS (SELECT wan, ${FIRST_DIGITS} AS v, sum(n) AS n, sum(exact*n) AS s, min(low) AS low, max(high) AS high FROM s GROUP BY 1, 2),`,
    't AS (SELECT wan AS whose, sum(n) AS total FROM g GROUP BY wan),',
    'c AS (SELECT *, sum(n) OVER (PARTITION BY wan ORDER BY v ROWS UNBOUNDED PRECEDING) AS upto FROM g)',
    `SELECT ${quote(name)} AS metric, name, min(low) AS low, max(high) AS high, sum(s)/sum(n) AS average,`,
    `${rank(0.5)} AS p50, ${rank(0.95)} AS p95, ${rank(0.99)} AS p99 FROM c, t, wans WHERE whose=wan AND id=wan GROUP BY wan ORDER BY wan;`,
  ].join(' ');
}

function sharesSql({ name, table, where, weight }: Metric, words: readonly string[], question: Question): string {
  const sums = words.map((word, i) => `1.0*sum(${word})/sum(${weight}) AS s${i}`);
  return (
    `SELECT ${quote(name)} AS metric, name, ${sums.join(', ')} FROM ${table} JOIN wans ON wans.id=wan ` +
    `WHERE ${where} AND ${isAsked(question)} GROUP BY wan ORDER BY wan;`
  );
}

/** What the rows of these answers say. */
export function readSummary(rows: Json[]): { figures: Figure[]; shares: Shares[] } {
  const figures: Figure[] = [];
  const shares: Shares[] = [];
  for (const row of rows) {
    const fields = asRecord(row) ?? {};
    const [wan, name] = [asText(fields.name), asText(fields.metric)];
    const metric = METRICS.find((known) => known.name === name);
    if (wan === undefined || !metric) continue;
    const { words } = metric;
    if (words) {
      const each = words.map((word, i): [string, number] => [word, asNumber(fields[`s${i}`]) ?? 0]);
      shares.push({ wan, metric: metric.name, shares: each.filter(([, share]) => share > 0) });
      continue;
    }
    const [min, max, average, p50, p95, p99] = ['low', 'high', 'average', 'p50', 'p95', 'p99'].map((key) =>
      asNumber(fields[key]),
    );
    if (min === undefined || max === undefined || average === undefined) continue;
    if (p50 === undefined || p95 === undefined || p99 === undefined) continue;
    figures.push({ wan, metric: metric.name, min, max, average, p50, p95, p99 });
  }
  return { figures, shares };
}
