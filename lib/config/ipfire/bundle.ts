import { asList, asRecord, asText, type Json, parseJson } from '../../json.js';
import type { Values } from '../../uplink.js';
import { maskOfPassword } from './secrets.js';
import type { Files } from './settings.js';
import { type Dialect, parseLine } from './values.js';

const OURS: Dialect = { ours: true };
/** Keys whose values are for nobody. */
const SECRET = /PASS|PWD|SECRET|PIN$/i;
/** Where a line goes on with what a shell would take for another. */
const HIDDEN = /((?:PASS|PWD|SECRET)\w{0,20}\s{0,20}=).*$/is;

/**
 * All files as one text, which is recorded, kept and replayed, and which means the same. No password gets into it: each is a
 * stand-in, and of what is no KEY=VALUE, which may be a part of one, only that it is there.
 */
export function writeBundle({
  settings,
  enabled,
  profiles,
  ethernet,
  ppp,
  dials,
  macs,
  modems,
  primary,
}: Files): string {
  const bundle = {
    enabled,
    ...(settings === undefined ? {} : { settings: toLines(settings, OURS) }),
    profiles: mapValues(profiles, (text) => toLines(text, OURS)),
    ...(ethernet === undefined ? {} : { ethernet: toLines(ethernet, {}) }),
    ...(ppp === undefined ? {} : { ppp: toLines(ppp, {}) }),
    dials: mapValues(dials, (text) => toLines(text, {})),
    macs,
    ...(modems === undefined ? {} : { modems }),
    ...(primary === undefined ? {} : { primary }),
  };
  return `${JSON.stringify(bundle, null, 1)}\n`;
}

/** The files of a bundle; undefined if it is none. */
export function readBundle(text: string): Files | undefined {
  const bundle = asRecord(parseJson(text));
  if (!bundle || typeof bundle.enabled !== 'boolean') return undefined;
  const [profiles, dials, macs] = [toTexts(bundle.profiles), toTexts(bundle.dials), toValues(bundle.macs)];
  const optional = ['settings', 'ethernet', 'ppp'].filter((name) => bundle[name] !== undefined);
  const texts = optional.map((name): [string, string | undefined] => [name, toText(bundle[name])]);
  const [primary, modems] = [toValues(bundle.primary ?? {}), toValues(bundle.modems ?? {})];
  if (!profiles || !dials || !macs || !primary || !modems || texts.some(([, text]) => text === undefined))
    return undefined;
  return {
    enabled: bundle.enabled,
    ...Object.fromEntries(texts),
    profiles,
    dials,
    macs,
    ...(bundle.modems === undefined ? {} : { modems }),
    ...(bundle.primary === undefined ? {} : { primary }),
  };
}

function toLines(text: string, dialect: Dialect): string[] {
  const binary = text.indexOf('\0');
  // It means nothing, whatever it is; only the line of the first such character is said.
  if (binary >= 0) return `${text.slice(0, binary).replace(/[^\n]/g, '')}\0`.split('\n');
  return text.split('\n').map((line) => withoutSecrets(line, dialect));
}

/** The line without what is for nobody; it means the same, and what is wrong with it is the same. */
function withoutSecrets(line: string, dialect: Dialect): string {
  const end = line.endsWith('\r') ? '\r' : '';
  const { key, value, fault } = parseLine(line, dialect);
  if (key === undefined) {
    if (fault === undefined && !line.includes('#')) return line;
    return `${line.trimStart().startsWith('#') ? '#' : '?'}${end}`;
  }
  if (!SECRET.test(key)) return line.replace(HIDDEN, `$1*${end}`);
  if (value === undefined) return `${key}='${end}`;
  return `${key}=${maskOfPassword(value)}${fault === undefined ? '' : ' #'}${end}`;
}

function mapValues<T>(texts: Record<string, string>, map: (text: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, map(text)]));
}

function toText(value: Json): string | undefined {
  const lines = asList(value);
  return lines?.every((line) => typeof line === 'string') ? lines.join('\n') : undefined;
}

function toTexts(value: Json): Record<string, string> | undefined {
  return toRecord(value, toText);
}

function toValues(value: Json): Values | undefined {
  return toRecord(value, asText);
}

function toRecord(value: Json, read: (part: Json) => string | undefined): Record<string, string> | undefined {
  const parts = Object.entries(asRecord(value) ?? {}).map(([name, part]) => [name, read(part)] as const);
  const known = parts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
  return asRecord(value) && known.length === parts.length ? Object.fromEntries(known) : undefined;
}
