/** Anything that JSON.parse can return. */
export type Json = unknown;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f]/g;

/** Parses text that another program printed; undefined if it is no JSON. ip leaves control characters in names as they are. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(CONTROL, ' '));
  } catch {
    return undefined;
  }
}

export function asRecord(value: Json): Record<string, Json> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, Json>)
    : undefined;
}

export function asList(value: Json): Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function asText(value: Json): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Most words are, and to see that takes half of the time. */
const PLAIN = /^[\w.:/][\w.:/-]*$/;

/** A name or an address, as a screen and a line for `ip -batch` can take it: one word, without quote or comment, and no option. */
export function asWord(value: Json): string | undefined {
  const text = asText(value)?.slice(0, 64);
  return text === undefined || PLAIN.test(text) ? text : text.replace(/^-|[^!-~]|[#'"\\]/g, '?');
}

/** One of a set of names, which another version of the program may print as the number behind it. */
export function asName(value: Json): string | undefined {
  return asWord(value) ?? asNumber(value)?.toString();
}

/** A number that a program can have counted, not negative: at most 64 bits, so that a sum is finite, too. Another version may print it as text. */
export function asNumber(value: Json): number | undefined {
  if (typeof value === 'string') return /^\d{1,16}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && value >= 0 && value <= 2 ** 64 ? value : undefined;
}
