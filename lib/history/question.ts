import { quote, whole } from './sql.js';
import { TIERS } from './tiers.js';

/** What is asked of the past. */
export interface Question {
  /** s since the epoch: from there, and up to there without it. */
  from: number;
  to: number;
  /** Names of WANs. Absent: all. */
  wans?: string[];
  /** Names as lib/history/metrics.ts has them. Absent: all. */
  metrics?: string[];
}

/** The condition of buckets that have a part in what is asked for. */
export function isAsked({ from, to, wans }: Question): string {
  // A condition for each tier, so that each is found by its key.
  const spans = TIERS.map(
    ({ seconds }) => `(tier=${seconds} AND at>${whole(from - seconds)} AND at<${whole(Math.max(to, from))})`,
  );
  const names =
    wans === undefined
      ? ''
      : ` AND wan IN (SELECT id FROM wans WHERE name IN (${wans.map((name) => quote(name)).join(',')}))`;
  return `(${spans.join(' OR ')})${names}`;
}
