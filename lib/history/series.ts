import { asNumber, asRecord, asText, type Json, parseJson } from '../json.js';
import { optional } from '../state/values.js';
import { METRICS } from './metrics.js';
import { isAsked, type Question } from './question.js';
import { EVENTS, type Event, readEvidence } from './sample.js';
import { COLOURS, FINE, STATES, WAYS } from './schema.js';
import { ISO_TIME, quote, whole } from './sql.js';

/** A part of the time, and what was seen in it. */
export interface Point {
  /** s since the epoch, and s. */
  at: number;
  seconds: number;
  /** How many samples saw each state, or colour, the best first. */
  seen: number[];
  /** Averages by their names, as lib/history/metrics.ts has them. */
  values: Record<string, number>;
  /** ms: the extremes of the RTT. */
  rtt?: { least: number; most: number };
}

/** A WAN, or a direction of one that is shaped. */
export interface Series {
  wan: string;
  way?: (typeof WAYS)[number];
  /** In the order of time. */
  points: Point[];
}

/** What happened, and when. */
export interface Happened extends Event {
  /** s since the epoch. */
  at: number;
  /** The same as ISO 8601, UTC. */
  timestamp: string;
}

/** s: buckets of each tier begin where these do, or are parts of them. */
const STEPS = [1, 5, 10, 20, 30, 60, 300, 900, 1800, ...[1, 2, 3, 6, 12, 24, 72, 168].map((hours) => 3600 * hours)];

/** s: a step by which a span is shown in so many parts, or some more. */
export function stepFor(span: number, parts: number): number {
  return [...STEPS].reverse().find((step) => step * parts <= span) ?? 1;
}

/** SQL of what a chart shows whose columns are `step` s wide: rows of larger buckets than that stay as they are. */
export function seriesSql(question: Question, step: number): string {
  const wide = whole(Math.max(1, step));
  const [begin, length] = [`CASE WHEN tier<${wide} THEN at/${wide}*${wide} ELSE at END`, `max(tier,${wide})`];
  const sums = (words: readonly string[]) => words.map((word, i) => `sum(${word}) AS c${i}`).join(', ');
  const means = METRICS.filter(({ words, name }) => !words && !/_(up|down)_/.test(name)).map(
    ({ name, value, where, weight }) =>
      `sum(CASE WHEN ${where} THEN ${value}*${weight} END)/sum(CASE WHEN ${where} THEN ${weight} END) AS ${name}`,
  );
  const from = (table: string) =>
    `FROM ${table} JOIN wans ON wans.id=wan WHERE ${isAsked(question)} GROUP BY wan${table === 'shaped' ? ', way' : ''}, begin, length ORDER BY wan${table === 'shaped' ? ', way' : ''}, begin`;
  const seen = COLOURS.join('+');
  return [
    `SELECT 'line' AS kind, name, ${begin} AS begin, ${length} AS length, ${sums(STATES)}, ${means.join(', ')},`,
    `1.0*min(rtt_min)/${FINE} AS least, 1.0*max(rtt_max)/${FINE} AS most ${from('lines')};`,
    `SELECT 'shaped' AS kind, name, way, ${begin} AS begin, ${length} AS length, ${sums(COLOURS)},`,
    `1.0*sum(rate_sum)/sum(${seen}) AS rate, 1.0*sum(delay_sum)/sum(${seen})/${FINE} AS delay, 1.0*sum(load_sum)/sum(${seen})/${FINE} AS load ${from('shaped')};`,
  ].join(' ');
}

/** SQL of what happened, the last ones of so many, in the order of time. Of what has no WAN, too, whichever are asked for. */
export function eventsSql({ from, to, wans }: Question, limit: number, kinds: readonly Event['kind'][]): string {
  const listed = (words: readonly string[]) => `IN (${words.map((word) => quote(word)).join(',')})`;
  const which = ` AND kind ${listed(kinds)}${wans === undefined ? '' : ` AND (wan IS NULL OR wan ${listed(wans)})`}`;
  return (
    `SELECT * FROM (SELECT 'event' AS kind, kind AS what, at, ${ISO_TIME} AS timestamp, id, wan, old, new, words, evidence FROM events ` +
    `WHERE at>=${whole(from)} AND at<${whole(to)}${which} ORDER BY at DESC, id DESC LIMIT ${whole(limit)}) ORDER BY at, id;`
  );
}

/** What the rows of these answers say. */
export function readSeries(rows: Json[]): { series: Series[]; events: Happened[] } {
  const series: Series[] = [];
  const events: Happened[] = [];
  for (const row of rows) {
    const fields = asRecord(row) ?? {};
    if (fields.kind === 'event') events.push(...readEvent(fields));
    const wan = asText(fields.name);
    if (wan === undefined || (fields.kind !== 'line' && fields.kind !== 'shaped')) continue;
    const way = fields.kind === 'shaped' ? WAYS[asNumber(fields.way) ?? -1] : undefined;
    const point = readPoint(fields, way === undefined ? STATES : COLOURS);
    if (!point || (fields.kind === 'shaped' && way === undefined)) continue;
    const last = series.at(-1);
    if (last?.wan === wan && last.way === way) last.points.push(point);
    else series.push({ wan, ...optional('way', way), points: [point] });
  }
  return { series, events };
}

const VALUES = ['rate', 'delay', 'load', ...METRICS.map(({ name }) => name)];

function readPoint(fields: Record<string, Json>, words: readonly string[]): Point | undefined {
  const [at, seconds] = [asNumber(fields.begin), asNumber(fields.length)];
  if (at === undefined || !seconds) return undefined;
  const [least, most] = [asNumber(fields.least), asNumber(fields.most)];
  const values = VALUES.flatMap((name): [string, number][] => {
    const value = asNumber(fields[name]);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    at,
    seconds,
    seen: words.map((_, i) => asNumber(fields[`c${i}`]) ?? 0),
    values: Object.fromEntries(values),
    ...(least === undefined || most === undefined ? {} : { rtt: { least, most } }),
  };
}

function readEvent(fields: Record<string, Json>): Happened[] {
  const [at, timestamp, words] = [asNumber(fields.at), asText(fields.timestamp), asText(fields.words)];
  const kind = EVENTS.find((known) => known === fields.what);
  if (at === undefined || timestamp === undefined || words === undefined || !kind) return [];
  const evidence = asText(fields.evidence);
  return [
    {
      at,
      timestamp,
      kind,
      words,
      ...optional('wan', asText(fields.wan)),
      ...optional('old', asText(fields.old)),
      ...optional('new', asText(fields.new)),
      ...optional('evidence', evidence === undefined ? undefined : readEvidence(parseJson(evidence))),
    },
  ];
}
