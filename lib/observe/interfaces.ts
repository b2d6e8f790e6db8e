import { isIPv4 } from '../address.js';
import { asList, asNumber, asRecord, asText, type Json } from '../json.js';
import type { NetifdInterface } from '../model.js';

/** netifd's word for "no gateway": the route is on the link, as on PPP. */
const NO_GATEWAY = '0.0.0.0';
/** How netifd speaks IPv6, and IPv4 within it: an interface beside that of the line. */
const IPV6 = ['dhcpv6', '6in4', '6rd', '6to4', 'dslite', 'map', '464xlat'];
/** rtnetlink(7). */
const UNICAST = 1;

/**
 * Parses the answer of `ubus call network.interface dump`.
 *
 * @returns undefined if it is not such an answer; entries without a usable name are left out
 */
export function parseInterfaces(json: Json): NetifdInterface[] | undefined {
  return asList(asRecord(json)?.interface)?.flatMap((entry) => parseInterface(asRecord(entry) ?? {}));
}

function parseInterface(entry: Record<string, Json>): NetifdInterface[] {
  const name = nameOf(entry.interface);
  if (name === undefined) return [];
  const [l3Device, port, proto] = [asUsable(entry.l3_device), asUsable(entry.device), asUsable(entry.proto)];
  const table = asNumber(entry.ip4table);
  // With `option defaultroute 0` netifd keeps the route it was given among the inactive ones; the gateway is as good.
  const defaultRoute = findDefault(entry.route) ?? findDefault(asRecord(entry.inactive)?.route);
  return [
    {
      name,
      metric: asNumber(entry.metric) ?? 0,
      ...(entry.dynamic === true && { dynamic: true }),
      ...(entry.pending === true && { dialling: true }),
      // As netifd remembers an ifdown.
      ...(entry.autostart === false && { halted: true }),
      ...(proto === undefined ? {} : { proto }),
      ...(port === undefined ? {} : { port }),
      ...(l3Device === undefined ? {} : { l3Device }),
      ...(table === undefined ? {} : { table }),
      ...(defaultRoute && { defaultRoute }),
    },
  ];
}

/** Of an interface: one that the configuration may hold, too. */
export function nameOf(value: Json): string | undefined {
  const text = asText(value);
  return text !== undefined && /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : undefined;
}

/** Only names that the configuration may hold, too: they go to programs, scripts and the screen. */
export function asUsable(value: Json): string | undefined {
  const text = asText(value);
  return text !== undefined && /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/.test(text) ? text : undefined;
}

/** The one of the device: not one of another table, and not one that leads nowhere (its type is a number of rtnetlink). */
function findDefault(routes: Json): NetifdInterface['defaultRoute'] {
  const entry = (asList(routes) ?? [])
    .map(asRecord)
    .find(
      (route) =>
        route?.target === '0.0.0.0' &&
        asNumber(route.mask) === 0 &&
        route.table === undefined &&
        (route.type === undefined || route.type === UNICAST) &&
        isIPv4(asText(route.nexthop) ?? ''),
    );
  if (!entry) return undefined;
  const [gateway, metric] = [entry.nexthop as string, asNumber(entry.metric)];
  return { ...(gateway !== NO_GATEWAY && { gateway }), ...(metric === undefined ? {} : { metric }) };
}

/**
 * The interface whose line a device is. One that is down has only its port, so it is not the one beside it that stays up, as wan6
 * does without wan.
 *
 * @param remembered whose it was in the last round
 */
export function holderOf(
  device: string | undefined,
  interfaces: NetifdInterface[],
  remembered: string | undefined,
): NetifdInterface | undefined {
  const here = interfaces.filter(({ l3Device, port }) => device !== undefined && (l3Device ?? port) === device);
  const own = here.filter(({ proto = '' }) => !IPV6.includes(proto));
  return own.find(({ name }) => name === remembered) ?? own[0] ?? here[0];
}

/** The interface that has a section in the network configuration: for `wwan_4`, which a protocol made, `wwan`. */
export function sectionOf<T extends NetifdInterface | undefined>(
  entry: T,
  interfaces: NetifdInterface[],
): T | NetifdInterface {
  if (!entry?.dynamic) return entry;
  const configured = interfaces.filter(({ dynamic }) => !dynamic);
  const maker = configured.find(({ name }) => name === entry.name.replace(/_[^_]*$/, ''));
  return maker ?? configured.find(({ l3Device }) => l3Device !== undefined && l3Device === entry.l3Device) ?? entry;
}
