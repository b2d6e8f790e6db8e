import { prefixText } from '../../address6.js';
import type { Path } from '../../model.js';
import { type Chain, commentsOf, tableText } from '../inbound/chain.js';
import { ownOf, type Translation } from './rules.js';
import { type Zone, zoneRules } from './zones.js';

/** Our table of nft for IPv6: what translates, and what marks. */
export const TABLE = 'ip6 mini_mwan';

/** The table as a thing that is steered. */
export interface TranslationThing {
  kind: 'translation';
  /** What its rules bear. */
  comments: string[];
  /** Of one that is wanted: its text for nft, whether it sets zones, and whether it translates. */
  text?: string;
  apart?: boolean;
  translates?: boolean;
}

/** Chains that set zones, in whatever order: none where there are none. @param paths those of IPv6 */
export function zoneChains(zones: Zone[], paths: Path[]): Chain[] {
  if (zones.length === 0) return [];
  // Before flows are known (raw, -300).
  const head = 'chain zones { type filter hook prerouting priority raw; policy accept;';
  return [[head, zoneRules(zones, paths, paths.flatMap(ownOf))]];
}

/** The chain of these translations. @param paths those of IPv6, for the address by which a line knows the router */
export function sourceChain(translations: Translation[], paths: Path[]): Chain {
  const rules = translations.map((one): [rule: string, comment: string] => {
    const what = `oifname "${one.device}" ip6 saddr ${prefixText(one.from)}`;
    const comment = `${one.device}: ${prefixText(one.from)}`;
    if (one.to === 'itself') return [`${what} return`, `${comment} as it is`];
    if (one.to !== 'router')
      return [`${what} snat ip6 prefix to ${prefixText(one.to)}`, `${comment} as ${prefixText(one.to)}`];
    // By itself the kernel takes any address of the router, also one that another line has delegated.
    const src = paths.find(({ device }) => device === one.device)?.attributes?.src;
    return src === undefined
      ? [`${what} masquerade`, `${comment} as the router`]
      : [`${what} snat to ${src}`, `${comment} as ${src}`];
  });
  // Before the firewall's own translations, which have priority 100.
  return ['chain sources { type nat hook postrouting priority 99; policy accept;', rules];
}

/** The table with these chains. */
export function tableOf(zones: Chain[], sources: Chain[], marks: Chain[]): TranslationThing {
  const chains = [...zones, ...sources, ...marks];
  return {
    kind: 'translation',
    comments: commentsOf(chains),
    apart: zones.length > 0,
    translates: sources.length > 0,
    text: tableText(TABLE, chains),
  };
}
