/** Something of the other configuration that is not taken over as it stands, for the person at the router. */
export interface Note {
  /** A line of the file, from 1, or the name of a WAN. Absent: it is about the file. */
  at?: number | string;
  /** What stands there, as `option size '8'`: may hold anything. */
  what: string;
  /** What becomes of it. */
  text: string;
}

/** Takes a note. */
export type Say = (at: Note['at'], what: string, text: string) => void;

/** An option of ours, or a list; and why it is there, for whoever reads the file. */
export type Entry = [name: string, value: string | number | string[], why?: string];

/** A configuration of ours that is made of another program's. */
export interface Draft {
  settings: Entry[];
  wans: { name: string; entries: Entry[] }[];
  notes: Note[];
}

/** For a WAN that has no target: of two operators. */
export const TARGETS = ['1.1.1.1', '8.8.8.8'];

/** As many as a WAN may have. */
export const MAX_TARGETS = 10;

/** A way to note things, and what was noted. */
export function notebook(): { notes: Note[]; say: Say } {
  const notes: Note[] = [];
  return { notes, say: (at, what, text) => notes.push({ ...(at === undefined ? {} : { at }), what, text }) };
}
