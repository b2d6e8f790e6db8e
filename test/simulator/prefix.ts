/** Prefixes of IPv4, apart from the program's own: a fault there must not be a fault here, too. */

const known = new Map<string, { base: number; length: number }>();

/** @param text `default`, an address, or a prefix as `0.0.0.0/1` */
export function parsePrefix(text: string): { base: number; length: number } {
  const found = known.get(text);
  if (found) return found;
  const [address = '', length = '32'] = text === 'default' ? ['0.0.0.0', '0'] : text.split('/');
  const base = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const prefix = { base, length: Number(length) };
  known.set(text, prefix);
  return prefix;
}

export function covers(destination: string, address: string): boolean {
  const { base, length } = parsePrefix(destination);
  const size = 2 ** (32 - length);
  return Math.floor(parsePrefix(address).base / size) === Math.floor(base / size);
}

/** The subnet of an address: `192.0.2.0/24`. */
export function networkOf(address: string, length: number): string {
  const size = 2 ** (32 - length);
  const base = Math.floor(parsePrefix(address).base / size) * size;
  return `${[24, 16, 8, 0].map((bits) => Math.floor(base / 2 ** bits) % 256).join('.')}/${length}`;
}
