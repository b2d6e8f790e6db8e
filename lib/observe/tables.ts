import { asList, asName, asRecord, type Json } from '../json.js';
import type { TableRoute } from '../model.js';
import { parseRoutes } from './routes.js';

/** Table main by number, as `ip -N` prints it (linux/rtnetlink.h); of other tables it says the number with each route. */
const MAIN = '254';

/** What `ip -N -j` is to be asked for the IPv4 routes of a protocol in all tables. */
export function tablesQuestion(protocol: string): string {
  return `route show table all proto ${protocol} root 0.0.0.0/0`;
}

/**
 * Parses what ip prints then: it leaves out the protocol, which was asked for.
 *
 * @returns those of other tables than main; undefined if it is no list of routes
 */
export function parseTables(json: Json, protocol: string): TableRoute[] | undefined {
  const entries = asList(json)?.map((entry) => asRecord(entry) ?? {});
  return entries?.every(({ dst }) => dst !== undefined)
    ? entries.flatMap((entry) => {
        const table = asName(entry.table) ?? MAIN;
        return table === MAIN
          ? []
          : (parseRoutes([{ ...entry, protocol }]) ?? []).map((route) => ({ ...route, table }));
      })
    : undefined;
}
