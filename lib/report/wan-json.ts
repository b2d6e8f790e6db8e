import { healthOf } from '../health/health.js';
import type { Healing, RoundResult, WanState } from '../model.js';
import { balanceJson } from './balance.js';
import { qualityJson } from './quality.js';
import { decimals } from './words.js';

/** A WAN with raw numbers, times in s or ms as the key says; null where there is none. */
export function wanJson(wan: WanState, uptime: number) {
  const { name, configured, seen, counted, verdict, quality, healing } = wan;
  return {
    name,
    device: seen.device ?? null,
    status: verdict.status,
    health: healthOf(wan),
    reason: verdict.reason,
    since_s: Math.round(Math.max(0, uptime - verdict.statusSinceUptime)),
    gateway: seen.gateway ?? null,
    ping_targets: configured.targets,
    rtt_ms: decimals(counted.latency),
    jitter_ms: decimals(counted.jitter),
    loss_percent: decimals(counted.loss),
    failures: counted.failures,
    failure_threshold: configured.failureThreshold,
    good_rounds: counted.successes,
    recovery_threshold: configured.recoveryThreshold,
    rx_bytes: seen.rxBytes,
    tx_bytes: seen.txBytes,
    ...(quality ? { quality: qualityJson(quality, uptime) } : {}),
    ...(healing ? restartsJson(healing, uptime) : {}),
  };
}

/** Of a WAN that is restarted when it stays away. */
function restartsJson({ restarts, restarted, due }: Healing, uptime: number) {
  return {
    restarts,
    restarted_s: restarted === undefined ? null : Math.round(Math.max(0, uptime - restarted)),
    next_restart_s: due === undefined ? null : Math.round(Math.max(0, due - uptime)),
  };
}

/** What `check --json` prints. */
export function checkJson({ state, transitions, changes, restart }: RoundResult, dryRun: boolean) {
  return {
    exit_code: state.exitCode,
    dry_run: dryRun,
    mode: state.mode,
    duration_ms: Math.round(state.duration),
    wans: state.wans.map((wan) => wanJson(wan, state.uptime)),
    transitions: transitions.map(({ name, from, to, reason }) => ({ name, from, to, reason })),
    changes: changes.map(({ sentence }) => sentence),
    ...(state.balance ? { balance: balanceJson(state.balance, state.uptime) } : {}),
    ...(restart ? { restart: { name: restart.name, number: restart.number } } : {}),
    problems: state.complaints,
  };
}
