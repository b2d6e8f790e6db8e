import { wordFor } from '../health/transition.js';
import type { State, WanState } from '../model.js';
import { formatBalance } from './balance.js';
import { formatHealing } from './healing.js';
import { writeLines } from './lines.js';
import { formatQuality } from './quality.js';
import type { Section } from './values.js';

/**
 * Format of our own keys. Of a file of another version, what is known is read and all else kept. Each of them says how many
 * WANs it has, and ends each of their sections with `reason`: so that one that is cut off is seen.
 */
const VERSION = '1';
/** In place of a number that is not known. */
const NONE = '-';

/**
 * The state file's text: global keys, then a section for each WAN. The first keys of either part are those that the LuCI
 * app reads; it splits lines at `=`, so no value holds one.
 */
export function formatState(state: State): string {
  const head = writeLines(formatGlobals(state)) + lines(state.others);
  // Not as ini has the names of sections: it escapes dots, which no other reader undoes.
  const sections = state.wans.map((wan) => {
    const { reason, ...section } = formatWan(wan);
    return `[${wan.name}]\n${writeLines(section)}${lines(wan.others)}${writeLines({ reason })}`;
  });
  return [head, ...sections].join('\n');
}

function lines(texts: string[] = []): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** Its global keys and their values. */
export function formatGlobals(state: State): Section {
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
    ...formatBalance(state.balance),
    complaints: state.complaints.map(printable),
    ...(state.plugins && { plugins: state.plugins }),
    ...(state.steering && { steering: state.steering }),
  };
}

/** The keys of a WAN's section and their values. */
export function formatWan(wan: WanState): Section {
  const { configured, seen, counted, verdict } = wan;
  return {
    device: seen.device ?? '',
    status: verdict.status,
    status_since: Math.round(verdict.statusSince),
    last_check: Math.round(seen.lastCheck),
    latency: decimals(counted.latency),
    gateway: seen.gateway ?? '',
    ...(seen.delegated && { delegated: seen.delegated }),
    ping_target: configured.targets.join(', '),
    rx_bytes: seen.rxBytes,
    tx_bytes: seen.txBytes,
    interface: seen.interface ?? '',
    system_metric: seen.systemMetric ?? '',
    failures: counted.failures,
    successes: counted.successes,
    failure_threshold: configured.failureThreshold,
    recovery_threshold: configured.recoveryThreshold,
    loss: decimals(counted.loss),
    rtts: counted.rtts.map((rtt) => decimals(rtt) || NONE).join(', '),
    asked: counted.asked ?? '',
    jitter: decimals(counted.jitter),
    status_since_uptime: decimals(verdict.statusSinceUptime),
    answering_since: decimals(counted.answeringSince),
    last_good: decimals(counted.lastGood),
    falls: counted.falls,
    judged: verdict.judged ? 1 : 0,
    told: verdict.told ?? wordFor(wan),
    ...formatQuality(wan),
    ...formatHealing(wan),
    reason: printable(verdict.reason),
  };
}

function decimals(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}

/** The text as the state file can hold it: nothing that would end a line or a value. */
export function printable(text: string): string {
  return text.replace(/[^ -~]|[=\\]/g, '?').slice(0, 400);
}
