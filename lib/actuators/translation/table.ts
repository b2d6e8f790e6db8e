import { prefixText } from '../../address6.js';
import type { Path } from '../../model.js';
import type { Translation } from './rules.js';

/** Our table of nft for IPv6. */
export const TABLE = 'ip6 mini_mwan';

/** The table as a thing that is steered. */
export interface TranslationThing {
  kind: 'translation';
  /** What its rules bear. */
  comments: string[];
  /** Of one that is wanted: its text for nft. */
  text?: string;
}

/**
 * A table for nft of these translations.
 *
 * @param paths those of IPv6, for the address by which a line knows the router
 */
export function tableOf(translations: Translation[], paths: Path[]): TranslationThing {
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
  const body = rules.map(([rule, comment]) => `${rule} comment "${comment}";`).join(' ');
  return {
    kind: 'translation',
    comments: rules.map(([, comment]) => comment),
    // Whatever it is by now, in one transaction. Before the firewall's own translations, which have priority 100.
    text: `add table ${TABLE}; delete table ${TABLE}; table ${TABLE} { chain sources { type nat hook postrouting priority 99; policy accept; ${body} }; }`,
  };
}
