import { asList, asNumber, asRecord, asText, asWord, type Json, parseJson } from '../json.js';
import type { Queue } from '../shape/signals.js';

/** What is at the root of a device: CAKE, for one queue of the card or for all, or something else. */
export type Root =
  | { kind: 'cake' | 'cake_mq' /** Its number, as `8001:`. */; handle: string; queue: Omit<Queue, 'at'> }
  | { kind: 'other'; name: string };

/** tc counts in bytes per second. */
const KBIT = 125;

/** @param text of `tc -s -j qdisc show dev DEVICE`; undefined if nothing is to be learned from it */
export function readRoot(text: string): Root | undefined {
  const all = recordsIn(parseJson(text));
  const root = all.find((entry) => entry.root === true);
  const [kind, handle] = [asWord(root?.kind), asText(root?.handle)];
  if (!root || kind === undefined || handle === undefined || !/^[0-9a-f]{1,4}:$/.test(handle)) return undefined;
  if (kind !== 'cake' && kind !== 'cake_mq') return { kind: 'other', name: kind };
  const parts = all.filter((entry) => asText(entry.parent)?.startsWith(handle));
  const tins = [root, ...parts].flatMap((entry) => recordsIn(entry.tins));
  const rate = asNumber(asRecord(root.options)?.bandwidth);
  const sum = (key: string) => tins.reduce((total, tin) => total + number(tin[key]), 0);
  const delay = (tin: Record<string, Json>) => number(tin.avg_delay_us) - number(tin.base_delay_us);
  return {
    kind,
    handle,
    queue: {
      // 0, and a word, mean that there is no limit.
      ...(rate ? { rate: rate / KBIT } : {}),
      backlog: sum('backlog_bytes'),
      delay: tins.reduce((worst, tin) => Math.max(worst, delay(tin)), 0) / 1000,
      drops: sum('drops'),
      marks: sum('ecn_mark'),
    },
  };
}

function recordsIn(json: Json): Record<string, Json>[] {
  return (asList(json) ?? []).flatMap((entry) => {
    const record = asRecord(entry);
    return record ? [record] : [];
  });
}

function number(value: Json): number {
  return asNumber(value) ?? 0;
}
