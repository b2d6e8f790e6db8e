import { isIPv4 } from '../../address.js';
import type { Observation, Path, Route } from '../../model.js';
import { DEFAULT, HALVES, isOurs, outranks, PARTS, usesDevice } from './route.js';
import { rulesBeforeMain } from './rules.js';

/**
 * Leaves out each tunnel whose own packets would be led into it as soon as it carries the traffic: it dies of that, answers again
 * when it carries none any more, and so on for ever. A route to its server that none of ours can outrank prevents it.
 */
export function withoutLoops(paths: Path[], seen: Pick<Observation, 'routes' | 'rules' | 'partial'>): Path[] {
  return paths.map((path) => {
    if (!path.wan.enabled || seen.partial || !isLoop(path, seen)) return path;
    return leftOut(path);
  });
}

/** A tunnel that would be led into itself, as one that is not used. */
export function leftOut(path: Path): Path {
  const unusable = `its server ${path.link?.server} has no route of its own and would be led into the tunnel`;
  return { ...path, wan: { ...path.wan, enabled: false, unusable }, loop: true };
}

function isLoop({ link, device }: Path, { routes, rules = [] }: Pick<Observation, 'routes' | 'rules'>): boolean {
  // One of IPv6 is led by routes of its own.
  if (link?.server === undefined || !isIPv4(link.server)) return false;
  // Its packets may have a mark, by which a rule gives them a table of their own.
  if (link.opaque && rulesBeforeMain(rules).some(({ main, conditional }) => conditional && !main)) return false;
  // Before any route to the same destination.
  const toServer = { destination: link.server, metric: -1 } as Route;
  return !routes.some(
    (route) =>
      !isOurs(route) &&
      route.nexthops.length > 0 &&
      !usesDevice(route, device) &&
      outranks(toServer, route) &&
      [DEFAULT, ...HALVES, ...PARTS].every((destination) => !outranks({ ...toServer, destination }, route)),
  );
}
