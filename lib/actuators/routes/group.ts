import type { Group, NexthopObject, Path, Route, Way } from '../../model.js';
import { DEFAULT, isSteering, PROTOCOL } from './route.js';
import { isGroup } from './thing.js';

/** The id of our group; those of its members follow it, in the order of the configuration. */
export const GROUP_ID = 77_000_000;

/** Our routes, and those of them that are left exactly as they are. */
export interface Asked {
  routes: Route[];
  held: Route[];
}

/** Routes that lead through a group, and the objects that it is made of. */
export interface Grouped {
  routes: Route[];
  objects: NexthopObject[];
}

/**
 * Has the shared route lead through a resilient group of the kernel, which keeps each flow on its way for as long as that is
 * there; a multipath route deals many out anew whenever a way comes or goes. What is held stays, with all that belongs to it.
 *
 * Only the parts lead through one. Where no member of a group has the device that a packet is bound to, as that of a probe
 * can be, the kernel looks at no other route whose prefix begins with the same address, but it does look at those of other
 * ones that are shorter (fib_table_lookup in net/ipv4/fib_trie.c; measured with Linux 6.18). So none begins with 0.0.0.0.
 *
 * @param paths every configured WAN
 * @param objects the nexthop objects as they are
 * @param sticky that is wanted
 */
export function throughGroup(
  { routes, held }: Asked,
  paths: Path[],
  objects: NexthopObject[],
  sticky: boolean,
): Grouped {
  const isShared = (route: Route) =>
    sticky && isSteering(route) && route.destination !== DEFAULT && !held.includes(route);
  const shared = routes.find(isShared);
  if (!shared) {
    const needed = routes.some(({ group }) => group !== undefined);
    return { routes, objects: needed ? objects.filter(isOurObject) : [] };
  }
  const placed = shared.nexthops.map((hop) => {
    const position = paths.findIndex(({ device }) => device === hop.device);
    return { id: GROUP_ID + 1 + position, hop };
  });
  const ways = placed.map(({ id, hop }): Way => ({ id, protocol: PROTOCOL, hop: { ...hop, weight: 1 } }));
  const members = placed.map(({ id, hop: { weight } }) => ({ id, weight }));
  const group: Group = { id: GROUP_ID, protocol: PROTOCOL, members };
  return {
    routes: routes.map((route) => (isShared(route) ? { ...route, group: GROUP_ID } : route)),
    objects: [...ways, group],
  };
}

export function isOurObject({ protocol }: NexthopObject): boolean {
  return protocol === PROTOCOL;
}

export function sameObject(a: NexthopObject, b: NexthopObject): boolean {
  if (isGroup(a) || isGroup(b)) return isGroup(a) && isGroup(b) && membersOf(a) === membersOf(b);
  return a.hop.device === b.hop.device && a.hop.gateway === b.hop.gateway && a.hop.onlink === b.hop.onlink;
}

function membersOf({ members }: Group): string {
  return members.map(({ id, weight }) => `${id},${weight}`).join('/');
}
