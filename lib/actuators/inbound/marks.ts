import { type Chain, hex, type Marked, markRule } from './chain.js';
import { type Leading, leadChains } from './leads.js';
import type { MarksThing } from './thing.js';

/** Our table of nft. */
export const TABLE = 'inet mini_mwan';

/**
 * A table for nft that marks connections that come in by a WAN's device, and with the same mark the packets that answer them,
 * whether they come from a host behind the router or from itself. What the router begins is not marked, nor what the LAN begins,
 * unless it is led.
 *
 * @param answering WANs that answer what comes in by them
 * @param leading absent: no flow is told from another
 */
export function marksOf(answering: Marked[], leading?: Leading): MarksThing {
  const chains = [
    ...(answering.length > 0 ? answerChains(answering) : []),
    // A chain is there before another one jumps to it.
    ...(leading ? leadChains(leading) : []),
  ];
  const body = chains.map(
    ([head, rules]) => `${head} ${rules.map(([rule, comment]) => `${rule} comment "${comment}";`).join(' ')} };`,
  );
  return {
    kind: 'marks',
    comments: chains.flatMap(([, rules]) => rules.map(([, comment]) => comment)),
    // Whatever it is by now, in one transaction.
    text: `add table ${TABLE}; delete table ${TABLE}; table ${TABLE} { ${body.join(' ')} }`,
    wans: answering.map(({ name }) => name),
    ...(leading ? { leads: leadWords(leading) } : {}),
  };
}

function leadWords({ leads, steers }: Leading): string[] {
  return [...steers.map(({ name, line }) => [name, line]), ...leads.map(({ of, line }) => [of, line])].map(
    ([of, line]) => `${of} by ${(line as Marked).name}`,
  );
}

function answerChains(lines: Marked[]): Chain[] {
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
        ['meta nfproto ipv4 ct state new jump arrivals', 'what comes in'],
        ['meta nfproto ipv4 ct direction reply jump answers', 'answers of others'],
      ],
    ],
    [
      // `route`: who gets another mark is led anew.
      'chain output { type route hook output priority mangle; policy accept;',
      [['meta nfproto ipv4 ct direction reply jump answers', 'answers of the router']],
    ],
  ];
}
