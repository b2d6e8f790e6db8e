/** FNV-1a (RFC 9923), of 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** A number for a text: another one, most likely, for another text. @returns 0 to 2^32 - 1 */
export function hashOf(text: string): number {
  let hash = OFFSET;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) as number), PRIME);
  return hash >>> 0;
}
