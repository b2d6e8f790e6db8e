import { PROTOCOL } from '../actuators/tables/thing.js';
import { parseJson } from '../json.js';
import type { TableRoute } from '../model.js';
import { parseTables } from '../observe/tables.js';

export { inbound6, marking6 } from '../actuators/inbound/six.js';

/** What `ip -6 -j` is asked for the routes of ours in tables of lines. */
export const TABLES = `route show table all proto ${PROTOCOL}`;

/** What it answers; undefined where it is no list of routes. */
export function readTables(text: string): TableRoute[] | undefined {
  return parseTables(parseJson(text), PROTOCOL)?.map((route) => ({ ...route, family: 6 }));
}
