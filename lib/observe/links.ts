import { asList, asNumber, asRecord, asText, asWord, type Json } from '../json.js';
import type { Link } from '../model.js';

/**
 * Parses what `ip -j -s addr show` prints.
 *
 * @returns undefined if it is not such a list
 */
export function parseLinks(json: Json): Link[] | undefined {
  const list = asList(json)?.map(asRecord);
  if (!list?.every((entry) => asText(entry?.ifname) !== undefined && asList(entry?.flags))) return undefined;
  return list.map((entry) => parseLink(entry as Record<string, Json>));
}

function parseLink(entry: Record<string, Json>): Link {
  const flags = asList(entry.flags) ?? [];
  const bytes = (direction: string) => asNumber(asRecord(asRecord(entry.stats64)?.[direction])?.bytes) ?? 0;
  const [master, group = 0] = [asWord(entry.master), asNumber(entry.group)];
  return {
    device: asWord(entry.ifname) as string,
    state: !flags.includes('UP') ? 'down' : flags.includes('LOWER_UP') ? 'up' : 'no_carrier',
    pointToPoint: flags.includes('POINTOPOINT'),
    ...(master === undefined ? {} : { master }),
    ...(group === 0 ? {} : { group }),
    ...(/^cake/.test(asText(entry.qdisc) ?? '') && { cake: true }),
    ...parseTunnel(entry, flags),
    addresses: (asList(entry.addr_info) ?? []).flatMap((info) => parseAddress(asRecord(info) ?? {})),
    rxBytes: bytes('rx'),
    txBytes: bytes('tx'),
  };
}

/** Types of devices as ip prints them, and as `ip -N` does (linux/if_arp.h). */
const PPP = ['ppp', '[512]'];
const OPAQUE = ['none', '[65534]'];

/** Of a tunnel of the kernel (ipip, gre, sit, vti, ip6tnl), the address of its peer is the server's. */
function parseTunnel(entry: Record<string, Json>, flags: Json[]): Pick<Link, 'server' | 'opaque'> {
  if (!flags.includes('POINTOPOINT') || PPP.includes(asText(entry.link_type) ?? '')) return {};
  if (OPAQUE.includes(asText(entry.link_type) ?? '')) return { opaque: true };
  // What is bound to another device leaves by that one.
  if (asText(entry.link) !== undefined) return {};
  const server = asText(entry.broadcast) ?? '';
  // Neither 0.0.0.0 nor ::, which is anybody, nor what a cable has there (ff:ff:ff:ff:ff:ff).
  return /^(?=[\d.]+$|.*::|(\w+:){7}\w+$)[1-9a-f][\da-f.:]+$/.test(server) ? { server } : {};
}

function parseAddress(info: Record<string, Json>): Link['addresses'] {
  const [address, prefix, peer] = [asText(info.local), asNumber(info.prefixlen), asText(info.address)];
  if (info.family !== 'inet' || address === undefined || prefix === undefined) return [];
  const mark = info.noprefixroute === true ? asNumber(info.metric) : undefined;
  return [{ address, prefix, ...(peer === undefined ? {} : { peer }), ...(mark === undefined ? {} : { mark }) }];
}
