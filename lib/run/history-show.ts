import { EXIT, fileError, Trouble } from '../explain.js';
import type { Question } from '../history/question.js';
import { type HistoryRecord, readRecords, recordsSql } from '../history/records.js';
import { eventsSql, readSeries, seriesSql, stepFor } from '../history/series.js';
import { readSummary, summarySql } from '../history/summary.js';
import { resolve } from '../path.js';
import { chartLines, WIDTH } from '../report/history-chart.js';
import { pageText } from '../report/history-page.js';
import { readClock } from '../system/clock.js';
import { replaceFile } from '../system/files.js';
import { localTimeAt } from '../system/local-time.js';
import type { Context } from './context.js';
import { boundsOf, type Past } from './history-ask.js';
import { withinBounds } from './history-question.js';

/** Parts of the time that a page shows apart. */
const PARTS = 480;
/** Events that a page lists. */
const MOST_EVENTS = 500;
/** Records that are read at a time. */
const AT_A_TIME = 8000;

/** Does something with all records, some at a time. */
export async function eachPage(
  { ask }: Past,
  question: Question,
  work: (records: HistoryRecord[]) => void,
): Promise<void> {
  let after: HistoryRecord | undefined;
  do {
    const records = readRecords(await ask(recordsSql(question, { limit: AT_A_TIME, after })));
    work(records);
    after = records.length < AT_A_TIME ? undefined : records.at(-1);
  } while (after);
}

/** On a terminal. */
export async function showChart(context: Context, past: Past, question: Question): Promise<void> {
  const seen = await lookBack(context, past, question, WIDTH, 0);
  if (seen.series.length === 0) return context.note('nothing is known of that time');
  for (const line of chartLines(seen, localTimeAt, await context.colour())) context.say(line);
  if (seen.transitions.size > 0) context.say('why a line changed: mini-mwan history --transitions');
}

/** As a page for a browser, which needs nothing else. */
export async function writePage(context: Context, past: Past, question: Question, file: string): Promise<void> {
  const { engine, say } = context;
  const path = resolve(engine.folder, file);
  const seen = await lookBack(context, past, question, PARTS, MOST_EVENTS);
  const text = pageText(seen, localTimeAt);
  try {
    replaceFile(engine, path, 0o644, (open) => engine.files.writeText(open, text));
  } catch (error) {
    throw new Trouble(EXIT.cannotRun, `${path} cannot be written: ${fileError(error)}`);
  }
  say(`${path} shows it: open it in a browser`);
}

async function lookBack({ engine }: Context, past: Past, asked: Question, parts: number, events: number) {
  const question = withinBounds(asked, await boundsOf(past), readClock(engine).wall);
  const { from, to } = question;
  const { metrics: _, ...all } = question;
  const step = stepFor(to - from, parts);
  // All transitions are counted.
  const rows = await past.ask(
    [seriesSql(all, step), summarySql(all), eventsSql(all, 20_000, ['transition'])].join('\n'),
  );
  const { series, events: happened } = readSeries(rows);
  const transitions = new Map<string, number>();
  for (const { wan = '' } of happened) transitions.set(wan, (transitions.get(wan) ?? 0) + 1);
  // Rates are seen in the charts.
  const listed = events === 0 ? [] : await past.ask(eventsSql(all, events, ['transition', 'change']));
  return { from, to, series, ...readSummary(rows), transitions, events: readSeries(listed).events };
}
