import type { Change, Nexthop, Route } from '../model.js';

/** The words after `ip` that make the change, one argument each. Own routes only: the protocol protects all others. */
export function toArguments({ verb, route }: Change): string[] {
  return ['route', verb, ...routeWords(route, ['proto', route.protocol])];
}

/** The change as one line of a plan: `+` added, `~` replaced, `-` removed. */
export function toSentence({ verb, route }: Change): string {
  const sign = { add: '+', replace: '~', del: '-' }[verb];
  return `${sign} ${routeWords(route).join(' ')}`;
}

/** A route as `ip route` words it: `default via 192.0.2.1 dev eth1 metric 10`, with `extra` where ip accepts more words. */
export function routeWords(route: Route, extra: string[] = []): string[] {
  const head = [...(route.type === 'unicast' ? [] : [route.type]), route.destination];
  const tail = [...(route.metric === 0 ? [] : ['metric', String(route.metric)]), ...extra];
  const [only, ...more] = route.nexthops;
  if (!only) return [...head, ...tail];
  if (more.length === 0) return [...head, ...hopWords(only), ...tail];
  // ip takes everything behind the first `nexthop` for nexthops.
  return [
    ...head,
    ...tail,
    ...route.nexthops.flatMap((hop) => ['nexthop', ...hopWords(hop), 'weight', `${hop.weight}`]),
  ];
}

function hopWords(hop: Nexthop): string[] {
  return [
    ...(hop.gateway === undefined ? [] : ['via', hop.gateway]),
    ...(hop.device === undefined ? [] : ['dev', hop.device]),
    ...(hop.onlink ? ['onlink'] : []),
  ];
}
