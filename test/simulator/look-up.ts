import type { Nexthop, Route } from '../../lib/model.js';
import type { FullKernel } from './kernel.js';
import { covers, parsePrefix } from './prefix.js';

/** Where a packet leaves that is bound to nothing: by one of these ways. Undefined: there is none. */
export function lookUp(kernel: FullKernel, address: string): { route: Route; hops: Nexthop[] } | undefined {
  let best: { route: Route; hops: Nexthop[] } | undefined;
  for (const route of kernel.routes) {
    if (!covers(route.destination, address) || (best && !isBefore(route, best.route))) continue;
    const hops = route.nexthops.filter((hop) => !kernel.isDead(route, hop));
    if (hops.length > 0 || route.type !== 'unicast') best = { route, hops };
  }
  return best?.route.type === 'unicast' || best === undefined ? best : { ...best, hops: [] };
}

/** The way of a packet that is bound to a device, as a ping is; see lib/actuators/routes/bound.ts for where the kernel stops. */
export function lookUpBound(kernel: FullKernel, address: string, name: string): Nexthop | undefined {
  const fitting = kernel.routes.filter(({ destination }) => covers(destination, address));
  fitting.sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
  const closed = new Set<string>();
  for (const route of fitting) {
    const { destination, nexthops, group, type } = route;
    const begin = destination === 'default' ? '0.0.0.0' : (destination.split('/')[0] as string);
    if (closed.has(begin)) continue;
    if (type !== 'unicast') return undefined;
    const hop = nexthops.find((way) => way.device === name && !kernel.isDead(route, way));
    if (hop) return hop;
    if (group !== undefined) closed.add(begin);
  }
  return undefined;
}

/** Is the first route taken before the second where both cover an address? */
function isBefore(a: Route, b: Route): boolean {
  const [longer, shorter] = [parsePrefix(a.destination).length, parsePrefix(b.destination).length];
  return longer > shorter || (longer === shorter && a.metric < b.metric);
}
