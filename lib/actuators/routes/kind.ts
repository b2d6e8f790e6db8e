import type { Kind } from '../actuator.js';
import { isOurObject, sameObject } from './group.js';
import { isOurs, routeKey, sameRoute } from './route.js';
import { isGroup, isRoute, type Thing } from './thing.js';
import { toArguments, toSentence } from './words.js';

/**
 * Routes and nexthop objects. A way comes before its group, and that before its routes, of which the best comes first and goes
 * last. What stays on its key but leads elsewhere is appended: to replace a route is to replace whichever has the key by then, and
 * netifd may have taken it a moment ago. Nobody takes the id of an object.
 */
export const KIND: Kind<Thing> = {
  key: (thing) => (isRoute(thing) ? routeKey(thing) : `nexthop ${thing.id}`),
  same: (a, b) => (isRoute(a) || isRoute(b) ? isRoute(a) && isRoute(b) && sameRoute(a, b) : sameObject(a, b)),
  ours: (thing) => (isRoute(thing) ? isOurs(thing) : isOurObject(thing)),
  rank: (thing) => (isRoute(thing) ? thing.metric : isGroup(thing) ? -1 : -2),
  renewal: (thing) => (isRoute(thing) ? 'append' : 'replace'),
  sentence: toSentence,
  command: (verb, thing) => ['ip', ...toArguments(verb, thing)],
};
