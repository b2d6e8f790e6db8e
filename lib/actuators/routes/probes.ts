import type { Path, Route } from '../../model.js';
import { barrierBefore, barriers } from './bound.js';
import { makeRoute } from './make.js';
import { coverAll, DEFAULT, HALVES, inCharge, PROBE_METRIC, usesDevice } from './route.js';

const MAX_METRIC = 2 ** 32 - 1;

/** A default of last choice for whoever has none at all, so that `ping -I` leaves through its gateway. */
export function probeRoutes(paths: Path[], usable: Path[], steering: Route[], foreign: Route[]): Route[] {
  // The kernel takes a default that leads nowhere for every device: a probe must come before it, unless it is in charge.
  if (inCharge([...steering, ...foreign]).some((route) => route.type !== 'unicast')) return [];
  const wall = Math.min(
    MAX_METRIC,
    ...foreign.filter((route) => route.type !== 'unicast').map((route) => route.metric - 1),
  );
  const before = foreign.filter((route) => route.metric <= wall);
  const lowest = Math.max(PROBE_METRIC, ...before.map((route) => route.metric + 1));
  const stops = barriers(foreign);
  const isReached = (path: Path, routes: Route[]) =>
    coverAll(routes.filter((route) => usesDevice(route, path.device) && !barrierBefore(route, path.device, stops)));
  // In halves, too, if what carries the traffic is at least as long: then it goes first by its metric.
  const halved = steering.some(({ destination }) => destination !== DEFAULT);
  const shapes = [[DEFAULT], ...(halved ? [HALVES] : [])];
  return usable
    .filter((path) => !isReached(path, [...steering, ...foreign]))
    .flatMap((path) => {
      const made = shapes.map((shape) =>
        shape.map((destination) => makeRoute(destination, lowest + paths.indexOf(path), [{ path, weight: 1 }])),
      );
      return made.find((routes) => isReached(path, routes)) ?? [];
    })
    .filter((route) => route.metric <= wall);
}
