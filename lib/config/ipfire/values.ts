import type { Values } from '../../uplink.js';

/** What is wrong with a line. It never quotes the line, which may hold a password. */
export interface Fault {
  /** From 1. */
  line: number;
  key?: string;
  text: string;
}

/** Files that only we read may have comments, double quotes, blanks, and keys in small letters; IPFire's own may not. */
export interface Dialect {
  ours?: boolean;
}

/** A line as it was understood. One with a key and no value sets nothing. */
export interface Parsed {
  key?: string;
  value?: string;
  fault?: string;
}

const IPFIRE: Dialect = {};
const KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A file full of nonsense is not said line by line. */
const MOST_FAULTS = 20;

const NO_PAIR = 'not KEY=VALUE; ignored';
const COMMENT = "a comment: IPFire's own programs may read nothing of the file because of it";
const QUOTES = 'its quotes are not one pair around the whole value; ignored';
const TAKEN_FOR_COMMENT =
  'what follows " #" is taken for a comment; if it belongs to the value, put the value into quotes';

/**
 * Reads a file of KEY=VALUE lines, and evaluates nothing. Of two lines with one key the later counts.
 *
 * @returns lines: the line of each key, from 1
 */
export function readValues(
  text: string,
  dialect = IPFIRE,
): { values: Values; lines: ReadonlyMap<string, number>; faults: Fault[] } {
  const values = new Map<string, string>();
  const lines = new Map<string, number>();
  const faults: Fault[] = [];
  if (text.includes('\0')) {
    const line = text.slice(0, text.indexOf('\0')).split('\n').length;
    return { values: {}, lines, faults: [{ line, text: 'a binary file, not text; nothing of it is used' }] };
  }
  if (!dialect.ours && /\r(\n|$)/.test(text)) {
    faults.push({ line: 1, text: "its lines end as on Windows: IPFire's own programs read none of them" });
  }
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const { key, value, fault } = parseLine(raw, dialect);
    const about = { line, ...(key === undefined ? {} : { key }) };
    if (fault !== undefined) faults.push({ ...about, text: fault });
    if (key === undefined || value === undefined) continue;
    const before = lines.get(key);
    if (before !== undefined) faults.push({ ...about, text: `set before in line ${before}; this one counts` });
    values.set(key, value);
    lines.set(key, line);
  }
  const more = faults.length - MOST_FAULTS;
  if (more > 0) faults.splice(MOST_FAULTS, more, { line: faults[MOST_FAULTS]?.line ?? 1, text: `and ${more} more` });
  return { values: Object.fromEntries(values), lines, faults };
}

/** Reads one line, without its newline. Nothing at all: a blank line, or a comment where there may be one. */
export function parseLine(raw: string, { ours = false }: Dialect = IPFIRE): Parsed {
  const bare = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  // trim takes a byte order mark off, too.
  const line = ours ? bare.trim() : bare;
  if (line.trim() === '') return {};
  if (line.trimStart().startsWith('#')) return ours ? {} : { fault: COMMENT };
  const at = line.indexOf('=');
  const name = line.slice(0, Math.max(0, at));
  const key = ours ? name.trim().toUpperCase() : name.trimStart();
  if (!KEY.test(key)) return { fault: NO_PAIR };
  const written = line.slice(at + 1);
  return { key, ...(ours ? readOurs(written.trim()) : readIpfires(written)) };
}

/** One pair of single quotes is taken off; all else is the value. */
function readIpfires(written: string): Parsed {
  if (!written.startsWith("'")) return { value: written };
  return written.length > 1 && written.endsWith("'") ? { value: written.slice(1, -1) } : { fault: QUOTES };
}

function readOurs(written: string): Parsed {
  const quoted = /^'([^']*)'|^"((?:[^"\\]|\\.)*)"/.exec(written);
  if (quoted) {
    const behind = written.slice(quoted[0].length).trimStart();
    const value = quoted[1] ?? quoted[2]?.replace(/\\(.)/g, '$1') ?? '';
    return behind === '' || behind.startsWith('#') ? { value } : { fault: QUOTES };
  }
  if (/^['"]/.test(written)) return { fault: QUOTES };
  const comment = written.search(/(?:^|\s)#/);
  return comment < 0 ? { value: written } : { value: written.slice(0, comment).trimEnd(), fault: TAKEN_FOR_COMMENT };
}

/**
 * The text with some keys set to other values. What is not in it yet is appended; undefined takes all lines of a key away.
 * Every other line stays as it is, byte for byte. Throws an Error where a value has an end of line, or a key is none:
 * no file can hold that.
 */
export function changeValues(text: string, changes: Record<string, string | undefined>, dialect = IPFIRE): string {
  const wanted = new Map(Object.entries(changes));
  for (const [key, value] of wanted) {
    if (!KEY.test(key) || /[\0\r\n]/.test(value ?? '')) throw new Error('this is no KEY=VALUE');
  }
  const rows = text.split('\n');
  const parsed = rows.map((row) => parseLine(row, dialect).key);
  // The last one is the one that counts, and the one that is replaced.
  const last = new Map(parsed.map((key, row) => [key, row]));
  const kept = rows.flatMap((row, i) => {
    const key = parsed[i];
    if (key === undefined || !wanted.has(key)) return [row];
    const value = wanted.get(key);
    return value === undefined || last.get(key) !== i ? [] : [writeLine(key, value, dialect)];
  });
  const added = [...wanted].flatMap(([key, value]) =>
    value === undefined || last.has(key) ? [] : [writeLine(key, value, dialect)],
  );
  if (added.length === 0) return kept.join('\n');
  // Behind the last newline stands nothing, in a file that ends as it should.
  if (kept.at(-1) === '') kept.pop();
  return [...kept, ...added, ''].join('\n');
}

function writeLine(key: string, value: string, { ours = false }: Dialect): string {
  if (!ours) return /\s|^'|'$/.test(value) ? `${key}='${value}'` : `${key}=${value}`;
  if (!/[\s'"#\\]/.test(value)) return `${key}=${value}`;
  return value.includes("'") ? `${key}="${value.replace(/["\\]/g, '\\$&')}"` : `${key}='${value}'`;
}
