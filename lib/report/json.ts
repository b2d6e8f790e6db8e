import type { RoundResult, WanState } from '../model.js';

/** As exact as the state file is; null where there is none. */
export function decimals(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 100) / 100;
}

/** JSON on one line of ASCII: nothing in it moves a cursor, whatever the values hold. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A WAN with raw numbers, times in s or ms as the key says; null where there is none. */
export function wanJson(wan: WanState, uptime: number) {
  return {
    name: wan.name,
    device: wan.device ?? null,
    status: wan.status,
    reason: wan.reason,
    since_s: Math.round(Math.max(0, uptime - wan.statusSinceUptime)),
    gateway: wan.gateway ?? null,
    ping_targets: wan.targets,
    rtt_ms: decimals(wan.latency),
    jitter_ms: decimals(wan.jitter),
    loss_percent: decimals(wan.loss),
    failures: wan.failures,
    failure_threshold: wan.failureThreshold,
    good_rounds: wan.successes,
    recovery_threshold: wan.recoveryThreshold,
    rx_bytes: wan.rxBytes,
    tx_bytes: wan.txBytes,
  };
}

/** What `check --json` prints. */
export function checkJson({ state, transitions, changes }: RoundResult, dryRun: boolean) {
  return {
    exit_code: state.exitCode,
    dry_run: dryRun,
    mode: state.mode,
    duration_ms: Math.round(state.duration),
    wans: state.wans.map((wan) => wanJson(wan, state.uptime)),
    transitions: transitions.map(({ name, from, to, reason }) => ({ name, from, to, reason })),
    changes: changes.map(({ sentence }) => sentence),
    problems: state.complaints,
  };
}
