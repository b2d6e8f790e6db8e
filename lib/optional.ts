import type { heal, Occasion } from './health/healing.js';
import { isMeasured } from './health/health.js';
import type { Circumstances } from './health/judge.js';
import type { Config, Now, Probe, Problem, State, WanState } from './model.js';

// What a round does only where an option asks for it, or something is wrong: nothing of it is loaded elsewhere.

/** The WANs with what is remembered of their restarts, and the restart that is due. */
export async function healAll(config: Config, wans: WanState[], occasion: Occasion): Promise<ReturnType<typeof heal>> {
  if (!config.wans.some(({ restart }) => restart)) return { wans };
  return (await import('./health/healing.js')).heal(config, wans, occasion);
}

/** What judges the quality of lines. */
export async function qualityOf({ wans }: Config): Promise<Pick<Circumstances, 'qualify'>> {
  return wans.some(isMeasured) ? import('./health/qualify.js') : {};
}

/** What the WANs that share are to weigh. */
export async function balanceOf(config: Config, wans: WanState[], previous: State | undefined, now: Now) {
  if (config.balance === undefined) return undefined;
  return (await import('./policy/balance.js')).rebalance(config, wans, previous, now);
}

/** The WANs with what counts of them beside their status. @param uptime s since boot, now */
export async function asidesOf(
  config: Config,
  wans: WanState[],
  before: ReadonlyMap<string, WanState>,
  uptime: number,
): Promise<WanState[]> {
  if (!config.wans.some(({ mptcp, deprecate }) => mptcp || deprecate)) return wans;
  return (await import('./policy/aside.js')).findAsides(config, wans, before, uptime);
}

/** What leads new flows away from lines that are congested; undefined where nobody asks. */
export async function steeringOf({ steering }: Config) {
  return steering && import('./policy/steering.js');
}

/** What kept targets from being asked. @param blind nothing could be understood */
export async function probeProblems(probes: ReadonlyMap<string, Probe>, blind: boolean): Promise<Problem[]> {
  const isOdd = ({ broken, unmeasured }: Probe) => broken !== undefined || unmeasured !== undefined;
  return [...probes.values()].some(isOdd) ? (await import('./probe/problems.js')).problemsOf(probes, blind) : [];
}
