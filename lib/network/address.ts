import { isIPv4 } from 'node:net';

export { isIPv4 };

/** Is `address` in the subnet that `member`/`prefix` belongs to? All dotted IPv4. */
export function inSubnet(address: string, member: string, prefix: number): boolean {
  // Division, not a shift: bit operations on 32 bits are signed in JavaScript.
  const size = 2 ** (32 - prefix);
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(member) / size);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
