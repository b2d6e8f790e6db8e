import type { Nexthop, NexthopObject, Route, Verb } from '../../model.js';
import { isGroup, isRoute, type Thing } from './thing.js';

/** Flows are kept together in so many parts: so that most have hardly any, and a way that returns soon finds some idle. */
const BUCKETS = 1024;

/** The words after `ip` that make the change, one argument each. Own routes only: the protocol protects all others. */
export function toArguments(verb: Verb, thing: Thing): string[] {
  if (!isRoute(thing)) return ['nexthop', verb, ...objectArguments(verb, thing)];
  const protocol = ['proto', thing.protocol];
  if (thing.group === undefined) return ['route', verb, ...routeWords(thing, protocol)];
  const words = [thing.destination, 'nhid', `${thing.group}`, ...metricWords(thing), ...attributeWords(thing)];
  return ['route', verb, ...words, ...protocol];
}

function objectArguments(verb: Verb, object: NexthopObject): string[] {
  const head = ['id', `${object.id}`];
  if (verb === 'del') return head;
  const protocol = ['protocol', object.protocol];
  if (!isGroup(object)) return [...head, ...hopWords(object.hop), ...protocol];
  const members = object.members.map(({ id, weight }) => `${id},${weight}`).join('/');
  return [...head, 'group', members, 'type', 'resilient', 'buckets', `${BUCKETS}`, ...protocol];
}

/** The change as one line of a plan: `+` added, `~` replaced, `-` removed. */
export function toSentence(verb: Verb, thing: Thing): string {
  const sign = { add: '+', append: '+', replace: '~', del: '-' }[verb];
  if (isRoute(thing)) return `${sign} ${routeWords(thing).join(' ')}`;
  const what = isGroup(thing) ? ['group of', thing.members.map(({ id }) => id).join(', ')] : hopWords(thing.hop);
  return `${sign} nexthop ${thing.id} ${what.join(' ')}`;
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
