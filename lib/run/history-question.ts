import { EXIT, Trouble } from '../explain.js';
import { METRICS, metricsBy } from '../history/metrics.js';
import type { Question } from '../history/question.js';
import { parseMoment, parseSpan, secondsOf } from '../history/span.js';
import { safe } from '../report/words.js';
import { secondsAt } from '../system/local-time.js';

/** As it is asked on a command line. */
export interface Asked {
  last?: string;
  from?: string;
  to?: string;
  wan?: string[];
  metrics?: string;
}

/** s, where nobody says it. */
const USUAL = 3600;
/** s that a chart shows at least. */
const SHORTEST = 60;

/**
 * What that means. Throws a Trouble where it means nothing.
 *
 * @param now s since the epoch
 * @param called how each part of it is called where it was asked
 */
export function questionOf(
  { last, from, to, wan, metrics }: Asked,
  now: number,
  called = (part: keyof Asked): string => `--${part}`,
): Question {
  if (last !== undefined && from !== undefined)
    throw usage(`${called('last')} and ${called('from')} contradict each other`);
  const span = last === undefined ? USUAL : parseSpan(last);
  if (span === undefined) throw usage(`${called('last')} ${safe(last ?? '')}: not a span as 30s, 5m, 1h, 7d or 2w`);
  // What this second has seen is part of it.
  const end = to === undefined ? Math.floor(now) + 1 : timeOf(called('to'), to);
  const begin = from === undefined ? end - span : timeOf(called('from'), from);
  if (begin >= end)
    throw usage(`what begins with ${called('from')} is over before: it must be before ${called('to')}, or now`);
  const wans = wan?.flatMap((names) => names.split(',')).filter((name) => name !== '');
  const named = metrics
    ?.split(',')
    .filter((word) => word !== '')
    .flatMap((word) => namesOf(word, called('metrics')));
  return { from: begin, to: end, ...(wans?.length ? { wans } : {}), ...(named?.length ? { metrics: named } : {}) };
}

function namesOf(word: string, option: string): string[] {
  const found = metricsBy(word).map(({ name }) => name);
  if (found.length > 0) return found;
  throw usage(`${option}: there is no ${safe(word)} but ${METRICS.map(({ name }) => name).join(', ')}`);
}

function timeOf(option: string, text: string): number {
  const moment = parseMoment(text);
  if (!moment)
    throw usage(`${option} ${safe(text)}: not a time as 2026-11-26T14:30:00Z, '2026-11-26 14:30' or 2026-11-26`);
  // Without a zone, it is by the clock of the router's own place.
  return moment.zone === undefined ? secondsAt(moment) : secondsOf(moment);
}

function usage(words: string): Trouble {
  return new Trouble(EXIT.config, words, ['see: mini-mwan history --help']);
}

/** The same, but no longer than there is something: a chart of a century would be one of nothing. */
export function withinBounds(
  question: Question,
  bounds: { first: number; last: number } | undefined,
  now: number,
): Question {
  if (!bounds) return question;
  const from = Math.max(question.from, Math.min(bounds.first, question.to - SHORTEST));
  const to = Math.min(question.to, Math.max(bounds.last + SHORTEST, now));
  return from < to ? { ...question, from, to } : question;
}
