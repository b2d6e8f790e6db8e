import type { Group, NexthopObject, Route } from '../../model.js';

/** What routes are steered with: they, and what they lead through. */
export type Thing = Route | NexthopObject;

/** Is it one of IPv4? Of whatever is steered, too. */
export function isRoute(thing: unknown): thing is Route {
  return has(thing, 'destination') && !has(thing, 'family');
}

/** Is it one of IPv6? */
export function isRoute6(thing: unknown): thing is Route {
  return has(thing, 'family');
}

export function isGroup(thing: unknown): thing is Group {
  return has(thing, 'members');
}

function has(thing: unknown, key: string): boolean {
  return typeof thing === 'object' && thing !== null && key in thing;
}
