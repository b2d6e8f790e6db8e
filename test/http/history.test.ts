import tap from 'tap';
import type { HistoryRecord } from '../../lib/history/records.js';
import { pageJson, pageOf, whyTooLong } from '../../lib/http/history.js';
import { readRequest } from '../../lib/http/request.js';

const pageBy = (query: object) => pageOf(new Map(Object.entries(query)));

tap.test('the page that is asked for', async (t) => {
  t.strictSame(pageBy({}), { limit: 1000 });
  t.strictSame(pageBy({ limit: '5', offset: '10' }), { limit: 5, offset: 10 });
  t.match(pageBy({ after: '2026-11-26T14:30:00Z~rtt_ms~5m~a~b' }), {
    after: { timestamp: '2026-11-26T14:30:00Z', metric_name: 'rtt_ms', granularity: '5m', wan_name: 'a~b' },
  });
  t.match(pageBy({ offset: '1', after: '2026-11-26T14:30:00Z~rtt_ms~5m~a' }), /contradict/);
  const DAY = 86_400;
  t.equal(whyTooLong({ from: 0, to: 3650 * DAY }), undefined);
  t.match(whyTooLong({ from: 0, to: 36_500 * DAY }), /ten years/);
});

tap.test('a page as one value, with what asks for the next one', async (t) => {
  const record = (granularity: HistoryRecord['granularity']): HistoryRecord => ({
    ...{ timestamp: '2026-11-26T14:30:00Z', wan_name: "it's & ü", metric_name: 'rtt_ms', value: 1, labels: null },
    granularity,
  });
  const question = { from: 1_790_000_000, to: 1_790_003_600, wans: ["it's & ü"], metrics: ['rtt_ms'] };
  const full = pageJson('/run/x', question, { limit: 2 }, [record('raw'), record('1m')], 3);
  t.match(full.metadata, {
    ...{ total_count: 3, returned_count: 2, granularity: 'mixed', limit: 2, offset: 0 },
    source: { db_paths: ['/run/x'] },
    query: { from: '2026-09-21T14:13:20Z', to: '2026-09-21T15:13:20Z', wan: ["it's & ü"], metrics: ['rtt_ms'] },
  });
  const asked = { ...question, wans: ["it's & o"] };
  const { next } = pageJson('/run/x', asked, { limit: 1 }, [{ ...record('raw'), wan_name: "it's & o" }], 3).metadata;
  const request = readRequest({ REQUEST_METHOD: 'GET', PATH_INFO: '/metrics/history', QUERY_STRING: next ?? '' });
  t.match(request, { query: new Map([['wan', "it's & o"]]) }, 'it is a query that is understood');
  t.match('query' in request && pageOf(request.query), {
    limit: 1,
    after: { timestamp: '2026-11-26T14:30:00Z', wan_name: "it's & o", metric_name: 'rtt_ms', granularity: 'raw' },
  });
  const last = pageJson('/run/x', question, { limit: 2, offset: 2 }, [record('1h')], 3);
  t.match(last.metadata, { next: null, granularity: '1h', offset: 2 });
  t.equal(pageJson('/run/x', question, { limit: 2 }, [], 0).metadata.granularity, null);
});
