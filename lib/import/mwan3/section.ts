import type { UciOption, UciSection } from '../../config/uci.js';
import { flag, type Reader } from '../../config/values.js';
import type { Entry, Say } from '../draft.js';

/** What an option says, the last word of it; undefined if it is not there. */
export function textOf({ options }: UciSection, name: string): string | undefined {
  return options.get(name)?.values.at(-1);
}

/** What a list says; mwan3's scripts take blanks in an option for separators. */
export function listOf({ options }: UciSection, name: string): { value: string; line: number }[] {
  const option = options.get(name);
  return (option?.values ?? []).flatMap((text, i) =>
    text.split(/\s+/).flatMap((value) => (value === '' ? [] : { value, line: option?.lines[i] ?? 0 })),
  );
}

/** A switch, as OpenWrt's scripts read it: what is no word for on or off is as if it were not there. */
export function isOn(section: UciSection, name: string, fallback: boolean): boolean {
  return flag(fallback).read(textOf(section, name) ?? '') ?? fallback;
}

/** `config rule 'https'` */
export function titleOf({ type, name }: UciSection): string {
  return name === undefined ? `config ${type}` : `config ${type} '${name}'`;
}

/** Says something of an option, by its line. */
export function sayOf(say: Say, option: UciOption | undefined, text: string): void {
  if (!option) return;
  const [first, ...more] = option.values;
  say(option.line, more.length > 0 ? `list ${option.name}` : `option ${option.name} '${first}'`, text);
}

/** One of mwan3's numbers as an option of ours; nothing where the file does not say it. */
export function numberEntry(
  section: UciSection,
  theirs: string,
  ours: string,
  reader: Reader<number>,
  say: Say,
): Entry[] {
  const option = section.options.get(theirs);
  if (!option) return [];
  const text = option.values.at(-1) ?? '';
  const value = reader.read(text);
  if (value !== undefined) return [[ours, value]];
  const nearest = reader.nearest?.(text);
  const taken = nearest ?? `its default, ${reader.fallback},`;
  sayOf(say, option, `${ours} takes ${reader.legal}; ${taken} is taken`);
  return nearest === undefined ? [] : [[ours, nearest]];
}
