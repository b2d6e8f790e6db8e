import type { Question } from '../history/question.js';
import type { HistoryRecord, Page, RecordKey } from '../history/records.js';
import { isoTime } from '../history/span.js';

/** Records of a page, unless it is said. */
const USUAL = 1000;
/** s of which is asked at once at the most: ten years, which no router keeps. */
const LONGEST = 10 * 366 * 86_400;

/** The page that a query asks for, each parameter written as it may be; or why there is none, in words. */
export function pageOf(query: ReadonlyMap<string, string>): Page | string {
  const [limit, offset, after] = ['limit', 'offset', 'after'].map((name) => query.get(name));
  if (offset !== undefined && after !== undefined) return 'offset and after contradict each other';
  return {
    limit: Number(limit ?? USUAL),
    ...(offset === undefined ? {} : { offset: Number(offset) }),
    ...(after === undefined ? {} : { after: readKey(after) }),
  };
}

/** Why a question is too much, in words; undefined if it is not. */
export function whyTooLong({ from, to }: Question): string | undefined {
  return to - from > LONGEST ? 'more than ten years are asked for' : undefined;
}

/** A page of the past, as one value. @param total records of all pages */
export function pageJson(path: string, question: Question, page: Page, records: HistoryRecord[], total: number) {
  const granularities = [...new Set(records.map(({ granularity }) => granularity))];
  const last = records.length === page.limit ? records.at(-1) : undefined;
  return {
    data: records,
    metadata: {
      total_count: total,
      returned_count: records.length,
      granularity: granularities.length > 1 ? 'mixed' : (granularities[0] ?? null),
      limit: page.limit,
      offset: page.offset ?? 0,
      next: last ? nextQuery(question, page, last) : null,
      source: { mode: 'local', db_paths: [path] },
      query: {
        from: isoTime(question.from),
        to: isoTime(question.to),
        wan: question.wans ?? null,
        metrics: question.metrics ?? null,
      },
    },
  };
}

/** What asks for the page behind it, whatever has moved meanwhile. */
function nextQuery({ from, to, wans, metrics }: Question, { limit }: Page, last: RecordKey): string {
  const parts = {
    from: isoTime(from),
    to: isoTime(to),
    ...(wans ? { wan: wans.join(',') } : {}),
    ...(metrics ? { metrics: metrics.join(',') } : {}),
    limit,
    after: [last.timestamp, last.metric_name, last.granularity, last.wan_name].join('~'),
  };
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${encode(String(value))}`)
    .join('&');
}

function readKey(text: string): RecordKey {
  const [timestamp = '', metric = '', granularity, ...name] = text.split('~');
  return {
    timestamp,
    metric_name: metric,
    granularity: granularity as RecordKey['granularity'],
    wan_name: name.join('~'),
  };
}

/** Names and times are ASCII, as what is asked is. */
function encode(text: string): string {
  return text.replace(/[^\w.:,~-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
