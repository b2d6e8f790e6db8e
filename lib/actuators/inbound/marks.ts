import { type Chain, commentsOf, hex, type Marked, markRule, tableText } from './chain.js';
import { type Leading, leadChains } from './leads.js';
import type { MarksThing } from './thing.js';

/** Our table of nft. */
export const TABLE = 'inet mini_mwan';

/**
 * Chains that mark connections that come in by a WAN's device, and with the same mark the packets that answer them, whether they come
 * from a host behind the router or from itself. What the router begins is not marked, nor what the LAN begins, unless it is led.
 *
 * @param answering WANs that answer what comes in by them
 * @param leading absent: no flow is told from another
 * @param family of the packets. Absent: IPv4
 */
export function markChains(answering: Marked[], leading: Leading | undefined, family?: 6): Chain[] {
  return [
    ...(answering.length > 0 ? answerChains(answering, family) : []),
    ...(leading ? leadChains(leading, family) : []),
  ];
}

/** Our table of nft with such chains, for IPv4. */
export function marksOf(answering: Marked[], leading?: Leading): MarksThing {
  const chains = markChains(answering, leading);
  return {
    kind: 'marks',
    comments: commentsOf(chains),
    text: tableText(TABLE, chains),
    wans: answering.map(({ name }) => name),
    ...(leading ? { leads: leadWords(leading) } : {}),
  };
}

function leadWords({ leads, steers }: Leading): string[] {
  return [...steers.map(({ name, line }) => [name, line]), ...leads.map(({ of, line }) => [of, line])].map(
    ([of, line]) => `${of} by ${(line as Marked).name}`,
  );
}

function answerChains(lines: Marked[], family?: 6): Chain[] {
  // The table of IPv6 sees no other.
  const only = family ? '' : 'meta nfproto ipv4 ';
  return [
    [
      'chain arrivals {',
      lines.map((line) => [
        `iifname "${line.device}" ${markRule('ct', line)}`,
        `in by ${line.device}: ${hex(line.mark)} of ${hex(line.mask)}`,
      ]),
    ],
    [
      'chain answers {',
      lines.map((line) => [
        `ct mark & ${hex(line.mask)} == ${hex(line.mark)} ${markRule('meta', line)}`,
        `out by ${line.device}: ${hex(line.mark)} of ${hex(line.mask)}`,
      ]),
    ],
    [
      'chain prerouting { type filter hook prerouting priority mangle; policy accept;',
      [
        [`${only}ct state new jump arrivals`, 'what comes in'],
        [`${only}ct direction reply jump answers`, 'answers of others'],
      ],
    ],
    [
      // `route`: who gets another mark is led anew.
      'chain output { type route hook output priority mangle; policy accept;',
      [[`${only}ct direction reply jump answers`, 'answers of the router']],
    ],
  ];
}
