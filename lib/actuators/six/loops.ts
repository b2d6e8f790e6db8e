import { isWithin, parsePrefix } from '../../address6.js';
import type { Observation, Path, Route } from '../../model.js';
import { leftOut } from '../routes/loops.js';
import { isOurs, usesDevice } from '../routes/route.js';
import { rulesBeforeMain } from '../routes/rules.js';
import { lengthOf } from './route.js';

/**
 * Leaves out each tunnel whose own packets would be led into it, as `withoutLoops` does in IPv4. One to a server of IPv4 is no matter of
 * these routes.
 */
export function withoutLoops6(paths: Path[], { six }: Pick<Observation, 'six'>): Path[] {
  if (!six) return paths;
  // Its packets may have a mark, by which a rule gives them a table of their own.
  const isApart = rulesBeforeMain(six.rules).some(({ main, conditional }) => conditional && !main);
  return paths.map((path) => {
    const { wan, device, link } = path;
    const server = parsePrefix(link?.server ?? '')?.address;
    if (!wan.enabled || server === undefined || (link?.opaque && isApart)) return path;
    if (six.routes.some((route) => isWayTo(server, route) && !usesDevice(route, device))) return path;
    return leftOut(path);
  });
}

/** Does the route lead there whatever ours do? Those are defaults, or were halves of all destinations. */
function isWayTo(server: string, route: Route): boolean {
  if (isOurs(route) || route.type !== 'unicast' || route.from !== undefined || lengthOf(route) < 2) return false;
  const prefix = parsePrefix(route.destination);
  return prefix !== undefined && isWithin(server, prefix);
}
