import type { NexthopObject } from '../model.js';
import { asList, asNumber, asRecord, asText, type Json } from './json.js';
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
  const head = { id: asNumber(entry.id) as number, protocol: asText(entry.protocol) ?? '' };
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
