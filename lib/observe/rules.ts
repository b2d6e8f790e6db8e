import { asList, asName, asNumber, asRecord, asWord, type Json } from '../json.js';
import type { Rule } from '../model.js';

/** Tables by number, as `ip -N` prints them (linux/rtnetlink.h). */
const MAIN = '254';
const LOCAL = '255';

/** What says nothing about which packets a rule is for. */
const UNCONDITIONAL = ['priority', 'src', 'table', 'protocol', 'suppress_prefixlen'];

/**
 * Parses what `ip -N -j rule show` prints.
 *
 * @returns in their order, without those to table local; undefined if it is no such list
 */
export function parseRules(json: Json): Rule[] | undefined {
  return asList(json)
    ?.map((entry) => asRecord(entry) ?? {})
    .filter(({ table }) => asName(table) !== LOCAL)
    .map((entry) => {
      const suppress = asNumber(entry.suppress_prefixlen);
      const conditional = entry.src !== 'all' || !Object.keys(entry).every((key) => UNCONDITIONAL.includes(key));
      const table = asName(entry.table) ?? '';
      const [protocol, from, oif] = [asName(entry.protocol), parseSource(entry), asWord(entry.oif)];
      return {
        priority: asNumber(entry.priority) ?? 0,
        table,
        main: table === MAIN,
        conditional,
        ...(suppress === undefined ? {} : { suppress }),
        ...(protocol === undefined ? {} : { protocol }),
        ...(from === undefined ? {} : { from }),
        ...(oif === undefined ? {} : { oif }),
        ...(entry.fwmark === undefined ? {} : parseMark(entry)),
      };
    })
    .sort((a, b) => a.priority - b.priority);
}

function parseSource({ src, srclen }: Record<string, Json>): string | undefined {
  const [source, length] = [asWord(src), asNumber(srclen)];
  if (source === undefined || source === 'all') return undefined;
  return length === undefined ? source : `${source}/${length}`;
}

/** Hexadecimal, as `0x100`; the whole mark counts where no mask is said. What is no number is 0. */
function parseMark({ fwmark, fwmask = '0xffffffff' }: Record<string, Json>): { mark: number; mask: number } {
  return { mark: Number(fwmark) >>> 0, mask: Number(fwmask) >>> 0 };
}
