import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Now } from '../../lib/model.js';
import { mwan3Text } from '../../lib/report/metrics-mwan3.js';
import { parseExposition, valuesOf } from './exposition.js';
import { anyState, stateOf, wanOf } from './states.js';

const NOW: Now = { wall: 1020, uptime: 120.4, bootId: 'boot' };
const WORDS = ['offline', 'online', 'disconnecting', 'connecting', 'disabled', 'notracking', 'unknown'];
const BELOW = 'mwan3_interface_';

/** Each value by its name behind `mwan3_interface_`; of the status, the word that has 1. */
function shown(wan: Parameters<typeof wanOf>[0], now = NOW): Record<string, unknown> {
  const values = Object.entries(valuesOf(mwan3Text(stateOf(wanOf(wan)), now), 'interface'));
  const named = values.map(([name, value]): [string, number] => [name.slice(BELOW.length), value]);
  const words = named.filter(([name]) => name.startsWith('status '));
  assert.deepEqual(
    words.map(([name]) => name),
    WORDS.map((word) => `status ${word}`),
  );
  const [status, ...more] = words.filter(([, value]) => value === 1).map(([name]) => name.split(' ')[1]);
  assert.equal(more.length, 0);
  return { status, ...Object.fromEntries(named.filter(([name]) => !name.startsWith('status '))) };
}

tap.test('each state of a WAN, as mwan3 has it', async (t) => {
  const well = { age: 20, lost: 0, enabled: 1, running: 1, up: 1 };
  const away = { age: 20, lost: 0, enabled: 1, running: 0, up: 0, score: 0, status: 'disabled', online: 0 };
  const CASES: [what: string, wan: Parameters<typeof wanOf>[0], expected: object][] = [
    ['up', {}, { ...well, status: 'online', score: 5, online: 60, offline: 0 }],
    [
      'up, and silent once',
      { failures: 1 },
      { ...well, status: 'disconnecting', score: 4, online: 60, offline: 0, lost: 1 },
    ],
    [
      'held for want of a better one',
      { failures: 2 },
      { ...well, status: 'disconnecting', score: 4, online: 60, offline: 0, lost: 2 },
    ],
    [
      'degraded: it is up',
      { quality: { window: [], reliability: 1, degraded: true, times: 1 } },
      { ...well, status: 'online', score: 5, online: 60, offline: 0 },
    ],
    [
      'down',
      { status: 'down', failures: 2, successes: 0 },
      { ...well, status: 'offline', score: 0, online: 0, offline: 60, lost: 2 },
    ],
    [
      'on its way up',
      { status: 'down', successes: 2, answeringSince: 90 },
      { ...well, status: 'connecting', score: 2, online: 0, offline: 60 },
    ],
    [
      'good for long enough, but for failback_delay',
      { status: 'down', successes: 3, answeringSince: 70 },
      { ...well, status: 'connecting', score: 2, online: 0, offline: 60 },
    ],
    ['without a link', { status: 'interface_down' }, { ...away, offline: 60 }],
    ['without a gateway', { status: 'no_gateway' }, { ...away, offline: 60 }],
    ['disabled', { status: 'disabled' }, { age: 20, lost: 0, enabled: 0, running: 0, score: 0, status: 'disabled' }],
    ['unknown', { status: 'unknown' }, { age: 20, lost: 0, enabled: 1, running: 0, score: 0, status: 'unknown' }],
  ];
  for (const [what, wan, expected] of CASES) t.strictSame(shown(wan), expected, what);
});

tap.test('ages end with the boot that they began in', async (t) => {
  const { age, online, offline, status } = shown({}, { ...NOW, uptime: 5, bootId: 'another' });
  t.strictSame({ age, online, offline, status }, { age: undefined, online: undefined, offline: 0, status: 'online' });
  t.equal(shown({}, { ...NOW, uptime: 40 }).age, 0, 'nothing is to come');
});

tap.test('a WAN is called as its section is', async (t) => {
  const wans = [wanOf({ name: 'wan', interface: 'x' }), wanOf({ name: 'wanb', interface: 'x' })];
  for (const { name, series } of parseExposition(mwan3Text(stateOf(...wans), NOW))) {
    t.strictSame([...new Set(series.map(({ labels }) => labels.interface))], ['wan', 'wanb'], name);
    const others = name === `${BELOW}status` ? ['interface', 'status'] : ['interface'];
    for (const { labels } of series) t.strictSame(Object.keys(labels), others, name);
  }
});

tap.test('any state is told in the format', async (t) => {
  const property = fc.property(anyState, (state) => {
    const families = parseExposition(mwan3Text(state, NOW));
    const scores = families.find(({ name }) => name === `${BELOW}score`)?.series ?? [];
    assert.deepEqual(
      scores.map(({ labels }) => labels.interface),
      state.wans.map(({ name }) => name),
    );
    state.wans.forEach(({ configured, verdict }, i) => {
      const [score = -1, up] = [scores[i]?.value, configured.recoveryThreshold];
      assert(score >= 0 && score <= up + configured.failureThreshold);
      assert.equal(score > up, verdict.status === 'up', 'who is online has more than who is not ever has');
    });
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }));
});
