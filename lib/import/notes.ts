import { safe } from '../report/words.js';
import type { Note } from './draft.js';

/** Places that are named in one line, and lines: more would hide the others. */
const MAX_PLACES = 8;
const MAX_LINES = 200;

/** Notes as lines for the screen: those that say the same of the same thing in one, in the order of the file. */
export function noteLines(notes: Note[]): string[] {
  const groups = new Map<string, Note[]>();
  for (const note of notes) {
    const key = JSON.stringify([note.what, note.text]);
    const group = groups.get(key);
    if (group) group.push(note);
    else groups.set(key, [note]);
  }
  const sorted = [...groups.values()].sort(([a], [b]) => placeOf(a) - placeOf(b));
  const more = sorted.length - MAX_LINES;
  return [...sorted.slice(0, MAX_LINES).map(lineOf), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** What is about the file comes first. */
function placeOf(note: Note | undefined): number {
  return typeof note?.at === 'number' ? note.at : 0;
}

/** `lines 12 and 30: option size '8': no counterpart` */
function lineOf(group: Note[]): string {
  const [{ what, text }] = group as [Note];
  const places = [...new Set(group.flatMap(({ at }) => at ?? []))];
  const where = places.length === 0 ? [] : [prefixOf(places) + enumerate(places)];
  return [...where, safe(what, 120), safe(text, 400)].join(': ');
}

function prefixOf(places: (number | string)[]): string {
  if (typeof places[0] !== 'number') return '';
  return places.length === 1 ? 'line ' : 'lines ';
}

function enumerate(places: (number | string)[]): string {
  const more = places.length - MAX_PLACES;
  const shown = places.slice(0, MAX_PLACES).map((place) => safe(String(place), 40));
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length === 1 ? (all[0] as string) : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
