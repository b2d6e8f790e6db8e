import { isIPv4, toNumber } from './address.js';
import type { Prefix } from './model.js';

/** IPv6 addresses as text (RFC 4291, 2.2), and the prefixes that they are in. */

/** Prefixes of a line that are told apart, and more than a provider delegates: so that a broken answer costs neither minutes nor memory. */
export const MOST_PREFIXES = 32;
/** Bits of the prefix of a network with hosts (RFC 4291, 2.5.1). */
export const HOSTS = 64;
/** Bits of a group. */
const GROUP = 16;

/** The eight groups of an address; undefined if it is none. A scope (`%eth0`) is not part of it. */
export function groupsOf(text: string): number[] | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const [, head = '', tail = ''] = dotted;
    if (!isIPv4(tail)) return undefined;
    const value = toNumber(tail);
    return groupsOf(`${head}${Math.floor(value / 65536).toString(16)}:${(value % 65536).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const known = [...before, ...after];
  if (!known.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - known.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const zeros = halves.length === 2 ? Array.from({ length: missing }, () => '0') : [];
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

/** As `ip` prints it: in small letters, the longest row of zeros left out (RFC 5952). */
export function textOf(groups: number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':');
  const rows = [...text.matchAll(/(?<![\da-f])0(?::0)+(?![\da-f])/g)].map(([row]) => row);
  const longest = rows.reduce((best, row) => (row.length > best.length ? row : best), '');
  if (longest === '') return text;
  const at = text.search(new RegExp(`(?<![\\da-f])${longest}(?![\\da-f])`));
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

/** The prefix of so many bits that an address is in. @returns undefined if it is no address, or no length */
export function prefixOf(address: string, length: number): Prefix | undefined {
  const groups = groupsOf(address);
  return groups && isLength(length) ? { address: textOf(firstBits(groups, length)), length } : undefined;
}

function isLength(length: number): boolean {
  return Number.isInteger(length) && length >= 0 && length <= 128;
}

/** The address with all bits behind these as zeros. */
function firstBits(groups: number[], length: number): number[] {
  return groups.map((group, i) => {
    const bits = Math.min(GROUP, Math.max(0, length - i * GROUP));
    return group - (group % 2 ** (GROUP - bits));
  });
}

/** `2001:db8::/56`; an address alone has all 128 bits. @returns undefined if it is no prefix */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', length = '128', more] = text.split('/');
  return more === undefined && /^\d{1,3}$/.test(length) ? prefixOf(address, Number(length)) : undefined;
}

export function prefixText({ address, length }: Prefix): string {
  return `${address}/${length}`;
}

/** Is one address, or the whole of the other prefix, in the prefix? */
export function isWithin(address: string, prefix: Prefix, length = 128): boolean {
  if (length < prefix.length) return false;
  const [inner, outer] = [groupsOf(address), groupsOf(prefix.address)];
  return inner !== undefined && outer !== undefined && `${firstBits(inner, prefix.length)}` === `${outer}`;
}

/** The one of a site, that no provider routes (fc00::/7, RFC 4193). */
export function isLocal(address: string): boolean {
  return isWithin(address, { address: 'fc00::', length: 7 });
}
