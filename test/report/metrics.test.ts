import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { metricsText } from '../../lib/report/metrics.js';
import { round } from '../../lib/round.js';
import { flat, grouped } from '../make.js';
import { CONFIG, FakeWorld } from '../world.js';
import { parseExposition, valuesOf } from './exposition.js';
import { anyState, stateOf, wanOf, windowOf } from './states.js';

const world = new FakeWorld();
world.answers = { wan2: 'no' };
const { state } = await round(world, { changing: () => {}, judged: () => {} }, CONFIG, undefined, {
  begun: world.now(),
  dryRun: false,
});
const [wan1] = state.wans as [(typeof state.wans)[number]];

tap.test('the text, line by line', async (t) => {
  const more = { latency: 11.8, jitter: 0.05, loss: 33.33, rxBytes: 123456789012 };
  const measured = grouped({ ...flat(wan1), ...more });
  const text = metricsText({ ...state, timestamp: 1700000000.4, duration: 212.4, wans: [measured] }, false);
  t.strictSame(text.split('\n'), [
    '# HELP mini_mwan_service_started Whether anybody starts rounds; while nobody does, nothing is told of the WANs.',
    '# TYPE mini_mwan_service_started gauge',
    'mini_mwan_service_started 1',
    '# HELP mini_mwan_last_round_timestamp_seconds When the last round ended.',
    '# TYPE mini_mwan_last_round_timestamp_seconds gauge',
    'mini_mwan_last_round_timestamp_seconds 1700000000',
    '# HELP mini_mwan_last_round_duration_seconds How long the last round took.',
    '# TYPE mini_mwan_last_round_duration_seconds gauge',
    'mini_mwan_last_round_duration_seconds 0.2124',
    '# HELP mini_mwan_last_round_changes Routes that the last round changed.',
    '# TYPE mini_mwan_last_round_changes gauge',
    'mini_mwan_last_round_changes 1',
    '# HELP mini_mwan_last_round_exit_code Exit code of the last round.',
    '# TYPE mini_mwan_last_round_exit_code gauge',
    'mini_mwan_last_round_exit_code 0',
    '# HELP mini_mwan_check_interval_seconds Configured time between two rounds.',
    '# TYPE mini_mwan_check_interval_seconds gauge',
    'mini_mwan_check_interval_seconds 10',
    '# HELP mini_mwan_wan_status The status of the WAN is the one with 1.',
    '# TYPE mini_mwan_wan_status gauge',
    'mini_mwan_wan_status{wan="wan1",device="eth1",status="up"} 1',
    'mini_mwan_wan_status{wan="wan1",device="eth1",status="down"} 0',
    'mini_mwan_wan_status{wan="wan1",device="eth1",status="interface_down"} 0',
    'mini_mwan_wan_status{wan="wan1",device="eth1",status="no_gateway"} 0',
    'mini_mwan_wan_status{wan="wan1",device="eth1",status="disabled"} 0',
    'mini_mwan_wan_status{wan="wan1",device="eth1",status="unknown"} 0',
    '# HELP mini_mwan_wan_health Its health is the one with 1.',
    '# TYPE mini_mwan_wan_health gauge',
    'mini_mwan_wan_health{wan="wan1",device="eth1",health="starting"} 0',
    'mini_mwan_wan_health{wan="wan1",device="eth1",health="up"} 1',
    'mini_mwan_wan_health{wan="wan1",device="eth1",health="degraded"} 0',
    'mini_mwan_wan_health{wan="wan1",device="eth1",health="recovering"} 0',
    'mini_mwan_wan_health{wan="wan1",device="eth1",health="down"} 0',
    '# HELP mini_mwan_wan_up Whether the WAN is up.',
    '# TYPE mini_mwan_wan_up gauge',
    'mini_mwan_wan_up{wan="wan1",device="eth1"} 1',
    '# HELP mini_mwan_wan_status_since_timestamp_seconds Since when it has its status.',
    '# TYPE mini_mwan_wan_status_since_timestamp_seconds gauge',
    'mini_mwan_wan_status_since_timestamp_seconds{wan="wan1",device="eth1"} 1000',
    '# HELP mini_mwan_wan_rtt_seconds Round-trip time to the target that answered first.',
    '# TYPE mini_mwan_wan_rtt_seconds gauge',
    'mini_mwan_wan_rtt_seconds{wan="wan1",device="eth1"} 0.0118',
    '# HELP mini_mwan_wan_jitter_seconds Change of the round-trip time since the round before.',
    '# TYPE mini_mwan_wan_jitter_seconds gauge',
    'mini_mwan_wan_jitter_seconds{wan="wan1",device="eth1"} 0.00005',
    '# HELP mini_mwan_wan_loss_ratio Share of the packets of the last round that were lost.',
    '# TYPE mini_mwan_wan_loss_ratio gauge',
    'mini_mwan_wan_loss_ratio{wan="wan1",device="eth1"} 0.3333',
    '# HELP mini_mwan_wan_failures Failed attempts in a row.',
    '# TYPE mini_mwan_wan_failures gauge',
    'mini_mwan_wan_failures{wan="wan1",device="eth1"} 0',
    '# HELP mini_mwan_wan_receive_bytes_total Bytes that the device has received.',
    '# TYPE mini_mwan_wan_receive_bytes_total counter',
    'mini_mwan_wan_receive_bytes_total{wan="wan1",device="eth1"} 123456789012',
    '# HELP mini_mwan_wan_transmit_bytes_total Bytes that the device has sent.',
    '# TYPE mini_mwan_wan_transmit_bytes_total counter',
    'mini_mwan_wan_transmit_bytes_total{wan="wan1",device="eth1"} 0',
    '',
  ]);
});

