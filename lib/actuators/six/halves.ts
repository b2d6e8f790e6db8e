import { groupsOf, parsePrefix, prefixText, textOf } from '../../address6.js';

/** Bits of an address, less the one by which two are told apart: `ip` prints a prefix of all bits without its length. */
const LONGEST = 126;
const GROUP = 16;

/**
 * The two prefixes that a prefix consists of. A default for the source of more bits is taken before one of less, whatever their metrics.
 * Two destinations that cover the Internet would stand before that, too, but not safely: where there are routes for sources to a
 * destination, the kernel passes over those for all, and may forget the rest once one of them is deleted (test/lab/ways.test.ts). It is
 * so with every destination but the default.
 *
 * @param from absent: all sources
 * @returns none of what is no prefix, or an address
 */
export function halvesOf(from = '::/0'): string[] {
  const prefix = parsePrefix(from);
  const groups = groupsOf(prefix?.address ?? '');
  if (!prefix || !groups || prefix.length > LONGEST) return [];
  const at = Math.floor(prefix.length / GROUP);
  const upper = groups.map((group, i) => (i === at ? group + 2 ** (GROUP - 1 - (prefix.length % GROUP)) : group));
  return [prefix.address, textOf(upper)].map((address) => prefixText({ address, length: prefix.length + 1 }));
}
