import type { Config, Status, WanState } from '../model.js';

/** What is known to carry nothing. */
const DEAD: Status[] = ['down', 'interface_down', 'no_gateway'];

/**
 * The names of the paths that have been dead for as long as their option `deprecate` says.
 *
 * @param uptime s since boot, now
 */
export function findDead({ wans }: Config, states: WanState[], uptime: number): Set<string> {
  const dead = states.filter(({ name, verdict: { status, statusSinceUptime, judged } }) => {
    const after = wans.find((wan) => wan.name === name)?.deprecate;
    return after !== undefined && judged && DEAD.includes(status) && uptime - statusSinceUptime >= after;
  });
  return new Set(dead.map(({ name }) => name));
}
