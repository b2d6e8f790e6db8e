import { parseJson } from '../json.js';
import type { Observation } from '../model.js';
import { parseEndpoints, parseLimits } from '../observe/mptcp.js';
import type { Tools } from '../system/exec.js';
import { formerLimit } from '../system/mptcp-limit.js';

/** What was seen, with what `ip` has answered of MPTCP; without, where the kernel or `ip` has none. */
export function withMptcp({ engine }: Tools, seen: Observation, [list = '', limits = '']: string[]): Observation {
  const [endpoints, subflows, former] = [parseEndpoints(parseJson(list)), parseLimits(limits), formerLimit(engine)];
  if (!endpoints || subflows === undefined) return seen;
  return { ...seen, mptcp: { endpoints, subflows, ...(former === undefined ? {} : { former }) } };
}
