import { parse, stringify } from 'ini';
import type { Config, State, Status, WanState } from '../model.js';

/**
 * Format of our own keys. Of a file of another version, what is known is read and all else kept. Each of them says how many
 * WANs it has, and ends each of their sections with `reason`: so that one that is cut off is seen.
 */
const VERSION = '1';
const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];

/** As many as the configuration takes (lib/config/wans.ts). */
const MOST_TARGETS = 10;
/** Lines that another version wrote: no more than it could mean, and as every reader can take them. */
const MOST_OTHERS = 50;
const LINE = /^([a-z][a-z0-9_]{0,40})(\[\])?=[ -<>-~]{0,400}$/;
/** In place of a number that is not known. */
const NONE = '-';
const ADDRESS = /^[\d.]{7,15}$/;
/** A gateway may be of the other family. */
const GATEWAY = /^[\d.]{7,15}$|^[\da-f:.]{2,45}$/;

type Section = Record<string, unknown>;

/** What is known before a round has run: of no boot, so that nothing takes it for one. */
export const EMPTY_STATE: State = {
  mode: 'failover',
  timestamp: 0,
  checkInterval: 10,
  bootId: 'none',
  uptime: 0,
  duration: 0,
  changes: 0,
  exitCode: 0,
  complaints: [],
  wans: [],
};

/**
 * The state file's text: global keys, then a section for each WAN. The first keys of either part are those that the LuCI
 * app reads; it splits lines at `=`, so no value holds one.
 */
export function formatState(state: State): string {
  const head = stringify(formatGlobals(state)) + lines(state.others);
  // Not ini's own sections: it escapes the dots of their names, which no other reader undoes.
  const sections = state.wans.map((wan) => {
    const { reason, ...section } = formatWan(wan);
    return `[${wan.name}]\n${stringify(section)}${lines(wan.others)}${stringify({ reason })}`;
  });
  return [head, ...sections].join('\n');
}

function lines(texts: string[] = []): string {
  return texts.map((text) => `${text}\n`).join('');
}

function formatGlobals(state: State): Section {
  return {
    mode: state.mode,
    timestamp: Math.round(state.timestamp),
    check_interval: state.checkInterval,
    // Before the version, so that a file that is cut off behind it lacks WANs that it promised.
    wans: state.wans.length,
    version: VERSION,
    boot_id: state.bootId,
    uptime: decimals(state.uptime),
    duration: Math.round(state.duration),
    changes: state.changes,
    exit_code: state.exitCode,
    fingerprint: state.fingerprint ?? '',
    begun: decimals(state.begun),
    unfinished: state.unfinished ? 1 : 0,
    no_group: state.noGroup ?? '',
    complaints: state.complaints.map(printable),
  };
}

function formatWan(wan: WanState): Section {
  return {
    device: wan.device ?? '',
    status: wan.status,
    status_since: Math.round(wan.statusSince),
    last_check: Math.round(wan.lastCheck),
    latency: decimals(wan.latency),
    gateway: wan.gateway ?? '',
    ping_target: wan.targets.join(', '),
    rx_bytes: wan.rxBytes,
    tx_bytes: wan.txBytes,
    interface: wan.interface ?? '',
    system_metric: wan.systemMetric ?? '',
    failures: wan.failures,
    successes: wan.successes,
    failure_threshold: wan.failureThreshold,
    recovery_threshold: wan.recoveryThreshold,
    loss: decimals(wan.loss),
    rtts: wan.rtts.map((rtt) => decimals(rtt) || NONE).join(', '),
    asked: wan.asked ?? '',
    jitter: decimals(wan.jitter),
    status_since_uptime: decimals(wan.statusSinceUptime),
    answering_since: decimals(wan.answeringSince),
    last_good: decimals(wan.lastGood),
    falls: wan.falls,
    judged: wan.judged ? 1 : 0,
    told: wan.told ?? wan.status,
    reason: printable(wan.reason),
  };
}

/**
 * Reads a state file's text.
 *
 * @returns undefined if it is not one of ours, or not whole: nothing in it can be relied on then
 */
export function parseState(text: string): State | undefined {
  const [head = '', ...parts] = text.split(/^(?=\[)/m);
  const globals = parse(head) as Section;
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
    complaints: Array.isArray(globals.complaints) ? globals.complaints.map(String) : [],
    wans,
  };
  return { ...state, ...othersOf(head, formatGlobals(state)) };
}

/** The lines whose keys are none of ours. */
function othersOf(text: string, ours: Section): { others?: string[] } {
  const others = text.split(/\r?\n/).filter((line) => {
    const [, key] = LINE.exec(line) ?? [];
    return key !== undefined && !Object.hasOwn(ours, key);
  });
  return others.length === 0 ? {} : { others: others.slice(0, MOST_OTHERS) };
}

function parseSection(text: string): WanState | undefined {
  // A name is a section's of the configuration, a device's or an interface's; ini once put a backslash before its dots.
  const [head = '', name] = /^\[((?:[A-Za-z0-9_.@+-]|\\\.)+)\]\r?\n/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const section = parse(text.slice(head.length)) as Section;
  const [status = 'unknown', told = status] = [section.status, section.told].map((value) =>
    STATUSES.find((word) => word === value),
  );
  // `reason` is written last: without it the section is not whole.
  if (typeof section.reason !== 'string') return undefined;
  const wan: WanState = {
    name: name.replaceAll('\\', ''),
    ...optional('device', matching(section.device, /^[!-~]{1,15}$/)),
    ...optional('interface', matching(section.interface, /^[!-~]{1,64}$/)),
    ...optional('systemMetric', number(section.system_metric)),
    status,
    ...optional('told', told === status ? undefined : told),
    statusSince: number(section.status_since) ?? 0,
    statusSinceUptime: number(section.status_since_uptime) ?? 0,
    lastCheck: number(section.last_check) ?? 0,
    ...optional('latency', number(section.latency)),
    ...optional('jitter', number(section.jitter)),
    ...optional('loss', number(section.loss)),
    ...optional('gateway', matching(section.gateway, GATEWAY)),
    targets:
      words(section.ping_target)
        ?.split(', ', MOST_TARGETS)
        .filter((target) => ADDRESS.test(target)) ?? [],
    rtts: words(section.rtts)?.split(', ', MOST_TARGETS).map(number) ?? [],
    ...optional('asked', matching(section.asked, ADDRESS)),
    rxBytes: number(section.rx_bytes) ?? 0,
    txBytes: number(section.tx_bytes) ?? 0,
    failures: number(section.failures) ?? 0,
    successes: number(section.successes) ?? 0,
    failureThreshold: number(section.failure_threshold) ?? 0,
    recoveryThreshold: number(section.recovery_threshold) ?? 0,
    ...optional('answeringSince', number(section.answering_since)),
    ...optional('lastGood', number(section.last_good)),
    falls: number(section.falls) ?? 0,
    judged: section.judged === '1',
    reason: section.reason,
  };
  return { ...wan, ...othersOf(text, formatWan(wan)) };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Names and addresses reach the screen and the commands that it offers: only what can be one. */
function matching(value: unknown, pattern: RegExp): string | undefined {
  const text = words(value);
  return text !== undefined && pattern.test(text) ? text : undefined;
}

/** Only numbers that are written again as they were read. */
function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && /^\d{1,16}(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
  return read <= Number.MAX_SAFE_INTEGER ? read : undefined;
}

function decimals(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}

/** The text as the state file can hold it: nothing that would end a line or a value. */
export function printable(text: string): string {
  return text.replace(/[^ -~]|[=\\]/g, '?').slice(0, 400);
}
