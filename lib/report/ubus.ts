import type { State, WanState } from '../model.js';
import { decimals, toJson } from './json.js';

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

function interfaceOf(wan: WanState) {
  return {
    name: wan.name,
    device: wan.device ?? null,
    interface: wan.interface ?? null,
    ping_target: wan.targets.join(', '),
    status: wan.status,
    status_since: Math.round(wan.statusSince),
    last_check: Math.round(wan.lastCheck),
    latency: decimals(wan.latency),
    jitter: decimals(wan.jitter),
    loss: decimals(wan.loss),
    gateway: wan.gateway ?? null,
    rx_bytes: wan.rxBytes,
    tx_bytes: wan.txBytes,
    failures: wan.failures,
    failure_threshold: wan.failureThreshold,
    successes: wan.successes,
    recovery_threshold: wan.recoveryThreshold,
    reason: wan.reason,
  };
}
