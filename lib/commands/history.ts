import { EXIT, type ExitCode } from '../explain.js';
import type { Question } from '../history/question.js';
import { eventsSql, readSeries } from '../history/series.js';
import { readSummary, summarySql } from '../history/summary.js';
import { CSV_HEAD, csvLine, eventLines, eventsJson, summaryJson, summaryLines } from '../report/history-tables.js';
import { toJson } from '../report/json.js';
import { loadConfiguration } from '../run/configuration.js';
import type { Context } from '../run/context.js';
import { openPast, type Past, requireKnown } from '../run/history-ask.js';
import { copyHistory } from '../run/history-copy.js';
import { type Asked, questionOf } from '../run/history-question.js';
import { eachPage, showChart, writePage } from '../run/history-show.js';
import { readClock } from '../system/clock.js';
import { localTimeAt } from '../system/local-time.js';
import { leaveService } from '../system/service.js';

export interface HistoryOptions extends Asked {
  summary?: boolean;
  transitions?: boolean;
  csv?: boolean;
  html?: string;
  /** For rounds: nothing is shown. */
  copy?: boolean;
}

/** Events that are shown, the last ones. */
const MOST_EVENTS = 1000;
/** s of which the last minute is nothing in a sum. */
const LONG = 86_400;
const NOTHING = 'nothing is known of that time';

/** Shows what the past was like. */
export async function history(context: Context, options: HistoryOptions): Promise<ExitCode> {
  if (options.copy) return copy(context);
  const question = questionOf(options, readClock(context.engine).wall);
  const past = await openPast(context, !options.summary || question.to - question.from <= LONG);
  await requireKnown(past, question);
  await answer(context, options, past, question);
  return EXIT.ok;
}

async function answer(context: Context, options: HistoryOptions, past: Past, question: Question): Promise<unknown> {
  if (options.html !== undefined) return writePage(context, past, question, options.html);
  if (options.transitions) return showEvents(context, past, question);
  if (options.summary) return showSummary(context, past, question);
  if (options.csv) return showCsv(context, past, question);
  return context.options.json ? showRecords(context, past, question) : showChart(context, past, question);
}

/** Behind a round. */
async function copy(context: Context): Promise<ExitCode> {
  leaveService(context.engine);
  const { config } = await loadConfiguration(await context.platform(), context.options.config);
  await copyHistory(context, config);
  return EXIT.ok;
}

async function showEvents({ options, say, note }: Context, { ask }: Past, question: Question): Promise<void> {
  // So many of each: rates of an hour are more than what else happens in a year.
  const scripts = [['transition', 'change'] as const, ['rates'] as const].map((kinds) =>
    eventsSql(question, MOST_EVENTS, kinds),
  );
  const events = readSeries(await ask(scripts.join('\n'))).events.sort((a, b) => a.at - b.at);
  if (options.json) say(toJson(eventsJson(events)));
  else if (events.length === 0) note(NOTHING);
  else for (const line of eventLines(events, localTimeAt)) say(line);
}

async function showSummary({ options, say, note }: Context, { ask }: Past, question: Question): Promise<void> {
  const { figures, shares } = readSummary(await ask(summarySql(question)));
  if (options.json) say(toJson({ from: question.from, to: question.to, ...summaryJson(figures, shares) }));
  else if (figures.length + shares.length === 0) note(NOTHING);
  else for (const line of summaryLines(figures, shares)) say(line);
}

async function showCsv({ say }: Context, past: Past, question: Question): Promise<void> {
  say(CSV_HEAD);
  await eachPage(past, question, (records) => {
    for (const record of records) say(csvLine(record));
  });
}

/** One value, a record on each line: a router has no room for all of them at once. */
async function showRecords({ say }: Context, past: Past, question: Question): Promise<void> {
  let count = 0;
  say('{"data":[');
  await eachPage(past, question, (records) => {
    for (const record of records) say(`${count++ === 0 ? '' : ','}${toJson(record)}`);
  });
  say(`],"metadata":${toJson({ from: question.from, to: question.to, total_count: count })}}`);
}
