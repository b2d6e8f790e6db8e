import { isLocal } from '../../address6.js';
import type { Path, Prefix } from '../../model.js';

/** What hosts have of a path: what it delegates, and what it did. */
export function heldBy({ prefixes = [], left = [] }: Path): Prefix[] {
  return [...prefixes, ...left];
}

/** Has the line an address that the router could be known by? */
export function isNamed({ link, attributes }: Path): boolean {
  return link?.addresses.some(({ address }) => !isLocal(address)) || attributes?.src !== undefined;
}
