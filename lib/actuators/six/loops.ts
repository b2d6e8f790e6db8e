import { isWithin, parsePrefix } from '../../address6.js';
import type { Path, Route, Six } from '../../model.js';
import { isOurs, usesDevice } from '../routes/route.js';
import { rulesBeforeMain } from '../routes/rules.js';
import { lengthOf } from './route.js';

/**
 * Leaves out each tunnel whose own packets would be led into it, as `withoutLoops` does in IPv4. One to a server of IPv4 is no matter of
 * these routes.
 */
export function withoutLoops6(paths: Path[], { routes, rules }: Pick<Six, 'routes' | 'rules'>): Path[] {
  // Its packets may have a mark, by which a rule gives them a table of their own.
  const isApart = rulesBeforeMain(rules).some(({ main, conditional }) => conditional && !main);
  return paths.map((path) => {
    const { wan, device, link } = path;
    const server = parsePrefix(link?.server ?? '')?.address;
    if (!wan.enabled || server === undefined || (link?.opaque && isApart)) return path;
    if (routes.some((route) => isWayTo(server, route) && !usesDevice(route, device))) return path;
    const text = `its server ${server} would be led into the tunnel, as it has no route of its own; try: ${cure(server, paths)}`;
    return { ...path, wan: { ...wan, enabled: false, unusable: text } };
  });
}

/** Does the route lead there whatever ours do? They are no longer than a half, and some are for sources. */
function isWayTo(server: string, route: Route): boolean {
  if (isOurs(route) || route.type !== 'unicast' || route.from !== undefined || lengthOf(route) < 2) return false;
  const prefix = parsePrefix(route.destination);
  return prefix !== undefined && isWithin(server, prefix);
}

function cure(server: string, paths: Path[]): string {
  const line = paths.find(({ wan, gateway, link }) => wan.enabled && gateway !== undefined && !link?.server);
  return `ip -6 route add ${server} via ${line?.gateway ?? 'GATEWAY'} dev ${line?.device ?? 'DEVICE'}`;
}
