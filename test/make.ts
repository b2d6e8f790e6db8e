import type {
  Config,
  Configured,
  Counters,
  Judgement,
  Link,
  Path,
  Problem,
  Route,
  Seen,
  Wan,
  WanState,
} from '../lib/model.js';
import { openwrtWords } from '../lib/platform/words.js';

/** A WAN at the defaults, with what matters to the case. */
export function makeWan(more: Partial<Wan> = {}): Wan {
  return {
    name: 'wan1',
    enabled: true,
    metric: 10,
    weight: 1,
    targets: ['1.1.1.1'],
    reliability: 1,
    count: 3,
    timeout: 2,
    failureThreshold: 2,
    recoveryThreshold: 3,
    failbackDelay: 0,
    tier: 1,
    ...more,
  };
}

/** A configuration at the defaults, switched on. */
export function makeConfig(wans: Wan[], more: Partial<Config> = {}): Config {
  return {
    enabled: true,
    mode: 'failover',
    checkInterval: 10,
    sticky: false,

    logLevel: 'notice',
    wans,
    ...more,
  };
}

/** ethI has the address 10.0.I.2/24. */
export function makeLink(device: string, more: Partial<Link> = {}): Link {
  const addresses = [{ address: `10.0.${device.slice(3)}.2`, prefix: 24 }];
  return { device, state: 'up', pointToPoint: false, addresses, rxBytes: 0, txBytes: 0, ...more };
}

/** WAN number i: wanI on ethI, gateway 10.0.I.1. */
export function makePath(i: number, metric: number, more: Partial<Path> = {}, wan: Partial<Wan> = {}): Path {
  return {
    wan: makeWan({ name: `wan${i}`, device: `eth${i}`, metric, ...wan }),
    device: `eth${i}`,
    link: makeLink(`eth${i}`),
    gateway: `10.0.${i}.1`,
    pointToPoint: false,
    onlink: false,
    ...more,
  };
}

/** A route in the words of `ip route`, as far as these tests need them: `default via 10.0.1.1 dev eth1 metric 10 proto 77`. */
export function makeRoute(text: string): Route {
  const [destination = '', ...words] = text.split(' ');
  const value = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  const [device, gateway] = [value('dev'), value('via')];
  const hop = { ...(gateway ? { gateway } : {}), weight: 1, onlink: words.includes('onlink') };
  const said = ['src', 'mtu', 'advmss'].filter((word) => words.includes(word));
  const group = value('nhid');
  return {
    destination,
    metric: Number(value('metric') ?? 0),
    protocol: value('proto') ?? 'static',
    type: value('type') ?? 'unicast',
    nexthops: device === undefined ? [] : [{ device, ...hop }],
    ...(group === undefined ? {} : { group: Number(group) }),
    ...(said.length > 0 ? { attributes: Object.fromEntries(said.map((word) => [word, value(word) ?? ''])) } : {}),
  };
}

/** A remedy as lines, as OpenWrt has them. */
export function linesOf(remedy: Problem['remedy'] = [], words = openwrtWords): string[] {
  return remedy.flatMap((part) => (typeof part === 'string' ? [part] : words(part)));
}

/** What is remembered of a WAN, without its groups: for tables of cases. */
export type FlatWan = Pick<WanState, 'name' | 'others' | 'quality'> & Configured & Seen & Counters & Judgement;

const CONFIGURED: (keyof Configured)[] = ['targets', 'failureThreshold', 'recoveryThreshold'];
const SEEN: (keyof Seen)[] = [
  'device',
  'interface',
  'systemMetric',
  'gateway',
  'delegated',
  'rxBytes',
  'txBytes',
  'lastCheck',
];
const COUNTED: (keyof Counters)[] = [
  ...(['failures', 'successes', 'falls', 'answeringSince', 'lastGood'] as const),
  ...(['rtts', 'asked', 'latency', 'jitter', 'loss'] as const),
];
const VERDICT: (keyof Judgement)[] = ['status', 'told', 'reason', 'statusSince', 'statusSinceUptime', 'judged'];

/** All that is remembered of a WAN, side by side. */
export function flat({ configured, seen, counted, verdict, ...rest }: WanState): FlatWan {
  return { ...rest, ...configured, ...seen, ...counted, ...verdict };
}

/** The same in its groups. It may be less than there always is, where a case needs no more; what is undefined is left out. */
export function grouped(fields: { [K in keyof FlatWan]?: FlatWan[K] | undefined }): WanState {
  const pick = (...keys: (keyof FlatWan)[]) =>
    Object.fromEntries(keys.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])));
  const groups = {
    configured: pick(...CONFIGURED),
    seen: pick(...SEEN),
    counted: pick(...COUNTED),
    verdict: pick(...VERDICT),
  };
  return { ...pick('name', 'others', 'quality'), ...groups } as unknown as WanState;
}
