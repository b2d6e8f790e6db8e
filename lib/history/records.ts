import { asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import { METRICS, type Metric } from './metrics.js';
import { isAsked, type Question } from './question.js';
import { ISO_TIME, quote, whole } from './sql.js';
import { type Granularity, TIERS } from './tiers.js';

/** The part of an answer that is wanted. */
export interface Page {
  limit: number;
  /** What it stands behind: the last record of the page before. Absent: it is the first page. */
  after?: RecordKey | undefined;
  /** Records that are left out before it; 0 unless it is said. */
  offset?: number;
}

/** What tells a record from all others. */
export type RecordKey = Pick<HistoryRecord, 'timestamp' | 'wan_name' | 'metric_name' | 'granularity'>;

/** A number of the past. */
export interface HistoryRecord {
  /** ISO 8601, UTC: when its bucket began. */
  timestamp: string;
  wan_name: string;
  metric_name: string;
  /** The average in the bucket; of a state the number of the worst one, which the labels name. */
  value: number;
  /** Of a state: `worst`, and the share of each that was there, 0-1. */
  labels: Record<string, string | number> | null;
  granularity: Granularity;
}

/** SQL of the records of a page, the oldest first. */
export function recordsSql(question: Question, { limit, after, offset = 0 }: Page): string {
  const rows =
    metricsOf(question)
      .map((metric) => selectOf(metric, question))
      .join(' UNION ALL ') || NOTHING;
  return [
    `SELECT ${ISO_TIME} AS timestamp, name AS wan_name, metric AS metric_name,`,
    `round(value,2) AS value, labels, tier AS granularity FROM (${rows})${isAfter(after)}`,
    `ORDER BY at, name, metric, tier LIMIT ${whole(limit)} OFFSET ${whole(offset)};`,
  ].join('\n');
}

/** SQL of how many records all pages have: the sum of `total` in its rows. */
export function countSql(question: Question): string {
  return metricsOf(question)
    .map(({ table, where }) => `SELECT count(*) AS total FROM ${table} WHERE ${where} AND ${isAsked(question)};`)
    .join('\n');
}

function metricsOf({ metrics }: Question): Metric[] {
  return METRICS.filter(({ name }) => metrics?.includes(name) ?? true);
}

/** By what it is and not by its number: rounds write, move and give up rows meanwhile. */
function isAfter(last: RecordKey | undefined): string {
  if (!last) return '';
  const at = `CAST(strftime('%s',${quote(last.timestamp)}) AS INTEGER)`;
  const tier = TIERS.find(({ name }) => name === last.granularity)?.seconds;
  return ` WHERE (at,name,metric,tier)>(${at},${quote(last.wan_name)},${quote(last.metric_name)},${whole(tier)})`;
}

const NOTHING = 'SELECT 0 AS at, NULL AS name, NULL AS metric, NULL AS value, NULL AS labels, 0 AS tier WHERE 0';

function selectOf({ name, table, where, value, weight, words }: Metric, question: Question): string {
  // Written by us: names of states hold nothing that JSON must escape.
  const shares = words?.map(
    (word) => `CASE WHEN ${word}>0 THEN ',"${word}":'||round(1.0*${word}/(${weight}),4) ELSE '' END`,
  );
  const worst = `CASE ${words?.map((word, i) => `WHEN ${value}=${i} THEN '${word}'`).join(' ')} END`;
  const labels = shares ? `'{"worst":"'||${worst}||'"'||${shares.join('||')}||'}'` : 'NULL';
  return (
    `SELECT at, name, ${quote(name)} AS metric, ${value} AS value, ${labels} AS labels, tier ` +
    `FROM ${table} JOIN wans ON wans.id=wan WHERE ${where} AND ${isAsked(question)}`
  );
}

/** What the rows of that answer say. */
export function readRecords(rows: Json[]): HistoryRecord[] {
  return rows.flatMap((row) => readRecord(row) ?? []);
}

function readRecord(row: Json): HistoryRecord | undefined {
  const fields = asRecord(row);
  const [timestamp, wan, metric] = [fields?.timestamp, fields?.wan_name, fields?.metric_name].map(asText);
  const [value, tier] = [asNumber(fields?.value), asNumber(fields?.granularity)];
  const granularity = TIERS.find(({ seconds }) => seconds === tier)?.name;
  if (timestamp === undefined || wan === undefined || metric === undefined) return undefined;
  if (value === undefined || granularity === undefined) return undefined;
  return { timestamp, wan_name: wan, metric_name: metric, value, labels: readLabels(fields?.labels), granularity };
}

function readLabels(json: Json): HistoryRecord['labels'] {
  const labels = Object.entries(asRecord(parseJson(asText(json) ?? '')) ?? {});
  const known = labels.filter((entry): entry is [string, string | number] =>
    ['string', 'number'].includes(typeof entry[1]),
  );
  return known.length === 0 ? null : Object.fromEntries(known);
}
