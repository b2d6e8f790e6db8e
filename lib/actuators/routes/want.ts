import type { Intent, Observation, Path, Problem, Route, Share, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { hasSourceOfItsOwn } from './attributes.js';
import { throughGroup } from './group.js';
import { makeRoute } from './make.js';
import { chooseShape, withoutConflicts } from './precedence.js';
import { probeRoutes } from './probes.js';
import { isDefault, isOurs, isSteering, routeKey } from './route.js';
import { longestPrefix } from './rules.js';
import { whyNoGroup } from './sticky.js';
import type { Thing } from './thing.js';

/** What is there already. */
type Seen = Pick<Observation, 'routes' | 'objects' | 'rules'>;

/**
 * The routes that should exist for an intent, and the nexthop objects that they lead through.
 *
 * @param verdicts every configured WAN, in the order of the configuration
 * @param noGroup why flows cannot be kept where they are: then they are shared as well as can be
 */
export function want(
  intent: Intent,
  verdicts: Verdict[],
  seen: Seen,
  noGroup = whyNoGroup(
    intent,
    verdicts.map(({ path }) => path),
    seen,
  ),
): Wanted<Thing> {
  const sticky = intent.sticky && noGroup === undefined;
  const asked = wantRoutes(intent, verdicts, seen, sticky);
  const paths = verdicts.map(({ path }) => path);
  const { objects, routes } = throughGroup(asked, paths, seen.objects ?? [], sticky);
  return {
    things: [...objects, ...routes],
    problems: [...asked.problems, ...(noGroup === undefined || !intent.sticky ? [] : [noGroup])],
  };
}

/** The paths that carry traffic by routes of ours. */
export function carrying(paths: Path[], routes: Route[]): Path[] {
  const ours = routes.filter(isSteering);
  return paths.filter((path) => ours.some((route) => mayLeadTo(route, path, paths)));
}

/** Where nobody can say which device a WAN has, as while netifd is silent or has it down, one that no other has may be its. */
function mayLeadTo({ nexthops }: Route, { device }: Path, paths: Path[]): boolean {
  return nexthops.some((hop) =>
    device === undefined ? !paths.some((path) => path.device === hop.device) : hop.device === device,
  );
}

/**
 * By the rules of the overlay: a default for every rank, over every default of the WANs' devices that is not ours, under every default
 * of anybody else, and a last-choice default for the others so that they can be probed.
 *
 * @param sticky the routes of a rank can lead through a group
 */
function wantRoutes(intent: Intent, verdicts: Verdict[], { routes, rules }: Seen, sticky: boolean) {
  const paths = verdicts.map(({ path }) => path);
  const foreign = routes.filter((route) => isDefault(route) && !isOurs(route));
  const held = routes.filter((route) => isSteering(route) && intent.held.some((path) => mayLeadTo(route, path, paths)));
  const ranks = [...new Set(intent.shares.map(({ rank }) => rank))].map((rank) => membersOf(intent.shares, rank));
  const shape = chooseShape(paths, foreign, intent.highest, sticky, longestPrefix(rules));
  const asked = shape.destinations.flatMap((destination) =>
    ranks.map(({ rank, members }) => makeRoute(destination, rank, members)),
  );
  const { allowed, conflicts } = withoutConflicts(asked, paths, foreign, shape.conflicts.length > 0);
  const steering = uniqueKeys([...allowed, ...held]);
  const usable = verdicts.filter((verdict) => verdict.usable).map(({ path }) => path);
  const left = ranks.flatMap((rank) => rank.left.map(withoutShare));
  return {
    routes: [...steering, ...probeRoutes(paths, usable, steering, foreign)],
    held,
    problems: intent.shares.length > 0 ? [...shape.conflicts, ...conflicts, ...left] : [],
  };
}

/**
 * Who shares a route. The members keep the order of the configuration, as another order would move all flows. Those whose default has
 * a source of its own share among themselves no better than with others: one route has one source.
 */
function membersOf(shares: Share[], rank: number): { rank: number; members: Share[]; left: Share[] } {
  const all = shares.filter((share) => share.rank === rank);
  if (all.length === 1) return { rank, members: all, left: [] };
  const odd = all.filter(({ path }) => hasSourceOfItsOwn(path));
  if (odd.length === all.length) return { rank, members: odd.slice(0, 1), left: odd.slice(1) };
  return { rank, members: all.filter((share) => !odd.includes(share)), left: odd };
}

function withoutShare({ path: { wan, attributes } }: Share): Problem {
  return {
    option: `interface '${wan.name}'`,
    text: `the system's default through it has src ${attributes?.src}, which a shared route cannot have; it has no share`,
  };
}

function uniqueKeys(routes: Route[]): Route[] {
  const keys = routes.map(routeKey);
  return routes.filter((route, i) => keys.indexOf(routeKey(route)) === i);
}
