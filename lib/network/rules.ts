import { asList, asName, asNumber, asRecord, type Json } from './json.js';

/** Tables by number, as `ip -N` prints them (linux/rtnetlink.h). */
const MAIN = '254';
const LOCAL = '255';

/**
 * Priorities of the rules that are looked at before table main, but for the kernel's own.
 *
 * @param json what `ip -N -j rule show` prints
 * @returns in their order; none if it is no such list
 */
export function rulesBeforeMain(json: Json): number[] {
  const rules = (asList(json) ?? []).map((entry) => {
    const { priority, table, src, ...more } = asRecord(entry) ?? {};
    const plain = src === 'all' && Object.keys(more).every((key) => key === 'protocol');
    return { priority: asNumber(priority) ?? 0, table: asName(table), plain };
  });
  // Not one with a condition or, as that of wg-quick, with an exception.
  const main = rules.find(({ table, plain }) => table === MAIN && plain)?.priority ?? 0;
  return rules.filter(({ priority, table }) => priority < main && table !== LOCAL).map(({ priority }) => priority);
}
