import type { Nexthop, Route } from '../../model.js';
import type { Kind } from '../actuator.js';
import { isOurs, sameRoute } from '../routes/route.js';
import { routeKey } from './route.js';

/**
 * Routes of IPv6. Whatever comes to a key that is taken becomes a further way of the route there, so what changes is replaced: a key
 * that somebody else holds is never wanted.
 */
export const KIND: Kind<Route> = {
  key: routeKey,
  same: (a, b) => routeKey(a) === routeKey(b) && sameRoute(a, b),
  ours: isOurs,
  rank: (route) => route.metric,
  renewal: () => 'replace',
  sentence: (verb, route) =>
    `${{ add: '+', append: '+', replace: '~', del: '-' }[verb]} ${routeWords6(route).join(' ')}`,
  command: (verb, route) => ['ip', '-6', 'route', verb, ...routeWords6(route, ['proto', route.protocol])],
};

/** A route as `ip -6 route` words it. */
export function routeWords6(route: Route, extra: string[] = []): string[] {
  const { destination, from, metric, attributes = {}, nexthops } = route;
  const head = [destination, ...(from === undefined ? [] : ['from', from])];
  const tail = ['metric', `${metric}`, ...Object.entries(attributes).flat(), ...extra];
  const [only, ...more] = nexthops;
  if (!only || more.length > 0)
    return [...head, ...tail, ...nexthops.flatMap((hop) => ['nexthop', ...hopWords(hop), 'weight', `${hop.weight}`])];
  return [...head, ...hopWords(only), ...tail];
}

function hopWords({ gateway, device }: Nexthop): string[] {
  return [...(gateway === undefined ? [] : ['via', gateway]), ...(device === undefined ? [] : ['dev', device])];
}
