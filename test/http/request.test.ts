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
    [undefined, undefined, 'GET', { status: 404, reason: 'there is /health, /metrics, /status' }],
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
  const text = fc.oneof(fc.string(), fc.constantFrom('/metrics', 'also=mwan3', 'also=', '%', '&', 'GET', 'HEAD'));
  const property = fc.property(text, fc.array(text), text, (path, query, method) => {
    const found = ask(path, query.join(''), method);
    if ('status' in found) assert.ok(found.status >= 400 && /^[ -~]{1,100}$/.test(found.reason));
    else assert.ok(PATHS.includes(found.path) && [...found.query.values()].every((value) => /^\w+$/.test(value)));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
});
