import { asList, asNumber, asRecord, asText, asWord, type Json, parseJson } from '../json.js';

/** What is at the root of a device: CAKE, for one queue of the card or for all, or something else. */
export type Root =
  | {
      kind: 'cake' | 'cake_mq';
      /** Its number, as `8001:`. */
      handle: string;
      /** kbit/s. Absent: it has no limit. */
      rate?: number;
    }
  | { kind: 'other'; name: string };

/** tc counts in bytes per second. */
const KBIT = 125;

/** @param text of `tc -j qdisc show dev DEVICE`; undefined if nothing is to be learned from it */
export function readRoot(text: string): Root | undefined {
  const all = recordsIn(parseJson(text));
  const root = all.find((entry) => entry.root === true);
  const [kind, handle] = [asWord(root?.kind), asText(root?.handle)];
  if (!root || kind === undefined || handle === undefined || !/^[0-9a-f]{1,4}:$/.test(handle)) return undefined;
  if (kind !== 'cake' && kind !== 'cake_mq') return { kind: 'other', name: kind };
  const rate = asNumber(asRecord(root.options)?.bandwidth);
  // 0, and a word, mean that there is no limit.
  return { kind, handle, ...(rate ? { rate: rate / KBIT } : {}) };
}

function recordsIn(json: Json): Record<string, Json>[] {
  return (asList(json) ?? []).flatMap((entry) => {
    const record = asRecord(entry);
    return record ? [record] : [];
  });
}
