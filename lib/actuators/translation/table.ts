import { prefixText } from '../../address6.js';
import type { Path } from '../../model.js';
import { type Chain, commentsOf, hex, type Marked, tableText } from '../inbound/chain.js';
import { ownOf, type Translation } from './rules.js';
import { type Zone, zoneRules } from './zones.js';

/** Our table of nft for IPv6: what translates, and what marks. */
export const TABLE = 'ip6 mini_mwan';

/** What comes of it where nothing is translated. */
export const LOSS = 'hosts with the prefix of a dead line stay without IPv6';

/** The table as a thing that is steered. */
export interface TranslationThing {
  kind: 'translation';
  /** What its rules bear. */
  comments: string[];
  /** Of one that is wanted: its text for nft. */
  text?: string;
  /** What the same table would be with one part alone, as text for nft. */
  parts?: [part: Part, text: string][];
}

/** What the kernel may have, or not: zones, translation, marks. */
export type Part = 'zones' | 'translation' | 'marks';

/** Chains that set zones, in whatever order: none where there are none. @param paths those of IPv6 */
export function zoneChains(zones: Zone[], paths: Path[]): Chain[] {
  if (zones.length === 0) return [];
  // Before flows are known (raw, -300).
  const head = 'chain zones { type filter hook prerouting priority raw; policy accept;';
  return [[head, zoneRules(zones, paths, paths.flatMap(ownOf))]];
}

/**
 * The chain of these translations.
 *
 * @param paths those of IPv6, for the address by which a line knows the router
 * @param led lines to which some flows are led, by their mark
 */
export function sourceChain(translations: Translation[], paths: Path[], led: Marked[]): Chain {
  const ruleOf = ({ device, from, to }: Translation): Rule => {
    const what = `oifname "${device}" ip6 saddr ${prefixText(from)}`;
    const comment = `${device}: ${prefixText(from)}`;
    if (to === 'itself') return [`${what} return`, `${comment} as it is`];
    if (to === 'router') return asRouter(what, comment, device, paths);
    return [`${what} snat ip6 prefix to ${prefixText(to)}`, `${comment} as ${prefixText(to)}`];
  };
  const isOwn = ({ to }: Translation) => to === 'itself';
  // Before the firewall's own translations, which have priority 100.
  return [
    'chain sources { type nat hook postrouting priority 99; policy accept;',
    [
      ...translations.filter(isOwn).map(ruleOf),
      // Such a flow is decided on anew as soon as it leaves by another line: only for masquerade the kernel does so.
      ...led.map(({ device, mark, mask }) => {
        const marked = `${hex(mark)} of ${hex(mask)}`;
        const what = `oifname "${device}" ct mark & ${hex(mask)} == ${hex(mark)}`;
        return asRouter(what, `${device}: ${marked}`, device, paths);
      }),
      ...translations.filter((one) => !isOwn(one)).map(ruleOf),
    ],
  ];
}

function asRouter(what: string, comment: string, device: string, paths: Path[]): Rule {
  // By itself the kernel takes any address of the router, also one that another line has delegated.
  const src = paths.find((path) => path.device === device)?.attributes?.src;
  return src === undefined
    ? [`${what} masquerade`, `${comment} as the router`]
    : [`${what} snat to ${src}`, `${comment} as ${src}`];
}

type Rule = [rule: string, comment: string];

/** The table with these chains. @param bare those that translate, where nothing is marked */
export function tableOf({ zones, translation, marks }: Record<Part, Chain[]>, bare: Chain[]): TranslationThing {
  const chains = [...zones, ...translation, ...marks];
  return {
    kind: 'translation',
    comments: commentsOf(chains),
    text: tableText(TABLE, chains),
    parts: Object.entries({ zones, translation: bare, marks }).flatMap(([part, own]): [Part, string][] =>
      own.length > 0 ? [[part as Part, tableText(TABLE, own)]] : [],
    ),
  };
}
