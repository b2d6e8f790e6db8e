import type { MarksThing } from './thing.js';

/** Our table of nft. */
export const TABLE = 'inet mini_mwan';

/** A WAN that marks what comes in by it. */
export interface Marked {
  name: string;
  device: string;
  mark: number;
  mask: number;
}

/**
 * A table for nft that marks connections that come in by a WAN's device, and with the same mark the packets that answer them,
 * whether they come from a host behind the router or from itself. What the router or the LAN has begun is not marked, and of any
 * mark only our bits change. The comment of a rule says all that is in it: so it is known by the comments alone.
 */
export function marksOf(lines: Marked[]): MarksThing {
  const rest = ({ mask }: Marked) => hex(2 ** 32 - 1 - mask);
  const chains: [head: string, rules: [rule: string, comment: string][]][] = [
    // A chain is there before another one jumps to it.
    [
      'chain arrivals {',
      lines.map((line) => [
        `iifname "${line.device}" ct mark set ct mark & ${rest(line)} | ${hex(line.mark)}`,
        `in by ${line.device}: ${hex(line.mark)} of ${hex(line.mask)}`,
      ]),
    ],
    [
      'chain answers {',
      lines.map((line) => [
        `ct mark & ${hex(line.mask)} == ${hex(line.mark)} meta mark set meta mark & ${rest(line)} | ${hex(line.mark)}`,
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
  const body = chains.map(
    ([head, rules]) => `${head} ${rules.map(([rule, comment]) => `${rule} comment "${comment}";`).join(' ')} };`,
  );
  return {
    kind: 'marks',
    comments: chains.flatMap(([, rules]) => rules.map(([, comment]) => comment)),
    // Whatever it is by now, in one transaction.
    text: `add table ${TABLE}; delete table ${TABLE}; table ${TABLE} { ${body.join(' ')} }`,
    wans: lines.map(({ name }) => name),
  };
}

function hex(bits: number): string {
  return `0x${bits.toString(16).padStart(8, '0')}`;
}
