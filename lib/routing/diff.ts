import type { Change, Route } from '../model.js';
import { isOurs, routeKey, sameRoute } from './route.js';

/**
 * What must change so that our routes are the wanted ones. Additions come first and removals last, so that at no moment
 * fewer routes are there than before and after; the best are added first and removed last, so that the traffic moves once.
 * Routes that are not ours are never in it; a key that one of them holds
 * must not be wanted.
 */
export function diff(wanted: Route[], routes: Route[]): Change[] {
  const ours = routes.filter(isOurs);
  const kept = new Set<Route>();
  const put: Change[] = [];
  for (const route of wanted) {
    const sameKey = ours.filter((candidate) => routeKey(candidate) === routeKey(route));
    const existing = sameKey.find((candidate) => sameRoute(candidate, route)) ?? sameKey[0];
    if (existing) kept.add(existing);
    if (!existing) put.push({ verb: 'add', route });
    else if (!sameRoute(existing, route)) put.push({ verb: 'replace', route });
  }
  const gone = ours.filter((route) => !kept.has(route)).map((route): Change => ({ verb: 'del', route }));
  return [...put.sort(byMetric), ...gone.sort(byMetric).reverse()];
}

function byMetric(a: Change, b: Change): number {
  return a.route.metric - b.route.metric;
}
