import type { State, Status, WanState } from '../model.js';

/** Name, type, meaning, and the value of one thing that is measured of T; undefined where there is none. */
type Metric<T> = [name: string, type: 'gauge' | 'counter', help: string, value: (subject: T) => number | undefined];
type Labels = Record<string, string>;

const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];

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
];

const SERVICE_STARTED: Metric<boolean> = [
  'service_started',
  'gauge',
  'Whether anybody starts rounds; while nobody does, nothing is told of the WANs.',
  Number,
];

/**
 * The state in the text format of Prometheus (version 0.0.4), without timestamps, which the textfile collector of the
 * node exporter refuses. Names and base units are as https://prometheus.io/docs/practices/naming has them.
 *
 * @param stopped the service: how the WANs are is not known then
 */
export function metricsText(state: State, stopped: boolean): string {
  const everyWan = (stopped ? [] : state.wans).map((wan): [Labels, WanState] => [labelsOf(wan), wan]);
  const everyStatus = everyWan.flatMap(([labels, wan]) =>
    STATUSES.map((status): [Labels, boolean] => [{ ...labels, status }, wan.verdict.status === status]),
  );
  return [
    family(SERVICE_STARTED, [[{}, !stopped]]),
    ...OF_ROUND.map((metric) => family(metric, [[{}, state]])),
    family(['wan_status', 'gauge', 'The status of the WAN is the one with 1.', Number], everyStatus),
    ...OF_WAN.map((metric) => family(metric, everyWan)),
  ].join('');
}

function family<T>([name, type, help, value]: Metric<T>, subjects: [Labels, T][]): string {
  const full = `mini_mwan_${name}`;
  const samples = subjects.flatMap(([labels, subject]) => {
    const number = value(subject);
    return number === undefined ? [] : [`${full}${labelText(labels)} ${number}\n`];
  });
  return samples.length === 0 ? '' : `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${samples.join('')}`;
}

function labelsOf({ name, seen: { device = '' } }: WanState): Labels {
  return { wan: name, device };
}

/** A value may hold anything; a backslash, a quote and an end of line are written with a backslash. */
function labelText(labels: Labels): string {
  const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** s from ms, as exact as the state file is. */
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Number((ms / 1000).toFixed(5));
}

function ratio(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : Number((percent / 100).toFixed(4));
}
