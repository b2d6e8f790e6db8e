import { parsePrefix, prefixOf } from '../address6.js';
import { asList, asNumber, asRecord, asText, asWord, type Json } from '../json.js';
import type { Interface6, Prefix, Route, Six } from '../model.js';
import { asUsable, nameOf } from './interfaces.js';
import { parseRoutes } from './routes.js';

/** What is further away than a link, as `ip -N` numbers it (rtnetlink(7)). */
const GLOBAL = ['0', 'global'];

/** Flags of an address that whoever changes it must name again. */
const FLAGS = ['home', 'mngtmpaddr', 'nodad', 'noprefixroute', 'autojoin'];
/** s, of what does not end (INFINITY_LIFE_TIME of net/addrconf.h). */
const FOREVER = 4_294_967_295;

/**
 * The addresses in what `ip -N -j addr show` prints, but for those of links and of the router itself.
 *
 * @returns undefined if it is not such a list
 */
export function parseAddresses6(json: Json): Six['addresses'] | undefined {
  return asList(json)?.flatMap((entry) => {
    const { ifname, addr_info: list } = asRecord(entry) ?? {};
    const device = asWord(ifname);
    if (device === undefined) return [];
    return (asList(list) ?? []).map(asRecord).flatMap((info) => {
      const [address, length] = [asText(info?.local), asNumber(info?.prefixlen)];
      const isGlobal = GLOBAL.includes(asText(info?.scope) ?? 'global');
      if (info?.family !== 'inet6' || !isGlobal || address === undefined || length === undefined) return [];
      if (!prefixOf(address, length)) return [];
      const [preferred, valid, words] = [
        lifetime(info.preferred_life_time),
        lifetime(info.valid_life_time),
        wordsOf(info),
      ];
      return [
        {
          ...{ device, address, length },
          ...(preferred === undefined ? {} : { preferred }),
          ...(valid === undefined ? {} : { valid }),
          ...(words.length > 0 ? { words } : {}),
          ...(info.temporary === true ? { temporary: true as const } : {}),
        },
      ];
    });
  });
}

function lifetime(json: Json): number | undefined {
  const seconds = asNumber(json);
  return seconds === FOREVER ? undefined : seconds;
}

/** What it would lose if it were made anew without them. */
function wordsOf(info: Record<string, Json>): string[] {
  const metric = asNumber(info.metric);
  return [...FLAGS.filter((flag) => info[flag] === true), ...(metric === undefined ? [] : ['metric', `${metric}`])];
}

/**
 * Parses what `ip -6 -N -j route show table main` prints.
 *
 * @returns undefined if it is not such a list
 */
export function parseRoutes6(json: Json): Route[] | undefined {
  const list = asList(json);
  return list?.flatMap((entry) => {
    const from = asWord(asRecord(entry)?.from);
    if (from !== undefined && !parsePrefix(from)) return [];
    return (parseRoutes([entry]) ?? []).map((route) => ({
      ...route,
      family: 6 as const,
      ...(from === undefined ? {} : { from }),
    }));
  });
}

/** The IPv6 in the answer of `ubus call network.interface dump`: of interfaces with a device that carries IP. */
export function parseInterfaces6(json: Json): Interface6[] {
  return (asList(asRecord(json)?.interface) ?? []).map(asRecord).flatMap((entry) => {
    const [name, device] = [nameOf(entry?.interface), asUsable(entry?.l3_device)];
    if (name === undefined || device === undefined) return [];
    const gateway = (asList(entry?.route) ?? []).map(asRecord).flatMap(gatewayOf)[0];
    const prefixes = (asList(entry?.['ipv6-prefix']) ?? []).map(asRecord).flatMap(prefixFrom);
    return [{ name, device, ...(gateway === undefined ? {} : { gateway }), prefixes }];
  });
}

function gatewayOf(route: Record<string, Json> | undefined): string[] {
  const gateway = asText(route?.nexthop) ?? '';
  return route?.target === '::' && route.mask === 0 && prefixOf(gateway, 128) && gateway !== '::' ? [gateway] : [];
}

function prefixFrom(entry: Record<string, Json> | undefined): Prefix[] {
  const [address, length] = [asText(entry?.address) ?? '', asNumber(entry?.mask)];
  const prefix = length === undefined ? undefined : prefixOf(address, length);
  return prefix ? [prefix] : [];
}
