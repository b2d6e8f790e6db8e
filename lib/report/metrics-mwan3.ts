import { healthOf } from '../health/health.js';
import type { Now, State, WanState } from '../model.js';
import { enumerated, family, type Labels, type Metric } from './exposition.js';

/** All that its exporter has a series for. A WAN of ours always has targets, so none is `notracking`. */
const WORDS = ['offline', 'online', 'disconnecting', 'connecting', 'disabled', 'notracking', 'unknown'] as const;

/**
 * As OpenWrt's prometheus-node-exporter-lua-mwan3 has them. It calls most of them counters; they fall, too. Its `uptime`, which
 * is netifd's, and `turn`, which counts mwan3's own loops, are nothing that we know.
 */
const METRICS: Metric<WanState>[] = [
  ['score', 'gauge', 'From 0 (down) to as many as must fail and be good again (all is well).', scoreOf],
  ['lost', 'gauge', 'Failed attempts in a row.', ({ counted }) => counted.failures],
  ['enabled', 'gauge', 'Whether it is enabled.', ({ verdict }) => Number(verdict.status !== 'disabled')],
  ['running', 'gauge', 'Whether it is probed.', (wan) => Number(isProbed(wan))],
  [
    'up',
    'gauge',
    'Whether the interface is there, whoever answers through it.',
    (wan) => (isKnown(wan) ? Number(isProbed(wan)) : undefined),
  ],
];

/**
 * The state by the names that mwan3's exporter has, so that dashboards made for it go on.
 *
 * @param now for ages, in s; the state of another boot has none
 */
export function mwan3Text(state: State, now: Now): string {
  const passed = (since: number) =>
    now.bootId === state.bootId ? Math.max(0, Math.round(now.uptime - since)) : undefined;
  const spent = (wan: WanState, counts: boolean) => {
    if (!isKnown(wan)) return undefined;
    return counts ? passed(wan.verdict.statusSinceUptime) : 0;
  };
  const isUp = ({ verdict }: WanState) => verdict.status === 'up';
  const ages: Metric<WanState>[] = [
    ['age', 'gauge', 'Seconds since the last round.', () => passed(state.uptime)],
    ['online', 'gauge', 'Seconds for which it has been up.', (wan) => spent(wan, isUp(wan))],
    ['offline', 'gauge', 'Seconds for which it has not been up.', (wan) => spent(wan, !isUp(wan))],
  ];
  const everyWan = state.wans.map((wan): [Labels, WanState] => [{ interface: wan.name }, wan]);
  const theirs = <T>([name, ...metric]: Metric<T>, subjects: [Labels, T][]) =>
    family([`mwan3_interface_${name}`, ...metric], subjects);
  return [
    theirs(['status', 'gauge', 'The status is the one with 1.', Number], enumerated('status', WORDS, everyWan, wordOf)),
    ...[...METRICS, ...ages].map((metric) => theirs(metric, everyWan)),
  ].join('');
}

/** To mwan3, an interface that netifd does not have up is `disabled`, too. */
function wordOf(wan: WanState): (typeof WORDS)[number] {
  const { status } = wan.verdict;
  if (status === 'up') return wan.counted.failures > 0 ? 'disconnecting' : 'online';
  if (status === 'down') return healthOf(wan) === 'recovering' ? 'connecting' : 'offline';
  return status === 'unknown' ? 'unknown' : 'disabled';
}

/** In mwan3, `up` points and less are offline, each good round of one that is offline gives one, and each bad one takes one. */
function scoreOf({ configured, counted, verdict: { status } }: WanState): number {
  const { failureThreshold: down, recoveryThreshold: up } = configured;
  if (status === 'up') return up + Math.max(1, down - counted.failures);
  return status === 'down' ? Math.min(counted.successes, up - 1) : 0;
}

function isProbed({ verdict: { status } }: WanState): boolean {
  return status === 'up' || status === 'down';
}

/** How it is, or that there is no device or gateway. */
function isKnown({ verdict: { status } }: WanState): boolean {
  return status !== 'unknown' && status !== 'disabled';
}
