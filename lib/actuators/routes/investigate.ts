import { change } from '../../diff.js';
import type { Change, Path, Route, View } from '../../model.js';
import type { Finding, Refusal } from '../actuator.js';
import { isOurObject } from './group.js';
import { KIND } from './kind.js';
import { PROTOCOL, usesDevice } from './route.js';
import { groupRefused, noResilientGroup } from './sticky.js';
import { isGroup, isRoute, type Thing } from './thing.js';

type Apply = (changes: Change<Thing>[]) => Promise<Refusal | undefined>;

/** The metric behind all others, and the last id of a nexthop object. */
const HIGHEST = 2 ** 32 - 1;

/** Why the kernel refuses a change: it has no resilient groups, or it does not want a WAN's route. */
export async function investigate(
  { thing }: Change<Thing>,
  reason: string,
  view: View,
  apply: Apply,
): Promise<Finding> {
  if (isRoute(thing) ? thing.group !== undefined : isGroup(thing)) {
    const lasting = !(await takesGroups(view, apply));
    return { lack: lasting ? noResilientGroup(reason) : groupRefused(reason), lasting };
  }
  if (isRoute(thing)) return { paths: await findRefused(thing, view, apply) };
  return { paths: view.paths.filter(({ device }) => !isGroup(thing) && device === thing.hop.device) };
}

/** Does the kernel take what is there only for a moment? */
async function takes(thing: Thing, apply: Apply): Promise<boolean> {
  if (await apply([change(KIND, 'add', thing)])) return false;
  await apply([change(KIND, 'del', thing)]);
  return true;
}

/** Does the kernel take resilient groups at all? One with a single way tells, and goes again. */
async function takesGroups({ seen: { objects = [] } }: View, apply: Apply): Promise<boolean> {
  const way = objects.find((object) => isOurObject(object) && !isGroup(object));
  // There is nothing to try it with: the next round asks again.
  if (!way) return true;
  let id = HIGHEST;
  while (objects.some((other) => other.id === id)) id -= 1;
  return takes({ id, protocol: PROTOCOL, members: [{ id: way.id, weight: 1 }] }, apply);
}

/** The WANs that the kernel does not want in a route. It refuses a multipath route as a whole and does not say for whom. */
async function findRefused(route: Route, { paths, seen }: View, apply: Apply): Promise<Path[]> {
  const members = paths.filter((path) => usesDevice(route, path.device));
  if (members.length < 2) return members;
  let metric = HIGHEST;
  while (seen.routes.some((other) => other.metric === metric)) metric -= 1;
  const refused: Path[] = [];
  for (const member of members) {
    const nexthops = route.nexthops.filter((hop) => hop.device === member.device);
    if (!(await takes({ ...route, metric, nexthops }, apply))) refused.push(member);
  }
  return refused.length > 0 ? refused : members;
}
