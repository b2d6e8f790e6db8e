import type { Kind } from '../actuator.js';
import { sameRoute } from '../routes/route.js';
import type { Thing } from './thing.js';
import { ruleWords, toCommand, toSentence } from './words.js';

/**
 * None stands on one that comes behind it; so it is taken away in reverse. A rule to an empty table says nothing: it is there as long as
 * anything is, and tells who looks only at rules that something is left.
 */
const RANKS: Record<Thing['kind'], number> = { link: 0, client: 1, address: 2, rule: 3, route: 4 };

/** All that a line is tested with. What is found of it is ours; but for routes, the key says it all. */
export const KIND: Kind<Thing> = {
  key: keyOf,
  same: (a, b) => {
    if (a.kind === 'route' && b.kind === 'route') return keyOf(a) === keyOf(b) && sameRoute(a.route, b.route);
    if (a.kind === 'link' && b.kind === 'link') return a.device === b.device && a.up === b.up;
    if (a.kind === 'client' && b.kind === 'client') return a.device === b.device && a.running === b.running;
    return keyOf(a) === keyOf(b);
  },
  ours: () => true,
  rank: ({ kind }) => RANKS[kind],
  // A line that is set up or started again needs not be taken away before. In IPv6 what is appended becomes a part of what is there.
  renewal: (thing) => (thing.kind === 'route' && !thing.route.family ? 'append' : 'replace'),
  sentence: toSentence,
  command: toCommand,
};

function keyOf(thing: Thing): string {
  switch (thing.kind) {
    case 'route':
      return `route ${thing.route.table} ${thing.route.destination} ${thing.route.metric}`;
    case 'rule':
      return ['rule', ...ruleWords(thing)].join(' ');
    case 'address':
      return `address ${thing.device} ${thing.address}`;
    default:
      return `${thing.kind} ${thing.device}`;
  }
}
