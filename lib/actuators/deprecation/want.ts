import { isWithin } from '../../address6.js';
import type { Address6, Intent, Observation, Problem, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { heldBy } from '../six/held.js';
import { type Deprecated, deprecatedOf, find, keyOf } from './thing.js';

/**
 * The router's addresses by which hosts know the prefixes of a path that has been dead for long. They stay deprecated until it is up,
 * also where its prefixes cannot be seen any more. What somebody else has deprecated is theirs.
 *
 * @param verdicts those of IPv6
 */
export function want(_: Intent, verdicts: Verdict[], { six }: Observation, lack?: Problem): Wanted<Deprecated> {
  if (!six) return { things: [], problems: [] };
  const present = new Map(find(six).map((thing) => [keyOf(thing), thing]));
  const ways = new Set(verdicts.map(({ path }) => path.device));
  const isAlive = (address: Address6) => verdicts.some((verdict) => verdict.status === 'up' && isOf(address, verdict));
  const things = verdicts.flatMap((verdict) => {
    const { status, dead, path } = verdict;
    if (!path.wan.deprecate || !path.wan.enabled || status === 'up') return [];
    const owner = path.wan.name;
    return six.addresses.flatMap((address): Deprecated[] => {
      const ours = present.get(keyOf(address));
      const isMeant = ours ? ours.owner === owner : dead && address.preferred !== 0 && isOf(address, verdict);
      if (!isMeant || ways.has(address.device) || isAlive(address) || (lack && !ours)) return [];
      const former = ours?.former ?? address.preferred ?? Number.POSITIVE_INFINITY;
      return [{ ...deprecatedOf(address, owner, former), preferred: 0 }];
    });
  });
  const isFirst = (thing: Deprecated, i: number) => things.findIndex((other) => keyOf(other) === keyOf(thing)) === i;
  return { things: things.filter(isFirst), problems: lack ? [lack] : [] };
}

function isOf({ address }: Address6, { path }: Verdict): boolean {
  return heldBy(path).some((prefix) => isWithin(address, prefix));
}
