import type { Configured, Now, Path, State, Wan, WanState } from '../model.js';
import { wordFor } from './transition.js';

/** What is known of a WAN from the rounds before: nothing, if the router has started again since, or if it is another line now. */
export function recallWan({ wan, device }: Path, previous: State | undefined, now: Now): WanState {
  // A round in the future was another system's: a container may share the boot id of its host.
  const remembered = previous?.bootId === now.bootId && previous.uptime <= now.uptime ? previous.wans : [];
  const known = remembered.find(({ name }) => name === wan.name);
  // What IPFire dials has a device of its own only while it is up.
  const moved = !wan.uplink && known?.seen.device !== undefined && device !== undefined && known.seen.device !== device;
  if (known && !moved) return known;
  return {
    name: wan.name,
    configured: configuredOf(wan),
    seen: { rxBytes: 0, txBytes: 0, lastCheck: now.wall },
    counted: { failures: 0, successes: 0, falls: 0, rtts: [] },
    // A modem may come back as another device for being restarted.
    ...(known?.healing && { healing: known.healing }),
    verdict: {
      status: 'unknown',
      ...(known && { told: known.verdict.told ?? wordFor(known) }),
      reason: '',
      statusSince: now.wall,
      statusSinceUptime: now.uptime,
      judged: false,
    },
  };
}

/** What is remembered of a WAN's settings. */
export function configuredOf({ targets, failureThreshold, recoveryThreshold }: Wan): Configured {
  return { targets, failureThreshold, recoveryThreshold };
}
