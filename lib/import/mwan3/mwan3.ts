import { HIGHEST_METRIC, MAX_WANS, SETTINGS } from '../../config/plain.js';
import type { UciSection } from '../../config/uci.js';
import { priority } from '../../config/values.js';
import { type Draft, type Entry, notebook, type Say } from '../draft.js';
import { sectionName } from '../write.js';
import { isIPv4, readInterface } from './interface.js';
import { readOrder, type Standing } from './order.js';
import { readRules, saySticky } from './rules.js';
import { isOn, numberEntry, sayOf, textOf, titleOf } from './section.js';

const TYPES = ['globals', 'interface', 'member', 'policy', 'rule'];

/** What is said of the options of `globals`; of others, that they are not known. */
const GLOBALS: Record<string, string> = {
  mmx_mask: 'mark_mask here, at its default 0xff000000 whatever this says',
  local_source: 'no counterpart: the router itself goes the same way as the LAN',
  rtmon_interval: 'no counterpart: each round looks at the routes',
  update_interval: 'no counterpart: each round looks at the routes',
  rt_table_lookup: 'no counterpart: mini-mwan has only routes of table main',
  enabled: 'the service, and option enabled of settings, do that here',
  logging: 'no counterpart: what changes goes to syslog, by log_level',
};

/**
 * A configuration of ours that does what mwan3's says of all traffic.
 *
 * @param sections of /etc/config/mwan3
 * @returns or, in words, why it cannot be one of mwan3
 */
export function readMwan3(sections: UciSection[]): Draft | { fault: string } {
  const named = sections.filter(({ type, name }) => type === 'interface' && name !== undefined);
  if (named.length === 0) return { fault: 'no section as config interface, with a name, is in it' };
  if (!sections.some(({ type }) => type === 'policy')) return { fault: 'no section as config policy is in it' };
  const { notes, say } = notebook();
  sayStrange(sections, say);
  const usable = named.filter((section) => isUsable(section, say));
  for (const { line } of usable.slice(MAX_WANS)) say(line, 'config interface', `more than ${MAX_WANS}; left out`);
  const course = readRules(sections, say);
  const order = readOrder(sections, course.rule, new Map(named.map((one) => [one.name as string, isIPv4(one)])), say);
  const ranks = new Set([...order.values()].map(({ rank }) => rank));
  const shared = ranks.size < order.size;
  if (order.size === 0) say(undefined, 'policy', 'none orders the WANs; their metrics are by the order of the file');
  if (shared) saySticky(course.sticky, say);
  const taken = new Set<string>();
  const wans = usable.slice(0, MAX_WANS).map((section, i) => {
    const name = section.name as string;
    const standing = order.size === 0 ? { rank: i + 1, weight: 1 } : order.get(name);
    const enabled = isOn(section, 'enabled', false);
    if (enabled && !standing) say(section.line, titleOf(section), 'the policy has no member of it; not enabled here');
    const entries: Entry[] = [
      ['enabled', Number(enabled && standing !== undefined)],
      ['interface', name],
      ...(standing ? standingEntries(standing, shared, ranks.size > 1, ranks.size || usable.length) : []),
      ...readInterface(section, say),
    ];
    return { name: sectionName(name, taken), entries };
  });
  const settings: Entry[] = [
    ['enabled', 0],
    ['mode', shared ? 'multiuplink' : 'failover'],
    ...readInterval(usable, say),
    ...(shared && course.sticky.length > 0 ? [['sticky', 1] satisfies Entry] : []),
    ...readGlobals(sections, say).slice(-1),
    ['inbound', 1, 'as mwan3, which marks connections: what comes in by a WAN is answered by it'],
  ];
  return { settings, wans, notes };
}

function sayStrange(sections: UciSection[], say: Say): void {
  for (const { type, name, line, options } of sections) {
    if (!TYPES.includes(type)) say(line, `config ${type}`, 'not a section that is known of mwan3; left out');
    if (type === 'interface' && name === undefined) say(line, 'config interface', 'without a name; left out');
    for (const option of options.values()) {
      const [before] = option.overruled;
      if (before !== undefined) sayOf(say, option, `set before in line ${before}; this one counts, as for mwan3`);
    }
  }
}

function isUsable(section: UciSection, say: Say): boolean {
  if (!isIPv4(section)) {
    say(section.line, titleOf(section), 'IPv6; left out');
    return false;
  }
  // As long as our reader takes names of netifd's interfaces.
  const isShort = (section.name as string).length <= 64;
  if (!isShort) say(section.line, titleOf(section), 'longer than a name of netifd; left out');
  return isShort;
}

function standingEntries({ rank, weight }: Standing, shared: boolean, tiered: boolean, ranks: number): Entry[] {
  if (!shared) return [['metric', rank * (ranks * 10 <= HIGHEST_METRIC ? 10 : 1)]];
  return [['weight', weight], ...(tiered ? [['tier', Math.min(rank, 100)] satisfies Entry] : [])];
}

/** One interval for all: the shortest of those that are tracked. */
function readInterval(interfaces: UciSection[], say: Say): Entry[] {
  const given = interfaces.flatMap((section) => {
    const [entry] = numberEntry(section, 'interval', 'check_interval', SETTINGS.check_interval, say);
    return entry ? [{ section, value: Number(entry[1]), active: isOn(section, 'enabled', false) }] : [];
  });
  const active = given.filter((one) => one.active);
  const values = (active.length > 0 ? active : given).map(({ value }) => value);
  if (values.length === 0) return [];
  const shortest = Math.min(...values);
  for (const { section, value } of given) {
    if (value !== shortest)
      sayOf(say, section.options.get('interval'), `check_interval is one for all WANs, the shortest: ${shortest}`);
  }
  return [['check_interval', shortest]];
}

function readGlobals(sections: UciSection[], say: Say): Entry[] {
  return sections
    .filter(({ type }) => type === 'globals')
    .flatMap((section): Entry[] => {
      const logs = isOn(section, 'logging', false);
      for (const option of section.options.values()) {
        if (option.name === 'loglevel') continue;
        const text = Object.hasOwn(GLOBALS, option.name) ? GLOBALS[option.name] : undefined;
        sayOf(say, option, text ?? 'not an option that is known of mwan3; left out');
      }
      const word = textOf(section, 'loglevel');
      if (word === undefined || !logs) return [];
      const level = priority('notice').read(word === 'critical' ? 'crit' : word);
      if (level === undefined) sayOf(say, section.options.get('loglevel'), 'no priority of syslog; left out');
      return level === undefined ? [] : [['log_level', level]];
    });
}
