import type { Intent, Observation, Path, Prefix, Verdict } from '../../model.js';
import { isOurs } from '../routes/route.js';
import { heldBy } from './held.js';
import { leadsTo } from './look-up.js';
import { want } from './want.js';

/** A prefix that a line has delegated, and the lines by which it goes in place of that. */
export interface Moved {
  prefix: Prefix;
  by: Path[];
}

/** Those that leave by other lines once the routes are as they should be. @param verdicts those of IPv6 */
export function movedPrefixes(intent: Intent, verdicts: Verdict[], seen: Observation): Moved[] {
  const foreign = (seen.six?.routes ?? []).filter((route) => !isOurs(route));
  const table = [...foreign, ...want(intent, verdicts, seen).things];
  const paths = verdicts.map(({ path }) => path);
  return paths.flatMap((path) =>
    heldBy(path).flatMap((prefix) => {
      const hops = leadsTo(table, prefix);
      const by = paths.filter(({ device }) => hops.some((hop) => hop.device === device));
      return by.length === 0 || by.includes(path) ? [] : [{ prefix, by }];
    }),
  );
}
