import fc from 'fast-check';
import tap from 'tap';
import { multiwanbondText } from '../../lib/report/metrics-multiwanbond.js';
import { parseExposition, valuesOf } from './exposition.js';
import { anyState, stateOf, wanOf, windowOf } from './states.js';

tap.test('names, labels and units of MultiWANBond', async (t) => {
  const quality = { window: windowOf([10, 14, undefined, undefined]), reliability: 1, degraded: false, times: 0 };
  const dead = { ...quality, window: windowOf([undefined]) };
  const last = { latency: 99.126, jitter: 3, loss: 33.333 };
  const CASES: [what: string, wan: Parameters<typeof wanOf>[0], expected: Record<string, number>][] = [
    ['up', last, { wan_state: 1, wan_latency_ms: 99.13, wan_jitter_ms: 3, wan_packet_loss: 33.33 }],
    ['measured', { ...last, quality }, { wan_state: 1, wan_latency_ms: 12, wan_jitter_ms: 4, wan_packet_loss: 50 }],
    ['measured, and silent', { ...last, status: 'down', quality: dead }, { wan_state: 0, wan_packet_loss: 100 }],
    ['down', { status: 'down', loss: 100 }, { wan_state: 0, wan_packet_loss: 100 }],
    ['without a link', { status: 'interface_down' }, { wan_state: 0 }],
    ['measured, until the link went', { status: 'interface_down', quality }, { wan_state: 0 }],
  ];
  for (const [what, wan, expected] of CASES) {
    const values = valuesOf(multiwanbondText(stateOf(wanOf(wan))), 'wan_id', 'wan_name');
    const all = { ...expected, 'traffic_bytes tx': 1000, 'traffic_bytes rx': 2000 };
    t.strictSame(
      values,
      Object.fromEntries(Object.entries(all).map(([name, value]) => [`multiwanbond_${name}`, value])),
      what,
    );
  }
  const families = parseExposition(multiwanbondText(stateOf(wanOf({ name: 'dsl' }), wanOf({ name: 'lte' }))));
  t.strictSame(families.find(({ name }) => name.endsWith('wan_state'))?.series, [
    { labels: { wan_id: '1', wan_name: 'dsl' }, value: 1 },
    { labels: { wan_id: '2', wan_name: 'lte' }, value: 1 },
  ]);
});

tap.test('any state is told in the format', async (t) => {
  const property = fc.property(anyState, (state) => {
    parseExposition(multiwanbondText(state));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }));
});
