import { EXIT, Trouble } from '../explain.js';
import { countSql, readRecords, recordsSql } from '../history/records.js';
import { pageJson, pageOf, whyTooLong } from '../http/history.js';
import { asNumber, asRecord } from '../json.js';
import { readClock } from '../system/clock.js';
import type { Context } from './context.js';
import { openPast, requireKnown } from './history-ask.js';
import { type Asked, questionOf } from './history-question.js';

/**
 * A page of what has been written of the past, for a web server. Throws a Trouble where there is none: with the exit code of a wrong
 * configuration where the query is wrong.
 */
export async function historyPage(context: Context, query: ReadonlyMap<string, string>): Promise<object> {
  const page = pageOf(query);
  if (typeof page === 'string') throw new Trouble(EXIT.config, page);
  const question = questionOf(askedBy(query), readClock(context.engine).wall, (part) =>
    part === 'last' ? 'range' : part,
  );
  const excess = whyTooLong(question);
  if (excess !== undefined) throw new Trouble(EXIT.config, excess);
  const past = await openPast(context, false);
  await requireKnown(past, question);
  const rows = await past.ask(`${countSql(question)}\n${recordsSql(question, page)}`);
  const total = rows.reduce<number>((sum, row) => sum + (asNumber(asRecord(row)?.total) ?? 0), 0);
  return pageJson(past.path, question, page, readRecords(rows), total);
}

function askedBy(query: ReadonlyMap<string, string>): Asked {
  const [last, from, to, metrics, wan] = ['range', 'from', 'to', 'metrics', 'wan'].map((name) => query.get(name));
  return {
    ...(last === undefined ? {} : { last }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(wan === undefined ? {} : { wan: [wan] }),
  };
}
