import type { Link, Wan } from '../model.js';
import { hostOf } from '../target.js';

/** The addresses of the other end of a line. */
export function endsOf(link: Link | undefined, gateway: string | undefined): (string | undefined)[] {
  return [gateway, ...(link?.addresses.map(({ peer }) => peer) ?? [])];
}

/** Is the target the other end of the line? One that is asked by ARP is meant to be. */
export function isEnd(target: string, ends: (string | undefined)[]): boolean {
  return !target.startsWith('arping:') && ends.includes(hostOf(target));
}

/**
 * The WAN without the targets that answer whether or not there is an Internet behind its line: those that are the router
 * itself, and the other end of the line where there is anything else to ask. `reliability` is at most the number of those left.
 *
 * @param holders the router's own addresses, and whose they are: each of them answers, whatever device a ping is bound to
 * @param ends addresses of the other end of the line
 */
export function withoutSure(wan: Wan, holders: ReadonlyMap<string, Link>, ends: (string | undefined)[]): Wan {
  const outside = wan.targets.filter((target) => !holders.has(hostOf(target)));
  const beyond = outside.filter((target) => !isEnd(target, ends));
  const targets = beyond.length > 0 ? beyond : outside;
  if (targets.length === wan.targets.length) return wan;
  if (targets.length === 0) return { ...wan, enabled: false, unusable: 'no ping_target but the router itself' };
  return { ...wan, targets, reliability: Math.min(wan.reliability, targets.length) };
}