/** The lines of one metric, without its head. */
const samples = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(`mini_mwan_${name}`));

tap.test('a WAN that is not well', async (t) => {
  const text = metricsText(state, false);
  t.strictSame(samples(text, 'wan_up'), [
    'mini_mwan_wan_up{wan="wan1",device="eth1"} 1',
    'mini_mwan_wan_up{wan="wan2",device="eth2"} 0',
  ]);
  t.match(samples(text, 'wan_status{wan="wan2"'), [/"up"} 0$/, /"down"} 1$/, / 0$/, / 0$/, / 0$/, / 0$/]);
  t.strictSame(samples(text, 'wan_loss_ratio'), [
    'mini_mwan_wan_loss_ratio{wan="wan1",device="eth1"} 0',
    'mini_mwan_wan_loss_ratio{wan="wan2",device="eth2"} 1',
  ]);
  t.strictSame(samples(text, 'wan_rtt'), ['mini_mwan_wan_rtt_seconds{wan="wan1",device="eth1"} 0.012']);
  t.notMatch(text, 'jitter', 'what nobody has measured has no head either');
});

tap.test('label values', async (t) => {
  const cases: [string, string][] = [
    ['dsl', 'dsl'],
    ['a"b', 'a\\"b'],
    ['a\\b', 'a\\\\b'],
    ['a\nb', 'a\\nb'],
    ['a\\nb', 'a\\\\nb'],
    ['ü{}=,#', 'ü{}=,#'],
    ['', ''],
  ];
  for (const [name, escaped] of cases) {
    const wan = grouped({ ...flat(wan1), name, device: undefined });
    const text = metricsText({ ...state, wans: [wan] }, false);
    t.strictSame(samples(text, 'wan_up'), [`mini_mwan_wan_up{wan="${escaped}",device=""} 1`]);
  }
});

tap.test('without any WAN', async (t) => {
  t.notMatch(metricsText({ ...state, wans: [] }, false), '_wan_');
});

tap.test('while the service is stopped, nothing is told of the WANs', async (t) => {
  const text = metricsText(state, true);
  t.notMatch(text, 'wan1');
  t.strictSame(samples(text, 'service_started'), ['mini_mwan_service_started 0']);
  t.strictSame(samples(text, 'last_round_timestamp'), ['mini_mwan_last_round_timestamp_seconds 1000']);
});

