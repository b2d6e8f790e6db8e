import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readIpfire } from '../../lib/config/ipfire/settings.js';
import * as more from '../../lib/config/more.js';
import { PLUGIN } from '../../lib/config/plugins.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Problem } from '../../lib/model.js';

/** What the built program prints with these words and --help. */
export async function help(...words: string[]): Promise<string> {
  return (await promisify(execFile)('node', ['dist/node/main.mjs', ...words, '--help'])).stdout;
}

export interface CommandOption {
  /** With their dashes. What is on unless it is turned off has the name that does so. */
  names: string[];
  /** Empty where it needs none. */
  fallback: string;
}

/** The options in a text of `help`, but for those that every program has. */
export function commandOptions(text: string): CommandOption[] {
  const entries = text.split(/\n(?= +(?:-\w, +)?--\w)/).slice(1);
  const options = entries.map((entry) => {
    const [, short, long = ''] = /^ +(?:-(\w), +)?--([\w-]+)/.exec(entry) ?? [];
    const [, fallback = ''] = /\[default: "([^"]*)"\]/.exec(entry) ?? [];
    const no = entry.includes('[default: true]') ? 'no-' : '';
    return { names: [`--${no}${long}`, ...(short === undefined ? [] : [`-${short}`])], fallback };
  });
  return options.filter(({ names: [name = ''] }) => !['--help', '--version'].includes(name));
}

/** What a text in UCI means, and what is wrong with it. */
export function readConfiguration(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(parsed.text);
  return readSettings(parsed.sections, more);
}

/** An option of a configuration, or a key. */
export interface Option {
  name: string;
  /** Of a number: the lowest and the highest. */
  range?: [number, number];
  /** Of which one is to be chosen; none where it is no such choice. */
  words: string[];
  /** Empty where there is none. */
  fallback: string;
}

/** The options of a section: what the program says of one that it does not know, and of nonsense in those that it does. */
export function uciOptions(type: string): Option[] {
  return optionsBy((option, value) =>
    readConfiguration(`config ${type}\n\toption ${option} '${value}'\n`).problems.find(
      (problem) => problem.option === `option ${option}`,
    ),
  );
}

/** The same of a plugin, which takes any other option as well. @param type `alert` or `metrics` */
export function pluginOptions(type: string): Option[] {
  return optionsBy((option, value) => {
    if (option === 'nonsense') return { text: '', remedy: [`known here: ${PLUGIN.join(', ')}`] };
    const given = { type, program: '/p', [option]: value };
    const lines = Object.entries(given).map(([name, text]) => `\toption ${name} '${text}'\n`);
    const { problems } = readConfiguration(`config plugin 'p'\n${lines.join('')}`);
    return problems.find((problem) => problem.option === `option ${option}` && problem.text.startsWith('not '));
  });
}

/** The same of IPFire's: keys of its settings, or of a profile with some other keys. */
export function ipfireKeys(file: 'settings' | 'profile', others = ''): Option[] {
  const ethernet = 'CONFIG_TYPE=1\nRED_TYPE=DHCP\nRED_DEV=red0\n';
  return optionsBy((key, value) => {
    const line = `${key}=${value}\n`;
    const files =
      file === 'settings'
        ? { settings: line, profiles: {} }
        : { settings: 'BACKUP_PROFILES=a\n', profiles: { a: `${others}${line}` } };
    const { problems } = readIpfire({ ...files, enabled: true, ethernet, dials: {}, macs: {} });
    return problems.find(
      ({ option, text }) => option?.split(': ').at(-1) === key.toUpperCase() && !text.startsWith('set before'),
    );
  });
}

/** @param complain what the program says of an option with a value */
function optionsBy(complain: (option: string, value: string) => Problem | undefined): Option[] {
  const [, known = ''] = /^known here: (.*)$/.exec(String(complain('nonsense', '?')?.remedy?.[0])) ?? [];
  return known.split(', ').map((name) => {
    const complaint = complain(name, '?')?.text ?? '';
    const [, fallback = ''] = /; using (.*)$/.exec(complaint) ?? [];
    const [, low, high] = /a number from (\d+) to (\d+)/.exec(complaint) ?? [];
    const [, words = ''] = /^not ([a-zA-Z][\w-]*(?: or [\w-]+)+);/.exec(complaint) ?? [];
    const option = { name, words: words.split(' or ').filter(Boolean), fallback };
    return low === undefined ? option : { ...option, range: [Number(low), Number(high)] };
  });
}
