import { toNumber } from '../../address.js';

/** A netmask in four numbers. @param prefix 0-32 */
export function maskOf(prefix: number): string {
  return dotted(2 ** 32 - 2 ** (32 - prefix));
}

/** The prefix length of a netmask: dotted, or its length already. Undefined if it is none. */
export function prefixOf(mask: string): number | undefined {
  const length = /^\/?(\d{1,2})$/.exec(mask)?.[1];
  const found = length === undefined ? lengths().find((prefix) => maskOf(prefix) === mask) : Number(length);
  return found !== undefined && found <= 32 ? found : undefined;
}

function lengths(): number[] {
  return Array.from({ length: 33 }, (_, prefix) => prefix);
}

/** The first address of a subnet. */
export function networkOf(address: string, prefix: number): string {
  const size = 2 ** (32 - prefix);
  return dotted(Math.floor(toNumber(address) / size) * size);
}

/** The last address of a subnet. */
export function broadcastOf(address: string, prefix: number): string {
  return dotted(toNumber(networkOf(address, prefix)) + 2 ** (32 - prefix) - 1);
}

function dotted(number: number): string {
  return [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(number / unit) % 256).join('.');
}
