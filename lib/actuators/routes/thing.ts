import type { Group, NexthopObject, Route } from '../../model.js';

/** What routes are steered with: they, and what they lead through. */
export type Thing = Route | NexthopObject;

export function isRoute(thing: Thing): thing is Route {
  return 'destination' in thing;
}

export function isGroup(thing: Thing): thing is Group {
  return 'members' in thing;
}
