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
 * @param only words of nft for the packets that are meant. Empty: all that the table sees
 */
export function markChains(answering: Marked[], leading: Leading | undefined, only: string): Chain[] {
  return [...(answering.length > 0 ? answerChains(answering, only) : []), ...(leading ? leadChains(leading) : [])];
}

/** Our table of nft with such chains, for IPv4. */
export function marksOf(answering: Marked[], leading?: Leading): MarksThing {
  const chains = markChains(answering, leading, 'meta nfproto ipv4 ');
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

function answerChains(lines: Marked[], only: string): Chain[] {
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
