import { figuresOf } from '../health/figures.js';
import { healthOf } from '../health/health.js';
import type { Figures, Health, State, Status, WanState } from '../model.js';
import { enumerated, family, type Labels, type Metric } from './exposition.js';

const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];
const HEALTHS: Health[] = ['starting', 'up', 'degraded', 'recovering', 'down'];

const OF_ROUND: Metric<State>[] = [
  ['last_round_timestamp_seconds', 'gauge', 'When the last round ended.', ({ timestamp }) => Math.round(timestamp)],
  ['last_round_duration_seconds', 'gauge', 'How long the last round took.', ({ duration }) => seconds(duration)],
  ['last_round_changes', 'gauge', 'Routes that the last round changed.', ({ changes }) => changes],
  ['last_round_exit_code', 'gauge', 'Exit code of the last round.', ({ exitCode }) => exitCode],
  ['check_interval_seconds', 'gauge', 'Configured time between two rounds.', ({ checkInterval }) => checkInterval],
];

const OF_WAN: Metric<WanState>[] = [
  ['wan_up', 'gauge', 'Whether the WAN is up.', ({ verdict }) => Number(verdict.status === 'up')],
  [
    'wan_status_since_timestamp_seconds',
    'gauge',
    'Since when it has its status.',
    ({ verdict }) => Math.round(verdict.statusSince),
  ],
  [
    'wan_rtt_seconds',
    'gauge',
    'Round-trip time to the target that answered first.',
    ({ counted }) => seconds(counted.latency),
  ],
  [
    'wan_jitter_seconds',
    'gauge',
    'Change of the round-trip time since the round before.',
    ({ counted }) => seconds(counted.jitter),
  ],
  [
    'wan_loss_ratio',
    'gauge',
    'Share of the packets of the last round that were lost.',
    ({ counted }) => ratio(counted.loss),
  ],
  ['wan_failures', 'gauge', 'Failed attempts in a row.', ({ counted }) => counted.failures],
  ['wan_receive_bytes_total', 'counter', 'Bytes that the device has received.', ({ seen }) => seen.rxBytes],
  ['wan_transmit_bytes_total', 'counter', 'Bytes that the device has sent.', ({ seen }) => seen.txBytes],
  [
    'wan_degraded',
    'gauge',
    'Whether it answers, and is too slow or too lossy.',
    (wan) => wan.quality && Number(healthOf(wan) === 'degraded'),
  ],
];

/** Of a WAN that is measured: what its last rounds add up to. */
const OF_WINDOW: Metric<Figures>[] = [
  [
    'wan_window_packets',
    'gauge',
    'Packets of the last rounds, of which the window figures are made.',
    (of) => of.packets,
  ],
  ['wan_window_loss_ratio', 'gauge', 'Share of them that were lost.', ({ loss }) => ratio(loss)],
  ['wan_window_rtt_average_seconds', 'gauge', 'Mean of their round-trip times.', ({ rtt }) => seconds(rtt?.average)],
  ['wan_window_rtt_median_seconds', 'gauge', 'Median of them.', ({ rtt }) => seconds(rtt?.median)],
  ['wan_window_rtt_p95_seconds', 'gauge', 'What 95 % of them do not exceed.', ({ rtt }) => seconds(rtt?.p95)],
  [
    'wan_window_jitter_seconds',
    'gauge',
    'Mean difference of two in a row within a round.',
    ({ jitter }) => seconds(jitter),
  ],
];

const SERVICE_STARTED: Metric<boolean> = [
  'service_started',
  'gauge',
  'Whether anybody starts rounds; while nobody does, nothing is told of the WANs.',
  Number,
];

/**
 * The state for Prometheus. Names and base units are as https://prometheus.io/docs/practices/naming has them.
 *
 * @param stopped the service: how the WANs are is not known then
 */
export function metricsText(state: State, stopped: boolean): string {
  const everyWan = (stopped ? [] : state.wans).map((wan): [Labels, WanState] => [labelsOf(wan), wan]);
  const everyWindow = everyWan.flatMap(([labels, wan]): [Labels, Figures][] => {
    const figures = freshFigures(wan);
    return figures ? [[labels, figures]] : [];
  });
  const everyStatus = enumerated('status', STATUSES, everyWan, ({ verdict }) => verdict.status);
  return [
    ours(SERVICE_STARTED, [[{}, !stopped]]),
    ...OF_ROUND.map((metric) => ours(metric, [[{}, state]])),
    ours(['wan_status', 'gauge', 'The status of the WAN is the one with 1.', Number], everyStatus),
    ours(
      ['wan_health', 'gauge', 'Its health is the one with 1.', Number],
      enumerated('health', HEALTHS, everyWan, healthOf),
    ),
    ...OF_WAN.map((metric) => ours(metric, everyWan)),
    ...OF_WINDOW.map((metric) => ours(metric, everyWindow)),
  ].join('');
}

/** What its last rounds add up to. One that was not probed has a window still, but that is of before. */
export function freshFigures({ verdict: { status }, quality }: WanState): Figures | undefined {
  return quality && (status === 'up' || status === 'down') ? figuresOf(quality) : undefined;
}

function ours<T>([name, ...metric]: Metric<T>, subjects: [Labels, T][]): string {
  return family([`mini_mwan_${name}`, ...metric], subjects);
}

function labelsOf({ name, seen: { device = '' } }: WanState): Labels {
  return { wan: name, device };
}

/** s from ms, as exact as the state file is. */
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Number((ms / 1000).toFixed(5));
}

function ratio(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : Number((percent / 100).toFixed(4));
}
