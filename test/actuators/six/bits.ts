/** Prefixes as rows of bits, apart from the program's own: a fault there must not be a fault here, too. */

const known = new Map<string, string>();

/** The bits of a prefix, from the first: 56 of `2001:db8::/56`, none of `default`, 128 of an address. */
export function bitsOf(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const bits = text === 'default' ? '' : rowOf(text);
  known.set(text, bits);
  return bits;
}

function rowOf(text: string): string {
  const [address = '', length = '128'] = text.split('/');
  const row = address.includes('.') ? row4(address) : row6(address);
  return row.slice(0, Number(length));
}

function row4(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'));
  return bytes.join('');
}

function row6(address: string): string {
  // The URL parser of the engine writes each address in one way.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [before = '', after] = short.split('::');
  const [head, tail] = [before, after ?? ''].map((half) => (half === '' ? [] : half.split(':'))) as [
    string[],
    string[],
  ];
  const zeros = after === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return groups.map((group) => group.toString(2).padStart(16, '0')).join('');
}

/** Is an address, or the whole of a prefix, in another prefix? */
export function covers(prefix: string, other: string): boolean {
  return bitsOf(other).startsWith(bitsOf(prefix));
}
