import type { Change, Nexthop, NexthopObject, ObjectVerb, Route } from '../../model.js';

/** Flows are kept together in so many parts: so that most have hardly any, and a way that returns soon finds some idle. */
const BUCKETS = 1024;

/** The words after `ip` that make the change, one argument each. Own routes only: the protocol protects all others. */
export function toArguments(change: Change): string[] {
  if ('object' in change) return ['nexthop', change.verb, ...objectArguments(change)];
  const { verb, route } = change;
  const protocol = ['proto', route.protocol];
  if (route.group === undefined) return ['route', verb, ...routeWords(route, protocol)];
  const words = [route.destination, 'nhid', `${route.group}`, ...metricWords(route), ...attributeWords(route)];
  return ['route', verb, ...words, ...protocol];
}

function objectArguments({ verb, object }: { verb: ObjectVerb; object: NexthopObject }): string[] {
  const head = ['id', `${object.id}`];
  if (verb === 'del') return head;
  const protocol = ['protocol', object.protocol];
  if (!('members' in object)) return [...head, ...hopWords(object.hop), ...protocol];
  const members = object.members.map(({ id, weight }) => `${id},${weight}`).join('/');
  return [...head, 'group', members, 'type', 'resilient', 'buckets', `${BUCKETS}`, ...protocol];
}

/** The change as one line of a plan: `+` added, `~` replaced, `-` removed. */
export function toSentence(change: Change): string {
  const sign = { add: '+', append: '+', replace: '~', del: '-' }[change.verb];
  if ('route' in change) return `${sign} ${routeWords(change.route).join(' ')}`;
  const { object } = change;
  const what = 'members' in object ? ['group of', object.members.map(({ id }) => id).join(', ')] : hopWords(object.hop);
  return `${sign} nexthop ${object.id} ${what.join(' ')}`;
}

/** A route as `ip route` words it: `default via 192.0.2.1 dev eth1 metric 10`, with `extra` where ip accepts more words. */
export function routeWords(route: Route, extra: string[] = []): string[] {
  const head = [...(route.type === 'unicast' ? [] : [route.type]), destinationWord(route)];
  const tail = [...metricWords(route), ...attributeWords(route), ...extra];
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

/** ip takes a `default` by a gateway of the other family for one of that family. */
function destinationWord({ destination, nexthops }: Route): string {
  const other = nexthops.some(({ gateway }) => gateway?.includes(':'));
  return other && destination === 'default' ? '0.0.0.0/0' : destination;
}

function hopWords(hop: Nexthop): string[] {
  return [
    // One of the other family is said to be so.
    ...(hop.gateway === undefined ? [] : ['via', ...(hop.gateway.includes(':') ? ['inet6'] : []), hop.gateway]),
    ...(hop.device === undefined ? [] : ['dev', hop.device]),
    ...(hop.onlink ? ['onlink'] : []),
  ];
}

function metricWords({ metric }: Route): string[] {
  return metric === 0 ? [] : ['metric', `${metric}`];
}

function attributeWords({ attributes = {} }: Route): string[] {
  return Object.entries(attributes).flat();
}
