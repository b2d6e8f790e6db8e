import { isGroup, isOurObject, sameObject } from './actuators/routes/group.js';
import { isOurs, routeKey, sameRoute } from './actuators/routes/route.js';
import type { Change, NexthopObject, Route, RouteVerb } from './model.js';

type RouteChange = { verb: RouteVerb; route: Route };

/**
 * What must change so that our routes are the wanted ones. Additions come first and removals last, so that at no moment
 * fewer routes are there than before and after; the best are added first and removed last, so that the traffic moves once.
 * Routes that are not ours are never in it; a key that one of them holds must not be wanted.
 *
 * What stays on its key but leads elsewhere is appended, and the old one removed: to replace a route is to replace whichever
 * has the key by then, and netifd may have taken it a moment ago.
 */
export function diffRoutes(wanted: Route[], routes: Route[]): Change[] {
  const ours = routes.filter(isOurs);
  const kept = new Set<Route>();
  const put: RouteChange[] = [];
  for (const route of wanted) {
    const sameKey = ours.filter((candidate) => routeKey(candidate) === routeKey(route));
    const existing = sameKey.find((candidate) => sameRoute(candidate, route));
    if (existing) kept.add(existing);
    else put.push({ verb: sameKey.length > 0 ? 'append' : 'add', route });
  }
  const gone = ours.filter((route) => !kept.has(route)).map((route): RouteChange => ({ verb: 'del', route }));
  return [...put.sort(byMetric), ...gone.sort(byMetric).reverse()];
}

function byMetric(a: RouteChange, b: RouteChange): number {
  return a.route.metric - b.route.metric;
}

/**
 * What must change so that our nexthop objects are the wanted ones: `before` the routes that need them, and `after` those
 * that need them no more. A way is made before its group, and goes after it. Objects of others are never in it.
 */
export function diffObjects(wanted: NexthopObject[], objects: NexthopObject[]): { before: Change[]; after: Change[] } {
  const ours = objects.filter(isOurObject);
  const before = wanted.flatMap((object): Change[] => {
    const existing = ours.find(({ id }) => id === object.id);
    if (existing && sameObject(existing, object)) return [];
    return [{ verb: existing ? 'replace' : 'add', object }];
  });
  const gone = ours.filter(({ id }) => !wanted.some((object) => object.id === id));
  const ordered = [...gone.filter(isGroup), ...gone.filter((object) => !isGroup(object))];
  return { before, after: ordered.map((object) => ({ verb: 'del', object })) };
}
