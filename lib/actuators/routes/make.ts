import type { Nexthop, Path, Route, Share } from '../../model.js';
import { shareAttributes } from './attributes.js';
import { PROTOCOL } from './route.js';

/** A route of ours to one path, or over several by their weights. */
export function makeRoute(destination: string, metric: number, members: Pick<Share, 'path' | 'weight'>[]): Route {
  const nexthops = members.map(({ path, weight }) =>
    members.length === 1 ? nexthopOf(path) : { ...nexthopOf(path), weight },
  );
  const attributes = shareAttributes(members.map(({ path }) => path.attributes ?? {}));
  return {
    destination,
    metric,
    protocol: PROTOCOL,
    type: 'unicast',
    nexthops,
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function nexthopOf({ device, gateway, pointToPoint, onlink }: Path): Nexthop {
  const via = pointToPoint || gateway === undefined ? {} : { gateway };
  return { ...(device === undefined ? {} : { device }), ...via, weight: 1, onlink: !pointToPoint && onlink };
}
