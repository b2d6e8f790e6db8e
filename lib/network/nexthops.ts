import type { NexthopObject, Route } from '../model.js';
import { asList, asNumber, asRecord, asWord, type Json } from './json.js';
import { parseNexthop } from './routes.js';

/**
 * Parses what `ip -j nexthop show` prints.
 *
 * @returns undefined if it is not such a list
 */
export function parseObjects(json: Json): NexthopObject[] | undefined {
  const list = asList(json);
  if (!list?.every((entry) => asNumber(asRecord(entry)?.id) !== undefined)) return undefined;
  return list.map((entry) => parseObject(asRecord(entry) as Record<string, Json>));
}

function parseObject(entry: Record<string, Json>): NexthopObject {
  const head = { id: asNumber(entry.id) as number, protocol: asWord(entry.protocol) ?? '' };
  const members = asList(entry.group);
  if (!members) return { ...head, hop: parseNexthop(entry) };
  return {
    ...head,
    members: members.map((member) => {
      const { id, weight } = asRecord(member) ?? {};
      return { id: asNumber(id) ?? 0, weight: asNumber(weight) ?? 1 };
    }),
  };
}

/** The nexthops of routes that lead through a group, where the kernel names only that (net.ipv4.nexthop_compat_mode=0). */
export function fillNexthops(routes: Route[], objects: NexthopObject[]): Route[] {
  const hopOf = (id: number) => objects.flatMap((object) => (object.id === id && 'hop' in object ? [object.hop] : []));
  return routes.map((route) => {
    const object = objects.find(({ id }) => id === route.group);
    if (!object || route.nexthops.length > 0) return route;
    const members = 'members' in object ? object.members : [{ id: object.id, weight: 1 }];
    return { ...route, nexthops: members.flatMap(({ id, weight }) => hopOf(id).map((hop) => ({ ...hop, weight }))) };
  });
}
