import type { State, WanState } from '../model.js';
import { family, type Labels, type Metric } from './exposition.js';
import { freshFigures } from './metrics.js';

/** What it has in ms and %. Of a WAN that is measured, over its window, as there; else of the last round. */
interface Measured {
  latency?: number | undefined;
  jitter?: number | undefined;
  loss?: number | undefined;
}

const METRICS: Metric<Measured>[] = [
  ['wan_latency_ms', 'gauge', 'Round-trip time in ms.', ({ latency }) => decimals(latency)],
  ['wan_jitter_ms', 'gauge', 'Jitter in ms.', ({ jitter }) => decimals(jitter)],
  ['wan_packet_loss', 'gauge', 'Lost packets in %.', ({ loss }) => decimals(loss)],
];

/**
 * The state by names, labels and units of MultiWANBond's exporter, as far as both have the same: flows, alerts and the uptime of
 * a process are not here. `wan_id` is the place of the WAN in the configuration, from 1.
 */
export function multiwanbondText({ wans }: State): string {
  const everyWan = wans.map((wan, i): [Labels, WanState] => [{ wan_id: `${i + 1}`, wan_name: wan.name }, wan]);
  const measured = everyWan.map(([labels, wan]): [Labels, Measured] => [labels, measuredOf(wan)]);
  const traffic = everyWan.flatMap(([labels, { seen }]): [Labels, number][] => [
    [{ ...labels, direction: 'tx' }, seen.txBytes],
    [{ ...labels, direction: 'rx' }, seen.rxBytes],
  ]);
  const theirs = <T>([name, ...metric]: Metric<T>, subjects: [Labels, T][]) =>
    family([`multiwanbond_${name}`, ...metric], subjects);
  return [
    theirs(['wan_state', 'gauge', '1: up, 0: not.', ({ verdict }) => Number(verdict.status === 'up')], everyWan),
    ...METRICS.map((metric) => theirs(metric, measured)),
    theirs(['traffic_bytes', 'counter', 'Bytes that the device has sent and received.', (bytes) => bytes], traffic),
  ].join('');
}

function measuredOf(wan: WanState): Measured {
  const figures = freshFigures(wan);
  return figures ? { ...figures, latency: figures.rtt?.average } : wan.counted;
}

function decimals(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(2));
}
