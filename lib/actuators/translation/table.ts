import { prefixText } from '../../address6.js';
import type { Path } from '../../model.js';
import { ownOf, type Translation } from './rules.js';
import { type Zone, zoneRules } from './zones.js';

/** Our table of nft for IPv6. */
export const TABLE = 'ip6 mini_mwan';

/** The table as a thing that is steered. */
export interface TranslationThing {
  kind: 'translation';
  /** What its rules bear. */
  comments: string[];
  /** Of one that is wanted: its text for nft, and whether it sets zones. */
  text?: string;
  apart?: boolean;
}

/**
 * A table for nft of these translations.
 *
 * @param paths those of IPv6, for the address by which a line knows the router
 * @param zones prefixes whose flows are decided on anew
 */
export function tableOf(translations: Translation[], paths: Path[], zones: Zone[]): TranslationThing {
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
  const apart = zoneRules(zones, paths, paths.flatMap(ownOf));
  // Before the firewall's own translations, which have priority 100; zones before flows are known (raw, -300).
  const chains = [
    ...(apart.length > 0
      ? [`chain zones { type filter hook prerouting priority raw; policy accept; ${bodyOf(apart)} };`]
      : []),
    `chain sources { type nat hook postrouting priority 99; policy accept; ${bodyOf(rules)} };`,
  ];
  return {
    kind: 'translation',
    comments: [...apart, ...rules].map(([, comment]) => comment),
    apart: apart.length > 0,
    // Whatever it is by now, in one transaction.
    text: `add table ${TABLE}; delete table ${TABLE}; table ${TABLE} { ${chains.join(' ')} }`,
  };
}

function bodyOf(rules: [rule: string, comment: string][]): string {
  return rules.map(([rule, comment]) => `${rule} comment "${comment}";`).join(' ');
}
