import { safe, unsafe } from 'ini';
import type { Section } from './values.js';

/** What ini writes as it is. It goes through a value letter by letter, and most values are like this. */
const PLAIN = /^(?! )[\w.,:/ -]*(?<! )$/;

/** A line `key=value` for each key, as ini writes them; `key[]=value` for each of several values. */
export function writeLines(section: Section): string {
  const lines = Object.entries(section).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((one) => `${key}[]=${written(one)}\n`) : [`${key}=${written(value)}\n`],
  );
  return lines.join('');
}

function written(value: unknown): string {
  const text = String(value);
  return PLAIN.test(text) ? text : safe(text);
}

/** What they say. Lines that say nothing are passed over. */
export function readLines(text: string): Section {
  const section: Section = Object.create(null);
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 0) continue;
    const [key, said] = [line.slice(0, at), line.slice(at + 1)];
    const value: unknown = PLAIN.test(said) ? said : unsafe(said);
    if (!key.endsWith('[]')) {
      section[key] = value;
      continue;
    }
    const name = key.slice(0, -2);
    const known = section[name];
    if (Array.isArray(known)) known.push(value);
    else section[name] = [value];
  }
  return section;
}
