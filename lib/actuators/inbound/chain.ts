/** A WAN, and the mark of what goes by it. */
export interface Marked {
  name: string;
  device: string;
  mark: number;
  mask: number;
}

/** How a chain begins, and its rules, each with its comment, which says all that is in it: so it is known by that alone. */
export type Chain = [head: string, rules: [rule: string, comment: string][]];

/** What marks packets, and the lines to which flows are led by it. */
export interface Marking {
  chains: Chain[];
  led: Marked[];
}

/** Text for nft that makes a table of these chains, whatever it is by now, in one transaction. A chain comes before those that jump to it. */
export function tableText(table: string, chains: Chain[]): string {
  const body = chains.map(
    ([head, rules]) => `${head} ${rules.map(([rule, comment]) => `${rule} comment "${comment}";`).join(' ')} };`,
  );
  return `add table ${table}; delete table ${table}; table ${table} { ${body.join(' ')} }`;
}

export function commentsOf(chains: Chain[]): string[] {
  return chains.flatMap(([, rules]) => rules.map(([, comment]) => comment));
}

/** Words of nft that give a packet (`meta`) or its connection (`ct`) the mark of a WAN: of any mark only our bits change. */
export function markRule(of: 'ct' | 'meta', { mark, mask }: Marked): string {
  return `${of} mark set ${of} mark & ${hex(2 ** 32 - 1 - mask)} | ${hex(mark)}`;
}

export function hex(bits: number): string {
  return `0x${bits.toString(16).padStart(8, '0')}`;
}

/** DSCP values as 64 bits, that of 0 last: a comment has no room for a list. */
export function bitsOf(dscp: number[]): string {
  const digit = (i: number) =>
    dscp.reduce((sum, value) => sum + (Math.floor(value / 4) === i ? 2 ** (value % 4) : 0), 0);
  return Array.from({ length: 16 }, (_, i) => digit(15 - i).toString(16)).join('');
}
