import type { State, WanState } from '../model.js';
import { toJson } from './json.js';
import { decimals } from './words.js';

/**
 * What `ubus call mini-mwan status` answers, one line of JSON. The keys are those of the state file: times in s, latency
 * and jitter in ms, loss in %; null where there is none.
 */
export function ubusText(state: State): string {
  return `${toJson({
    mode: state.mode,
    timestamp: Math.round(state.timestamp),
    check_interval: state.checkInterval,
    uptime: decimals(state.uptime),
    duration: Math.round(state.duration),
    changes: state.changes,
    exit_code: state.exitCode,
    complaints: state.complaints,
    interfaces: state.wans.map(interfaceOf),
  })}\n`;
}

function interfaceOf({ name, configured, seen, counted, verdict }: WanState) {
  return {
    name,
    device: seen.device ?? null,
    interface: seen.interface ?? null,
    ping_target: configured.targets.join(', '),
    status: verdict.status,
    status_since: Math.round(verdict.statusSince),
    last_check: Math.round(seen.lastCheck),
    latency: decimals(counted.latency),
    jitter: decimals(counted.jitter),
    loss: decimals(counted.loss),
    gateway: seen.gateway ?? null,
    rx_bytes: seen.rxBytes,
    tx_bytes: seen.txBytes,
    failures: counted.failures,
    failure_threshold: configured.failureThreshold,
    successes: counted.successes,
    recovery_threshold: configured.recoveryThreshold,
    reason: verdict.reason,
  };
}
