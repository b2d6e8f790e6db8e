import type { Path, Prefix } from '../../model.js';

/** What hosts have of a path: what it delegates, and what it did. */
export function heldBy({ prefixes = [], left = [] }: Path): Prefix[] {
  return [...prefixes, ...left];
}
