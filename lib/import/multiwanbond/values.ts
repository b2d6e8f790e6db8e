import type { Reader } from '../../config/values.js';
import { asNumber, asText, type Json } from '../../json.js';
import type { Note, Say } from '../draft.js';

/** ms in each unit of a duration of Go. */
const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration as Go writes it, `1m30s`, in ms; undefined if it is none. */
export function toMilliseconds(value: Json): number | undefined {
  const text = asText(value) ?? '';
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h)){1,6}$/.test(text)) return text === '0' ? 0 : undefined;
  const parts = [...text.matchAll(/([\d.]+)([a-zµ]+)/g)];
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
}

/** What a value is, for a note. */
export function shown(name: string, value: Json): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? `${name} ${JSON.stringify(value)}`
    : name;
}

/** The legal number that is nearest to one of theirs, rounded up; undefined where it is none. Says what is not as it was. */
export function legal(value: number, reader: Reader<number>, ours: string, note: (text: string) => void): number {
  // Above that it would be written with an exponent.
  const text = Math.ceil(Math.min(value, 1e15)).toFixed(0);
  const taken = reader.read(text) ?? reader.nearest?.(text) ?? reader.fallback;
  if (reader.read(text) === undefined) note(`${ours} takes ${reader.legal}; ${taken} is taken`);
  return taken;
}

/** A number above 0. Says so of anything else but nothing, null and 0, which stand for none. */
export function positive(name: string, value: Json, at: Note['at'], say: Say): number | undefined {
  const number = asNumber(value);
  if (number === undefined && value !== undefined && value !== null)
    say(at, shown(name, value), 'not a number above 0; left out');
  return number === 0 ? undefined : number;
}
