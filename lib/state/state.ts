import { parse, stringify } from 'ini';
import type { Config, State, Status, WanState } from '../model.js';

/** Format of our own keys. A file of another version is not read. */
const VERSION = '1';
const STATUSES: Status[] = ['up', 'down', 'interface_down', 'no_gateway', 'disabled', 'unknown'];

/** As many as the configuration takes (lib/config/wans.ts). */
const MOST_TARGETS = 10;
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
  const globals: Section = {
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
    complaints: state.complaints.map(printable),
  };
  // Not ini's own sections: it escapes the dots of their names, which no other reader undoes.
  return [stringify(globals), ...state.wans.map((wan) => `[${wan.name}]\n${stringify(formatWan(wan))}`)].join('\n');
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
    falls: wan.falls,
    judged: wan.judged ? 1 : 0,
    reason: printable(wan.reason),
  };
}

/**
 * Reads a state file's text.
 *
 * @returns undefined if it is not one of ours, of this version and whole: nothing in it can be relied on then
 */
export function parseState(text: string): State | undefined {
  const [head = '', ...parts] = text.split(/^(?=\[)/m);
  const globals = parse(head) as Section;
  const [timestamp, uptime, count] = [number(globals.timestamp), number(globals.uptime), number(globals.wans)];
  if (globals.version !== VERSION || timestamp === undefined || uptime === undefined) return undefined;
  if (count !== undefined && count !== parts.length) return undefined;
  const wans: WanState[] = [];
  for (const part of parts) {
    const wan = parseSection(part);
    if (!wan) return undefined;
    wans.push(wan);
  }
  return {
    mode: globals.mode === 'multiuplink' ? 'multiuplink' : ('failover' satisfies Config['mode']),
    timestamp,
    checkInterval: number(globals.check_interval) ?? 0,
    bootId: String(globals.boot_id ?? ''),
    uptime,
    duration: number(globals.duration) ?? 0,
    changes: number(globals.changes) ?? 0,
    exitCode: number(globals.exit_code) ?? 0,
    complaints: Array.isArray(globals.complaints) ? globals.complaints.map(String) : [],
    wans,
  };
}

function parseSection(text: string): WanState | undefined {
  // A name is a section's of the configuration, a device's or an interface's; ini once put a backslash before its dots.
  const [head = '', name] = /^\[((?:[A-Za-z0-9_.@+-]|\\\.)+)\]\r?\n/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const section = parse(text.slice(head.length)) as Section;
  const status = STATUSES.find((word) => word === section.status);
  const [statusSince, failures, successes] = [
    number(section.status_since),
    number(section.failures),
    number(section.successes),
  ];
  // `reason` is written last: without it the section is not whole.
  if (!status || statusSince === undefined || failures === undefined || successes === undefined) return undefined;
  if (typeof section.reason !== 'string') return undefined;
  return {
    name: name.replaceAll('\\', ''),
    ...optional('device', matching(section.device, /^[!-~]{1,15}$/)),
    ...optional('interface', matching(section.interface, /^[!-~]{1,64}$/)),
    status,
    statusSince,
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
    failures,
    successes,
    failureThreshold: number(section.failure_threshold) ?? 0,
    recoveryThreshold: number(section.recovery_threshold) ?? 0,
    ...optional('answeringSince', number(section.answering_since)),
    falls: number(section.falls) ?? 0,
    judged: section.judged === '1',
    reason: section.reason,
  };
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
