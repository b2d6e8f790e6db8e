import { asList, asNumber, asRecord, asText, type Json } from '../json.js';
import type { Endpoint } from '../model.js';

/** @returns undefined if it is no such list */
export function parseEndpoints(json: Json): Endpoint[] | undefined {
  const entries = asList(json)?.map((entry) => asRecord(entry) ?? {});
  const endpoints = entries?.map(({ id, address, dev, backup, subflow }): Endpoint | undefined => {
    const [number, text, device] = [asNumber(id), asText(address), asText(dev)];
    if (number === undefined || text === undefined) return undefined;
    return {
      id: number,
      address: text,
      ...(device === undefined ? {} : { device }),
      backup: backup === true,
      subflow: subflow === true,
    };
  });
  return endpoints?.includes(undefined) ? undefined : (endpoints as Endpoint[] | undefined);
}

/** How many more subflows than the first one a connection may have, of `add_addr_accepted 0 subflows 2`, or as JSON. */
export function parseLimits(text: string): number | undefined {
  const [, number] = /"?\bsubflows"?:? ?(\d{1,2})\b/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}
