import { prefixText } from '../../address6.js';
import { hashOf } from '../../hash.js';
import type { Path, Prefix } from '../../model.js';
import type { Moved } from '../six/moved.js';

/** What no provider carries: a flow there is never led away. Sites, links, multicast. */
const NEAR = ['fc00::/7', 'fe80::/10', 'ff00::/8'];
/** The first zone of ours, and how many there are: a zone has 16 bits. */
const FIRST = 7700;
const ZONES = 50_000;

/** Packets that begin in a zone of their own. */
export interface Zone {
  prefix: Prefix;
  zone: number;
}

/**
 * The kernel decides once for a flow whether it is translated: one that began before its prefix went by another line would go on as it
 * began, in vain, as long as it is used. In another zone it is a new flow, which is decided on anew; when the prefix is back, the flow
 * is what it was. Its answers are found without the zone. A zone for each way: what was translated for one line is nothing for the next.
 */
export function zonesOf(moved: Moved[]): Zone[] {
  return moved.map(({ prefix, by }) => {
    const way = [prefixText(prefix), ...by.map(({ device }) => device)].join(' ');
    return { prefix, zone: FIRST + (hashOf(way) % ZONES) };
  });
}

/** The rules for nft, each with its comment. @param paths those of IPv6 @param own all prefixes of theirs, whose flows stay here */
export function zoneRules(zones: Zone[], paths: Path[], own: Prefix[]): [rule: string, comment: string][] {
  const devices = paths.flatMap(({ wan, device }) => (wan.enabled && device !== undefined ? [`"${device}"`] : []));
  const near = [...own.map(prefixText), ...NEAR].map((text) => `ip6 daddr != ${text}`).join(' ');
  return zones.map(({ prefix, zone }) => {
    const rule = `iifname != { ${devices.join(', ')} } ip6 saddr ${prefixText(prefix)} ${near} ct original zone set ${zone}`;
    // All of it, as only comments are compared.
    return [rule, `${prefixText(prefix)} in zone ${zone}, ${hashOf(rule).toString(16)}`];
  });
}
