import type { Config, Problem, Wan } from '../../model.js';
import type { Values } from '../../uplink.js';
import { choice, flag, integer, isTarget, priority, program } from '../values.js';
import { type Keys, placeOf, readKey, readKeys, reportFaults, reportUnknownKeys } from './keys.js';
import { lansOf, macsOf } from './lans.js';
import { type Line, readLines, reportShared } from './lines.js';
import { readPrimary } from './primary.js';
import { readValues } from './values.js';

/** All files that the configuration is made of: their texts, and what goes with them. */
export interface Files {
  /** mwan/settings. Absent: the defaults count. */
  settings?: string;
  /** mwan/enabled is there. */
  enabled: boolean;
  /** mwan/profiles, by name. */
  profiles: Record<string, string>;
  /** ethernet/settings. */
  ethernet?: string;
  /** ppp/settings of the primary: while a backup line holds RED, those that were saved. */
  ppp?: string;
  /** ppp/settings-N, by N. */
  dials: Record<number, string>;
  /** MAC addresses by device. */
  macs: Record<string, string>;
  /** Network devices by the character device of their modem. */
  modems?: Record<string, string>;
  /** RED_* keys and DEFAULT_GATEWAY of the primary, as saved. Absent: those in ethernet/settings are the primary's. */
  primary?: Values;
}

const NUMBERS = {
  CHECK_INTERVAL: integer(2, 3600, 30),
  MAX_RETRIES: integer(1, 10, 3),
  FAILBACK_DELAY: integer(0, 86400, 300),
  FAILBACK_ATTEMPTS: integer(1, 199, 3),
  CHECK_RELIABILITY: integer(1, 100, 1),
  CHECK_COUNT: integer(1, 10, 3),
  CHECK_TIMEOUT: integer(1, 30, 2),
};
const LOG_LEVEL = priority('notice');
const MODE = choice(['failover', 'multiuplink'] as const, 'failover');
const KNOWN = [...Object.keys(NUMBERS), 'CHECK_HOST', 'BACKUP_PROFILES', 'LOG_LEVEL', 'NOTIFY', 'MODE', 'STICKY'];

const TARGETS = ['8.8.8.8', '1.1.1.1'];
const MOST_TARGETS = 10;
const ONE_UPLINK = 'IPFire has one uplink, RED: lines cannot share it';

/** What the files mean, and everything that is wrong with them. Never fails: what cannot be used is left out. */
export function readIpfire(files: Files): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  const keys = readKeys(files.settings ?? '', problems);
  const { settings, wan } = readGeneral(keys, problems);
  const lines = readAll(files, keys, problems);
  problems.sort((a, b) => (a.line ?? Number.POSITIVE_INFINITY) - (b.line ?? Number.POSITIVE_INFINITY) || 0);
  const wans = lines.map(({ name, profile }, i): Wan => {
    const unusable = 'unusable' in profile ? profile.unusable : undefined;
    return {
      ...wan,
      name,
      interface: name,
      metric: i + 1,
      enabled: files.enabled && unusable === undefined,
      ...(files.enabled && unusable !== undefined ? { unusable } : {}),
      ...('uplink' in profile ? { uplink: profile.uplink } : {}),
    };
  });
  return { config: { ...settings, enabled: files.enabled, wans }, problems };
}

/** What is the same for all lines. */
function readGeneral(keys: Keys, problems: Problem[]) {
  const number = (key: keyof typeof NUMBERS) => readKey(keys, key, NUMBERS[key], problems);
  const notify = readKey(keys, 'NOTIFY', program, problems);
  const settings: Omit<Config, 'enabled' | 'wans'> = {
    mode: 'failover',
    checkInterval: number('CHECK_INTERVAL'),
    sticky: false,
    logLevel: readKey(keys, 'LOG_LEVEL', LOG_LEVEL, problems),
    ...(notify === undefined ? {} : { notify }),
  };
  const targets = readTargets(keys, problems);
  const wan = {
    weight: 1,
    targets,
    reliability: number('CHECK_RELIABILITY'),
    count: number('CHECK_COUNT'),
    timeout: number('CHECK_TIMEOUT'),
    failureThreshold: number('MAX_RETRIES'),
    // The majority of the attempts.
    recoveryThreshold: Math.floor(number('FAILBACK_ATTEMPTS') / 2) + 1,
    failbackDelay: number('FAILBACK_DELAY'),
    tier: 1,
  };
  if (wan.reliability > targets.length) {
    const text = `more than there are usable targets; using ${targets.length}`;
    problems.push({ ...placeOf(keys, 'CHECK_RELIABILITY'), text });
    wan.reliability = targets.length;
  }
  if (readKey(keys, 'MODE', MODE, problems) === 'multiuplink')
    problems.push({ ...placeOf(keys, 'MODE'), text: `${ONE_UPLINK}; using failover` });
  if (readKey(keys, 'STICKY', flag(false), problems))
    problems.push({ ...placeOf(keys, 'STICKY'), text: `${ONE_UPLINK}; ignored` });
  reportUnknownKeys(keys, KNOWN, problems);
  return { settings, wan };
}

function readTargets(keys: Keys, problems: Problem[]): string[] {
  const targets = new Set<string>();
  const place = placeOf(keys, 'CHECK_HOST');
  const words = (keys.values.CHECK_HOST ?? '').split(/[\s,]+/).filter(Boolean);
  for (const value of words.slice(0, MOST_TARGETS)) {
    if (targets.has(value)) problems.push({ ...place, value, text: 'named twice; used once' });
    else if (isTarget(value)) targets.add(value);
    else
      problems.push({
        ...place,
        value,
        text: 'not the IPv4 address of a host (names are not looked up in a probe); ignored',
      });
  }
  if (words.length > MOST_TARGETS)
    problems.push({ ...place, text: `more than ${MOST_TARGETS} targets; the first ${MOST_TARGETS} are used` });
  if (targets.size > 0) return [...targets];
  if (words.length > 0) problems.push({ ...place, text: `no usable address; using ${TARGETS.join(' ')}` });
  return TARGETS;
}

/** The primary, and the backup lines in their order. */
function readAll(files: Files, keys: Keys, problems: Problem[]): Line[] {
  const ethernet = readValues(files.ethernet ?? '');
  reportFaults(ethernet.faults, problems, 'ethernet/settings');
  const block = files.primary ?? ethernet.values;
  const primary = { name: 'primary', profile: readPrimary(block, files.ppp, problems) };
  const macs = macsOf(ethernet.values, files.macs);
  const around = {
    primary: block,
    lans: lansOf(ethernet.values),
    macs,
    dials: files.dials,
    modems: files.modems ?? {},
  };
  const lines = [primary, ...readLines(files.profiles, keys, around, problems)];
  reportShared(lines, problems);
  return lines;
}
