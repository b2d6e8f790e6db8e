import tap from 'tap';
import { metricsText } from '../../lib/report/metrics.js';
import { round } from '../../lib/round.js';
import { flat, grouped } from '../make.js';
import { CONFIG, FakeWorld } from '../world.js';

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
