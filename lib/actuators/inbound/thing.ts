import type { WayThing } from '../tables/thing.js';

/** What answers are led by: a table and rules for each WAN, and one table of nft for all of their marks. */
export type Thing = WayThing | MarksThing;

export interface MarksThing {
  kind: 'marks';
  /** What its rules bear, in whatever order. */
  comments: string[];
  /** Of one that is wanted: its text for nft, and the WANs that answer what comes in by them. */
  text?: string;
  wans?: string[];
  /** Of one that leads new flows: which class goes by which WAN, in words. */
  leads?: string[];
}

export function isMarks(thing: Thing): thing is MarksThing {
  return thing.kind === 'marks';
}
