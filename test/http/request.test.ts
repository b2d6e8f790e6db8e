import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { PATHS, readRequest } from '../../lib/http/request.js';

const ask = (PATH_INFO?: string, QUERY_STRING?: string, REQUEST_METHOD = 'GET') =>
  readRequest({ REQUEST_METHOD, PATH_INFO, QUERY_STRING });

tap.test('what is asked for', async (t) => {
  const CASES: [path: string | undefined, query: string | undefined, method: string, found: object][] = [
    ['/health', undefined, 'GET', { path: '/health' }],
    ['/health/', '', 'HEAD', { path: '/health' }],
    ['/metrics', 'also=mwan3', 'GET', { path: '/metrics', query: new Map([['also', 'mwan3']]) }],
    ['/metrics', '&also=%6dwan3&', 'GET', { path: '/metrics', query: new Map([['also', 'mwan3']]) }],
    ['/status', '', 'GET', { path: '/status' }],
    [
      '/metrics/history',
      "range=7d&metrics=rtt_ms,state&wan=the%20one's,two&limit=10000&offset=0",
      'GET',
      { path: '/metrics/history', query: new Map([['wan', "the one's,two"]]) },
    ],
    ['/metrics/history', 'from=2026-11-26&to=2026-11-26T14:30:00%2B01:00', 'GET', { path: '/metrics/history' }],
    ['/metrics/history/', 'after=2026-11-26T14:30:00Z~rtt_ms~5m~a~b', 'GET', { path: '/metrics/history' }],
    ['/metrics/history', 'range=1y', 'GET', { status: 400, reason: 'range is no span as 30s, 5m, 1h, 7d or 2w' }],
    ['/metrics/history', 'from=yesterday', 'GET', { status: 400, reason: /from is no time/ }],
    ['/metrics/history', 'metrics=rtt;DROP', 'GET', { status: 400 }],
    ['/metrics/history', 'wan=', 'GET', { status: 400 }],
    ['/metrics/history', 'wan=%0a', 'GET', { status: 400 }],
    ...['0', '10001', '1e3', '-1', ''].map((limit): [string, string, string, object] => [
      '/metrics/history',
      `limit=${limit}`,
      'GET',
      { status: 400, reason: 'limit is no number from 1 to 10000' },
    ]),
    ['/metrics/history', 'offset=-1', 'GET', { status: 400 }],
    ['/metrics/history', "after=2026-11-26T14:30:00Z~rtt_ms~2m~wan' OR 1", 'GET', { status: 400 }],
    ['/metrics/history', 'last=1h', 'GET', { status: 400, reason: /range, from, to/ }],
    [undefined, undefined, 'GET', { status: 404, reason: 'there is /health, /metrics, /metrics/history, /status' }],
    ['/', '', 'GET', { status: 404 }],
    ['/health//', '', 'GET', { status: 404 }],
    ['/Health', '', 'GET', { status: 404 }],
    ['/health/../status', '', 'GET', { status: 404 }],
    ['/nothing', '', 'POST', { status: 404 }],
    ['/health', '', 'POST', { status: 405 }],
    ['/health', '', 'get', { status: 405 }],
    ['/health', '', '', { status: 405 }],
    ['/health', 'also=mwan3', 'GET', { status: 400, reason: 'no parameter is known here' }],
    ['/metrics', 'constructor=1', 'GET', { status: 400, reason: 'only these parameters are known here: also' }],
    ['/metrics', 'also', 'GET', { status: 400 }],
    ['/metrics', 'also=mwan3&also=mwan3', 'GET', { status: 400 }],
    ['/metrics', 'also=mwan3%0a', 'GET', { status: 400 }],
    ['/metrics', "also=mwan3';reboot", 'GET', { status: 400, reason: 'also is none of those that there are' }],
    ['/metrics', 'also=%zz', 'GET', { status: 400 }],
    ['/metrics', 'also=%ff', 'GET', { status: 400 }],
    ['/metrics', '--help+restore', 'GET', { status: 400 }],
    ['/metrics', `also=${'m'.repeat(2000)}`, 'GET', { status: 400 }],
  ];
  for (const [path, query, method, found] of CASES)
    t.match(ask(path, query, method), found, `${method} ${path}?${query}`);
});

tap.test('whatever is asked for, it is refused in words of ours, or one of ours', async (t) => {
  const parts = ['also=mwan3', 'also=', '%', '&', 'GET', 'HEAD', 'wan=', 'limit=', 'range=1h'];
  const text = fc.oneof(fc.string(), fc.constantFrom('/metrics', '/metrics/history', ...parts));
  const property = fc.property(text, fc.array(text), text, (path, query, method) => {
    const found = ask(path, query.join(''), method);
    if ('status' in found) assert.ok(found.status >= 400 && /^[ -~]{1,100}$/.test(found.reason));
    else if (found.path === '/metrics/history')
      // A name may hold anything but what ends a line.
      assert.ok(
        [...found.query].every(([name, value]) => (name === 'wan' ? /^[ -~]+$/ : /^[\w,.:+~ -]+$/).test(value)),
      );
    else assert.ok(PATHS.includes(found.path) && [...found.query.values()].every((value) => /^\w+$/.test(value)));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
});
