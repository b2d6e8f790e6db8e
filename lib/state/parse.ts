import type { Config, Configured, Counters, Judgement, Seen, State, Status, WanState, Word } from '../model.js';
import { TARGET } from '../target.js';
import { NO_BALANCE, parseBalance } from './balance.js';
import { formatGlobals, formatWan } from './format.js';
import { parseHealing } from './healing.js';
import { readLines } from './lines.js';
import { parseQuality } from './quality.js';
import { matching, number, optional, type Section, words } from './values.js';

const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];
/** As many as the configuration takes (lib/config/wans.ts). */
const MOST_TARGETS = 10;
/** Lines that another version wrote: no more than it could mean, and as every reader can take them. */
const MOST_OTHERS = 50;
const LINE = /^[a-z][a-z0-9_]{0,40}(\[\])?=[ -<>-~]{0,400}$/;
/** A gateway may be of the other family. */
const GATEWAY = /^[\d.]{7,15}$|^[\da-f:.]{2,45}$/;

/**
 * Reads a state file's text.
 *
 * @returns undefined if it is not one of ours, or not whole: nothing in it can be relied on then
 */
export function parseState(text: string): State | undefined {
  const [head = '', ...parts] = text.replaceAll('\r\n', '\n').split('\n[');
  const globals = readLines(head);
  const [timestamp, uptime, count] = [number(globals.timestamp), number(globals.uptime), number(globals.wans)];
  if (number(globals.version) === undefined || timestamp === undefined || uptime === undefined) return undefined;
  if (count !== undefined && count !== parts.length) return undefined;
  const wans: WanState[] = [];
  for (const part of parts) {
    const wan = parseSection(part);
    if (!wan) return undefined;
    wans.push(wan);
  }
  const state: State = {
    mode: globals.mode === 'multiuplink' ? 'multiuplink' : ('failover' satisfies Config['mode']),
    timestamp,
    checkInterval: number(globals.check_interval) ?? 0,
    bootId: String(globals.boot_id ?? ''),
    uptime,
    duration: number(globals.duration) ?? 0,
    changes: number(globals.changes) ?? 0,
    exitCode: number(globals.exit_code) ?? 0,
    ...optional('fingerprint', matching(globals.fingerprint, /^[0-9a-f]{8}$/)),
    ...optional('begun', number(globals.begun)),
    ...optional('unfinished', globals.unfinished === '1' ? true : undefined),
    ...optional('noGroup', matching(globals.no_group, /^[\w-]{1,64}$/)),
    ...parseBalance(globals),
    complaints: list(globals.complaints) ?? [],
    ...optional('plugins', list(globals.plugins)),
    ...optional('steering', list(globals.steering)),
    wans,
  };
  return { ...state, ...othersOf(head, formatGlobals({ plugins: [], steering: [], balance: NO_BALANCE, ...state })) };
}

function list(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** The lines whose keys are none of ours. */
function othersOf(text: string, ours: Section): { others?: string[] } {
  const keyOf = (line: string) => line.slice(0, line.indexOf('=')).replace('[]', '');
  const others = text.split('\n').filter((line) => !Object.hasOwn(ours, keyOf(line)) && LINE.test(line));
  return others.length === 0 ? {} : { others: others.slice(0, MOST_OTHERS) };
}

function parseSection(text: string): WanState | undefined {
  // A name is a section's of the configuration, a device's or an interface's; ini once put a backslash before its dots.
  const [head = '', name] = /^((?:[A-Za-z0-9_.@+/-]|\\\.)+)\]\n/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const section = readLines(text.slice(head.length));
  // `reason` is written last: without it the section is not whole.
  if (typeof section.reason !== 'string') return undefined;
  const wan: WanState = {
    name: name.replaceAll('\\', ''),
    configured: parseConfigured(section),
    seen: parseSeen(section),
    counted: parseCounters(section),
    verdict: { ...parseVerdict(section), reason: section.reason },
    ...parseQuality(section),
    ...parseHealing(section),
  };
  return { ...wan, ...othersOf(text, formatWan(wan)) };
}

function parseConfigured(section: Section): Configured {
  const targets = words(section.ping_target)?.split(', ', MOST_TARGETS) ?? [];
  return {
    targets: targets.filter((target) => TARGET.test(target)),
    failureThreshold: number(section.failure_threshold) ?? 0,
    recoveryThreshold: number(section.recovery_threshold) ?? 0,
  };
}

function parseSeen(section: Section): Seen {
  return {
    ...optional('device', matching(section.device, /^[!-~]{1,15}$/)),
    ...optional('interface', matching(section.interface, /^[!-~]{1,64}$/)),
    ...optional('systemMetric', number(section.system_metric)),
    ...optional('gateway', matching(section.gateway, GATEWAY)),
    ...optional('delegated', list(section.delegated)),
    rxBytes: number(section.rx_bytes) ?? 0,
    txBytes: number(section.tx_bytes) ?? 0,
    lastCheck: number(section.last_check) ?? 0,
  };
}

function parseCounters(section: Section): Counters {
  return {
    failures: number(section.failures) ?? 0,
    successes: number(section.successes) ?? 0,
    falls: number(section.falls) ?? 0,
    ...optional('answeringSince', number(section.answering_since)),
    ...optional('lastGood', number(section.last_good)),
    rtts: words(section.rtts)?.split(', ', MOST_TARGETS).map(number) ?? [],
    ...optional('asked', matching(section.asked, TARGET)),
    ...optional('latency', number(section.latency)),
    ...optional('jitter', number(section.jitter)),
    ...optional('loss', number(section.loss)),
  };
}

function parseVerdict(section: Section): Omit<Judgement, 'reason'> {
  const status = STATUSES.find((word) => word === section.status) ?? 'unknown';
  const word: Word = status === 'up' && section.degraded === '1' ? 'degraded' : status;
  const told = [...STATUSES, 'degraded' as const].find((known) => known === section.told);
  return {
    status,
    ...optional('told', told === word ? undefined : told),
    statusSince: number(section.status_since) ?? 0,
    statusSinceUptime: number(section.status_since_uptime) ?? 0,
    judged: section.judged === '1',
  };
}
