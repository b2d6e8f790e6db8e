import type { Draft, Entry } from './draft.js';

/** The name of our section with the settings, which no WAN may have. */
const SETTINGS = 'settings';

/** A configuration of ours, in UCI. What goes into a draft is made of signs that need no escape within single quotes. */
export function draftText({ settings, wans }: Draft): string {
  const section = (type: string, name: string, entries: Entry[]) =>
    [`config ${type} '${name}'`, ...entries.flatMap(entryLines), ''].join('\n');
  return [
    section('settings', SETTINGS, settings),
    ...wans.map(({ name, entries }) => section('interface', name, entries)),
  ].join('\n');
}

function entryLines([name, value, why]: Entry): string[] {
  return [
    ...(why === undefined ? [] : [`\t# ${why}`]),
    ...(Array.isArray(value) ? value.map((one) => `\tlist ${name} '${one}'`) : [`\toption ${name} '${value}'`]),
  ];
}

/**
 * A name for a section of ours: letters, digits and _, and not one that is taken.
 *
 * @param wish may hold anything
 * @param taken the name is put there
 */
export function sectionName(wish: string, taken: Set<string>): string {
  const plain = wish
    .slice(0, 40)
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const base = plain === '' || plain === SETTINGS ? `wan${plain === '' ? '' : `_${plain}`}` : plain;
  let [name, number] = [base, 2];
  while (taken.has(name)) name = `${base}_${number++}`;
  taken.add(name);
  return name;
}
