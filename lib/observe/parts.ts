import { PARTS } from '../actuators/routes/route.js';
import type { Route } from '../model.js';

/**
 * What `ip` is asked where table main is too long, as on a router that speaks BGP: routes to places that stand for all parts of the
 * Internet, which are all that concern us.
 */
export const QUESTIONS = PARTS.map((part) => `route show table main match ${part.split('/')[0]}/8`);

/** The answers as one; undefined if there is one that is not understood. Routes to one place of each part are in several. */
export function joinRoutes(answers: (Route[] | undefined)[]): Route[] | undefined {
  const known = new Map<string, Route>();
  for (const routes of answers) {
    if (!routes) return undefined;
    for (const route of routes) known.set(JSON.stringify(route), route);
  }
  return [...known.values()];
}
