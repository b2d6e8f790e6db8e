import type { WayThing } from '../tables/thing.js';

/** What answers are led by: a table and rules for each WAN, and one table of nft for all of their marks. */
export type Thing = WayThing | MarksThing;

export interface MarksThing {
  kind: 'marks';
  /** What its rules bear, in whatever order. */
  comments: string[];
  /** Of one that is wanted: its text for nft, and the WANs that it is for. */
  text?: string;
  wans?: string[];
}

export function isMarks(thing: Thing): thing is MarksThing {
  return thing.kind === 'marks';
}
