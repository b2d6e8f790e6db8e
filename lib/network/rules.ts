import { asList, asNumber, asRecord, asText, type Json } from './json.js';

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
    const { priority, table, src } = asRecord(entry) ?? {};
    return { priority: asNumber(priority) ?? 0, table: asText(table), all: src === 'all' };
  });
  const main = rules.find(({ table, all }) => table === MAIN && all)?.priority ?? 0;
  return rules.filter(({ priority, table }) => priority < main && table !== LOCAL).map(({ priority }) => priority);
}
