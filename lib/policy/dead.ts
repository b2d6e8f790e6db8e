import type { Config, Status, WanState } from '../model.js';

/** What is known to carry nothing. */
const DEAD: Status[] = ['down', 'interface_down', 'no_gateway'];

/**
 * The WANs, with which have been dead for as long as their option `deprecate` says.
 *
 * @param uptime s since boot, now
 */
export function findDead({ wans: configured }: Config, wans: WanState[], uptime: number): WanState[] {
  return wans.map((state) => {
    const after = configured.find(({ name }) => name === state.name)?.deprecate;
    const { status, statusSinceUptime, judged } = state.verdict;
    const isDead = after !== undefined && judged && DEAD.includes(status) && uptime - statusSinceUptime >= after;
    return isDead ? { ...state, dead: true } : state;
  });
}
