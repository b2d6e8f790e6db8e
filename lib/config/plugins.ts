import type { Level, Plugin, Problem } from '../model.js';
import { basename, dirname } from '../path.js';
import { placeOf, readOption, reportOverruled } from './options.js';
import type { UciOption, UciSection } from './uci.js';
import { choice, flag, integer, program } from './values.js';

/** Where install lays those that come with us. */
export const PLUGINS = '/usr/lib/mini-mwan/plugins';
/** From the least grave. */
export const LEVELS: readonly Level[] = ['info', 'warning', 'error', 'critical'];

/** What a program can be given on its standard input, the usual first. */
const FORMATS = {
  alert: ['json', 'text', 'slack', 'discord', 'ntfy', 'telegram'],
  metrics: ['json', 'influx', 'graphite'],
} as const;
/** Of ours, what reads something else than is usual. */
const READS: Record<string, string> = { influxdb: 'influx', graphite: 'graphite' };
/** Options that only plugins of one type have. */
const OWN = { alert: ['level', 'cooldown'], metrics: ['interval'] };
/** The options that are ours; all others are the program's. */
export const PLUGIN = ['enabled', 'type', 'program', 'format', 'level', 'cooldown', 'interval'];
/** Variables of the environment that are not for the configuration to say. */
const TAKEN = [
  ...['KEY', 'STATE', 'LEVEL', 'WAN', 'DEVICE', 'OLD_STATUS', 'NEW_STATUS', 'REASON', 'TIME', 'HOST', 'TITLE', 'TEXT'],
  ...['PATH', 'LC_ALL', 'MINI_MWAN_CHILD'],
];
/** More than anybody has. Each costs a process. */
const MAX_PLUGINS = 10;
/** Characters of an option that is handed over: together they must fit into an environment. */
const MAX_VALUE = 4000;
const MAX_NAME = 64;

/** The plugins of `config plugin` sections that can be used, in their order. */
export function readPlugins(all: UciSection[], problems: Problem[]): Plugin[] {
  const sections = all.filter(({ type }) => type === 'plugin');
  const next = sections[MAX_PLUGINS];
  if (next)
    problems.push({ line: next.line, text: `more than ${MAX_PLUGINS} plugin sections; this and the rest are ignored` });
  return sections.slice(0, MAX_PLUGINS).flatMap((section, i) => {
    const plugin = readPlugin(section, section.name ?? `plugin-${i + 1}`, problems);
    return plugin ? [plugin] : [];
  });
}

/** @param name with a dash, as no section has it, where the section has none */
function readPlugin({ options, line, ...section }: UciSection, name: string, problems: Problem[]): Plugin | undefined {
  const type = readOption(options, 'type', choice(['alert', 'metrics'] as const, undefined), problems);
  const path = readOption(options, 'program', program, problems);
  const enabled = readOption(options, 'enabled', flag(true), problems);
  const leaveOut = (text: string) => {
    problems.push({ line, option: `plugin '${section.name ?? name}'`, text: `${text}; left out` });
    return undefined;
  };
  if (name.length > MAX_NAME) return leaveOut(`its name has more than ${MAX_NAME} letters`);
  if (type === undefined) return leaveOut('option type says neither alert nor metrics');
  if (path === undefined) return leaveOut('option program names no program');
  reportStrange(options, type, problems);
  const plugin: Plugin = {
    name,
    type,
    program: path,
    format: readOption(options, 'format', choice(FORMATS[type], standardFormat(type, path)), problems),
    level: readOption(options, 'level', choice(LEVELS, 'warning'), problems),
    cooldown: readOption(options, 'cooldown', integer(0, 604_800, 0), problems),
    interval: readOption(options, 'interval', integer(0, 86_400, 0), problems),
    variables: readVariables(options, problems),
  };
  return enabled ? plugin : undefined;
}

function standardFormat(type: Plugin['type'], path: string): (typeof FORMATS)[Plugin['type']][number] {
  const reads = dirname(path) === PLUGINS ? READS[basename(path)] : undefined;
  return FORMATS[type].find((format) => format === reads) ?? 'json';
}

/** Options that mean nothing for this type. */
function reportStrange(options: Map<string, UciOption>, type: Plugin['type'], problems: Problem[]): void {
  const other = type === 'alert' ? 'metrics' : 'alert';
  for (const name of OWN[other]) {
    if (options.has(name)) problems.push({ ...placeOf(options.get(name)), text: `of type ${other} only; ignored` });
  }
}

function readVariables(options: Map<string, UciOption>, problems: Problem[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const option of options.values()) {
    if (PLUGIN.includes(option.name)) continue;
    const variable = option.name.toUpperCase();
    // Of a list, as UCI's own scripts have it.
    const value = option.values.join(' ');
    const objection = objectionTo(variable, value);
    // Its value may be a secret.
    const { value: _, ...place } = placeOf(option);
    if (objection !== undefined) problems.push({ ...place, text: `${objection}; ignored` });
    else variables[variable] = value;
    reportOverruled(option, problems);
  }
  return variables;
}

function objectionTo(variable: string, value: string): string | undefined {
  if (!/^[A-Z_]/.test(variable)) return 'no variable can have this name';
  if (TAKEN.includes(variable)) return `the variable ${variable} is set by mini-mwan`;
  return value.length > MAX_VALUE ? `longer than ${MAX_VALUE} characters` : undefined;
}
