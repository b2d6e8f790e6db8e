import { asList, asName, asNumber, asRecord, asWord, type Json } from '../json.js';
import type { Attributes, Nexthop, Route } from '../model.js';

/** Numbers of rtnetlink(7), as `ip -N` prints them, and ip's words for them. */
const TYPES = new Map(Object.entries({ 1: 'unicast', 6: 'blackhole', 7: 'unreachable', 8: 'prohibit', 9: 'throw' }));

/**
 * Parses what `ip -j route show table main` prints.
 *
 * @returns undefined if it is not such a list; routes of a type of service are left out, they are nobody's default
 */
export function parseRoutes(json: Json): Route[] | undefined {
  const list = asList(json);
  if (!list?.every((entry) => asRecord(entry)?.dst !== undefined)) return undefined;
  return list
    .map((entry) => asRecord(entry) as Record<string, Json>)
    .filter((entry) => entry.tos === undefined)
    .map(parseRoute);
}

function parseRoute(entry: Record<string, Json>): Route {
  const several = asList(entry.nexthops)?.map((hop) => parseNexthop(asRecord(hop) ?? {}));
  const group = asNumber(entry.nhid);
  const single = entry.dev === undefined ? [] : [parseNexthop(entry)];
  const attributes = parseAttributes(entry);
  return {
    destination: asWord(entry.dst) ?? '',
    metric: asNumber(entry.metric) ?? 0,
    protocol: asName(entry.protocol) ?? 'boot',
    type: TYPES.get(asName(entry.type) ?? '1') ?? asName(entry.type) ?? 'unicast',
    nexthops: several ?? single,
    ...(group === undefined ? {} : { group }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/**
 * Metrics of a route as ip names them in JSON, each with its word for `ip route add` and its unit there (print_rta_metrics in
 * ip/iproute.c). What is locked is not in JSON.
 */
const METRICS: [key: string, word: string, unit?: string][] = [
  ['mtu', 'mtu'],
  ['window', 'window'],
  ['rtt', 'rtt', 'ms'],
  ['rttvar', 'rttvar', 'ms'],
  ['ssthresh', 'ssthresh'],
  ['cwnd', 'cwnd'],
  ['advmss', 'advmss'],
  ['reordering', 'reordering'],
  ['hoplimit', 'hoplimit'],
  ['initcwnd', 'initcwnd'],
  ['rto_min', 'rto_min', 'ms'],
  ['initrwnd', 'initrwnd'],
  ['quickack', 'quickack'],
  ['congestion', 'congctl'],
  ['fastopen_no_cookie', 'fastopen_no_cookie'],
];

function parseAttributes({ prefsrc, metrics, flow }: Record<string, Json>): Attributes {
  const attributes: Attributes = {};
  const put = (word: string, value: string | undefined) => {
    if (value !== undefined && /^[A-Za-z0-9._:]{1,64}$/.test(value)) attributes[word] = value;
  };
  put('src', asName(prefsrc));
  put('realm', asName(asRecord(flow)?.to));
  const said = asRecord(asList(metrics)?.[0]);
  if (!said) return attributes;
  for (const [key, word, unit = ''] of METRICS) {
    const value = asName(said[key]);
    put(word, value && value + unit);
  }
  if ('ecn' in said) attributes.features = 'ecn';
  return attributes;
}

/** A nexthop, whether of a route of its own or one of several. */
export function parseNexthop(hop: Record<string, Json>): Nexthop {
  // A gateway of another family (`via inet6 …`) stands elsewhere.
  const [device, gateway] = [asWord(hop.dev), asWord(hop.gateway) ?? asWord(asRecord(hop.via)?.host)];
  return {
    ...(device === undefined ? {} : { device }),
    ...(gateway === undefined ? {} : { gateway }),
    weight: asNumber(hop.weight) ?? 1,
    onlink: asList(hop.flags)?.includes('onlink') ?? false,
  };
}
