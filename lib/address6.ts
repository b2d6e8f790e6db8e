import { isIPv4, toNumber } from './address.js';
import type { Prefix } from './model.js';

/** IPv6 addresses as text (RFC 4291, 2.2), and the prefixes that they are in. */

/** Prefixes of a line that are told apart, and more than a provider delegates: so that a broken answer costs neither minutes nor memory. */
export const MOST_PREFIXES = 32;
/** Bits of the prefix of a network with hosts (RFC 4291, 2.5.1). */
export const HOSTS = 64;
/** Bits of a group. */
const GROUP = 16;

/** Those of a half, beside `::`. */
const GROUPS = /^[\da-f]{1,4}(:[\da-f]{1,4})*$/i;

/** Texts that are remembered, more than a round asks for with a table of usual size: programs that run on meet ever new ones. */
const MOST_KNOWN = 500;

/** A function of a text that works out each once: a round asks for the same few hundreds of times. */
function once<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (known.has(text)) return known.get(text) as T;
    if (known.size >= MOST_KNOWN) known.clear();
    const value = work(text);
    known.set(text, value);
    return value;
  };
}

/** The eight groups of an address; undefined if it is none. A scope (`%eth0`) is not part of it. */
export const groupsOf = once(readGroups);

function readGroups(text: string): readonly number[] | undefined {
  const dotted = text.includes('.') && /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const [, head = '', tail = ''] = dotted;
    if (!isIPv4(tail)) return undefined;
    const value = toNumber(tail);
    return readGroups(`${head}${Math.floor(value / 65536).toString(16)}:${(value % 65536).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2 || !halves.every((half) => half === '' || GROUPS.test(half))) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...before, ...Array(missing).fill('0'), ...after].map((group) => Number.parseInt(group, 16));
}

/** As `ip` prints it: in small letters, the first of the longest rows of zeros left out, but not a single one (RFC 5952). */
export function textOf(groups: readonly number[]): string {
  let [at, length] = [0, 1];
  for (let i = 0, zeros = 0; i < groups.length; i += zeros + 1) {
    zeros = 0;
    while (groups[i + zeros] === 0) zeros++;
    if (zeros > length) [at, length] = [i, zeros];
  }
  const words = groups.map((group) => group.toString(16));
  return length === 1 ? words.join(':') : `${words.slice(0, at).join(':')}::${words.slice(at + length).join(':')}`;
}

/** `2001:db8::/56`; an address alone has all 128 bits. @returns undefined if it is no prefix */
export const parsePrefix = once((text): Prefix | undefined => {
  const [address = '', digits = '128', more] = text.split('/');
  const [groups, length] = [groupsOf(address), Number(digits)];
  if (!groups || !/^\d{1,3}$/.test(digits) || length > 128 || more !== undefined) return undefined;
  return { address: textOf(groups.map((group, i) => firstBits(group, length - i * GROUP))), length };
});

/** The prefix of so many bits that an address is in. @returns undefined if it is no address, or no length */
export function prefixOf(address: string, length: number): Prefix | undefined {
  return parsePrefix(prefixText({ address, length }));
}

/** A group with all bits behind the first ones as zeros. @param bits may be more than it has, and fewer than none */
function firstBits(group: number, bits: number): number {
  if (bits >= GROUP) return group;
  return bits <= 0 ? 0 : group - (group % 2 ** (GROUP - bits));
}

export function prefixText({ address, length }: Prefix): string {
  return `${address}/${length}`;
}

/** Is one address, or the whole of the other prefix, in the prefix? */
export function isWithin(address: string, prefix: Prefix, length = 128): boolean {
  if (length < prefix.length) return false;
  const [inner, outer] = [groupsOf(address), groupsOf(prefix.address)];
  if (!inner || !outer) return false;
  return outer.every((group, i) => group === firstBits(inner[i] as number, prefix.length - i * GROUP));
}

/** The one of a site, that no provider routes (fc00::/7, RFC 4193). */
export function isLocal(address: string): boolean {
  return isWithin(address, { address: 'fc00::', length: 7 });
}

/** Bits of the longest prefix of which halves are told apart: `ip` prints one of all bits without its length. */
const LONGEST_HALVED = 126;

/** The two prefixes that a prefix consists of. @returns none of what is no prefix, or is too long */
export function halvesOf(text: string): string[] {
  const prefix = parsePrefix(text);
  const groups = groupsOf(prefix?.address ?? '');
  if (!prefix || !groups || prefix.length > LONGEST_HALVED) return [];
  const at = Math.floor(prefix.length / GROUP);
  const upper = groups.map((group, i) => (i === at ? group + 2 ** (GROUP - 1 - (prefix.length % GROUP)) : group));
  return [prefix.address, textOf(upper)].map((address) => prefixText({ address, length: prefix.length + 1 }));
}
