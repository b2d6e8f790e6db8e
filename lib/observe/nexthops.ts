import { asList, asName, asNumber, asRecord, type Json } from '../json.js';
import type { NexthopObject, Route } from '../model.js';
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
  const head = { id: asNumber(entry.id) as number, protocol: asName(entry.protocol) ?? '' };
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
  const known = new Map(objects.map((object) => [object.id, object]));
  return routes.map((route) => {
    const object = route.group === undefined ? undefined : known.get(route.group);
    if (!object || route.nexthops.length > 0) return route;
    const members = 'members' in object ? object.members : [{ id: object.id, weight: 1 }];
    const nexthops = members.flatMap(({ id, weight }) => {
      const way = known.get(id);
      return way && 'hop' in way ? [{ ...way.hop, weight }] : [];
    });
    return { ...route, nexthops };
  });
}
