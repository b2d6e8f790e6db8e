// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** Characters of a text that are kept. */
const LONGEST = 1000;

/** A text as SQL has it: whatever it holds, it is one text, on one line. */
export function quote(text: string, longest = LONGEST): string {
  return `'${text.slice(0, longest).replace(CONTROL, '?').replaceAll("'", "''")}'`;
}

/** A text, or nothing. */
export function quoteOrNull(text: string | undefined, longest = LONGEST): string {
  return text === undefined ? 'NULL' : quote(text, longest);
}

/** The time of a row, ISO 8601, UTC. */
export const ISO_TIME = "strftime('%Y-%m-%dT%H:%M:%SZ',at,'unixepoch')";

/** A whole number as SQL has it; NULL where it is none. */
export function whole(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? 'NULL' : String(Math.round(value));
}
