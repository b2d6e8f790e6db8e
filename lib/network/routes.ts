import type { Nexthop, Route } from '../model.js';
import { asList, asName, asNumber, asRecord, asWord, type Json } from './json.js';

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
  return {
    destination: asWord(entry.dst) ?? '',
    metric: asNumber(entry.metric) ?? 0,
    protocol: asName(entry.protocol) ?? 'boot',
    type: TYPES.get(asName(entry.type) ?? '1') ?? asName(entry.type) ?? 'unicast',
    nexthops: several ?? single,
    ...(group === undefined ? {} : { group }),
  };
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