tap.test('a WAN that is measured', async (t) => {
  const window = windowOf([10, 14, undefined], [20, undefined, 21]);
  const CASES: [what: string, wan: Parameters<typeof wanOf>[0], expected: Record<string, number>][] = [
    ['nobody measures it', {}, {}],
    [
      'nothing was sent yet',
      { quality: { window: [], reliability: 1, degraded: false, times: 0 } },
      { wan_degraded: 0 },
    ],
    [
      'some answers',
      { quality: { window, reliability: 1, degraded: true, times: 1 } },
      {
        wan_degraded: 1,
        wan_window_packets: 6,
        wan_window_loss_ratio: 0.3333,
        wan_window_rtt_average_seconds: 0.01625,
        wan_window_rtt_median_seconds: 0.014,
        wan_window_rtt_p95_seconds: 0.021,
        wan_window_jitter_seconds: 0.0025,
      },
    ],
    [
      'one answer: no jitter',
      { quality: { window: windowOf([10]), reliability: 1, degraded: false, times: 0 } },
      {
        wan_degraded: 0,
        wan_window_packets: 1,
        wan_window_loss_ratio: 0,
        wan_window_rtt_average_seconds: 0.01,
        wan_window_rtt_median_seconds: 0.01,
        wan_window_rtt_p95_seconds: 0.01,
      },
    ],
    [
      'away: its window is of before',
      { status: 'interface_down', quality: { window, reliability: 1, degraded: true, times: 1 } },
      { wan_degraded: 0 },
    ],
    [
      'no answer: no time either',
      { quality: { window: windowOf([undefined, undefined]), reliability: 1, degraded: false, times: 0 } },
      { wan_degraded: 0, wan_window_packets: 2, wan_window_loss_ratio: 1 },
    ],
  ];
  for (const [what, wan, expected] of CASES) {
    const all = Object.entries(valuesOf(metricsText(stateOf(wanOf(wan)), false), 'wan', 'device'));
    const own = all.map(([name, value]): [string, number] => [name.replace('mini_mwan_', ''), value]);
    const measured = own.filter(([name]) => /^wan_(window|degraded)/.test(name));
    t.strictSame(Object.fromEntries(measured), expected, what);
  }
});

tap.test('health', async (t) => {
  const quality = { window: [], reliability: 1, degraded: true, times: 1 };
  const CASES: [wan: Parameters<typeof wanOf>[0], health: string][] = [
    [{}, 'up'],
    [{ quality }, 'degraded'],
    [{ status: 'down', quality }, 'down'],
    [{ status: 'down', answeringSince: 90 }, 'recovering'],
    [{ status: 'unknown', judged: false }, 'starting'],
    [{ status: 'interface_down' }, 'down'],
  ];
  for (const [wan, health] of CASES) {
    const families = parseExposition(metricsText(stateOf(wanOf(wan)), false));
    const series = families.find(({ name }) => name === 'mini_mwan_wan_health')?.series ?? [];
    t.strictSame(
      series.filter(({ value }) => value === 1).map(({ labels }) => labels.health),
      [health],
    );
    t.equal(series.length, 5);
  }
});

tap.test('any state is told in the format', async (t) => {
  const property = fc.property(anyState, fc.boolean(), (any, stopped) => {
    const families = parseExposition(metricsText(any, stopped));
    const up = families.find(({ name }) => name === 'mini_mwan_wan_up')?.series ?? [];
    assert.deepEqual(
      up.map(({ labels }) => [labels.wan, labels.device]),
      stopped ? [] : any.wans.map(({ name, seen }) => [name, seen.device ?? '']),
    );
    const counters = families.filter(({ type }) => type === 'counter').map(({ name }) => name);
    for (const name of counters) assert.match(name, /_total$/);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }));
});
