import type { Problem } from '../../model.js';
import type { Values } from '../../uplink.js';
import type { Reader } from '../values.js';
import { type Fault, readValues } from './values.js';

/** What a file says, and where. */
export interface Keys {
  values: Values;
  /** Line of each key, from 1. */
  lines: ReadonlyMap<string, number>;
  /** What it is, in words. Absent: it is the configuration's own file, whose lines are those of a problem. */
  of?: string;
}

/** Says that the value of a key, or its lack, makes the line of a file useless. */
export type Fail = (key: string, text: string) => void;

/** Reads a file of ours. What is wrong with its lines is a problem. */
export function readKeys(text: string, problems: Problem[], of?: string): Keys {
  const { values, lines, faults } = readValues(text, { ours: true });
  const keys: Keys = { values, lines, ...(of === undefined ? {} : { of }) };
  reportFaults(faults, problems, of);
  return keys;
}

/** Says what is wrong with the lines of a file. @param of as that of Keys */
export function reportFaults(faults: Fault[], problems: Problem[], of?: string): void {
  for (const { line, key, text } of faults) problems.push({ ...locate(of, line, key), text });
}

/** Where a key stands, for a problem about it; where it does not, the file. The value of a password is not said. */
export function placeOf({ values, lines, of }: Keys, key: string): Pick<Problem, 'line' | 'option' | 'value'> {
  const value = Object.hasOwn(values, key) && key !== 'PASSWORD' ? values[key] : undefined;
  return { ...locate(of, lines.get(key), key), ...(value === undefined ? {} : { value }) };
}

function locate(of: string | undefined, line?: number, key?: string): Pick<Problem, 'line' | 'option'> {
  if (of === undefined)
    return { ...(line === undefined ? {} : { line }), ...(key === undefined ? {} : { option: key }) };
  const place = line === undefined ? of : `${of}, line ${line}`;
  return { option: key === undefined ? place : `${place}: ${key}` };
}

/** The value of a key. Anything illegal is a problem; the nearest legal number is used, or the default. What is empty is absent. */
export function readKey<T>(keys: Keys, key: string, reader: Reader<T>, problems: Problem[]): T {
  const text = keys.values[key] ?? '';
  if (text === '') return reader.fallback;
  const value = reader.read(text);
  if (value !== undefined) return value;
  const instead = reader.nearest?.(text) ?? reader.fallback;
  const used = instead === undefined ? 'ignored' : `using ${instead}`;
  problems.push({ ...placeOf(keys, key), text: `not ${reader.legal}; ${used}` });
  return instead;
}

/** Names every key that nobody reads, with what could have been meant. */
export function reportUnknownKeys(keys: Keys, known: string[], problems: Problem[]): void {
  for (const key of keys.lines.keys()) {
    if (known.includes(key)) continue;
    const remedy = [`known here: ${known.join(', ')}`];
    // In a profile, it may be a password under another name.
    const { value, ...place } = placeOf(keys, key);
    if (keys.of === undefined && value !== undefined) Object.assign(place, { value });
    problems.push({ ...place, text: 'unknown key; ignored', remedy });
  }
}
