import { isGroup, isOurObject } from './actuators/routes/group.js';
import { type Course, groupRefused, noResilientGroup, plan } from './actuators/routes/plan.js';
import { PROTOCOL, usesDevice } from './actuators/routes/route.js';
import { toArguments, toSentence } from './actuators/routes/words.js';
import type { Change, Problem, Route, Status, Uplink } from './model.js';
import type { Platform } from './platform/platform.js';
import type { View } from './view.js';

export interface Steered {
  /** As it is afterwards. */
  view: View;
  /** What was done; in a dry run, what would be. */
  changes: Change[];
  problems: Problem[];
  /** Something could not be done. */
  refused: boolean;
  /** The kernel was asked, and takes no resilient group. */
  groupless: boolean;
}

export interface Helm {
  course: Course;
  /** Why flows cannot be kept where they are, if that is known. */
  noGroup?: Problem | undefined;
  platform: Platform;
  look(): Promise<View>;
  /** Told before changes are made. */
  changing(changes: Change[]): void;
  /** Plan only. */
  dryRun: boolean;
}

/** The metric behind all others, and the last id of a nexthop object. */
const HIGHEST = 2 ** 32 - 1;
/** How often the table may change under our hands within one round before we leave it to the next. */
const PATIENCE = 3;

/**
 * Brings the routes in line with verdicts: wanted, diff, apply, and another look at what came of it. A WAN whose route the
 * kernel refuses is left out, and the rest is planned again without it: so nothing is removed for a route that is not
 * there. It takes two refusals: after the first, the route may be there already, from another round at the same time.
 */
export async function steer(helm: Helm, first: View, statuses: ReadonlyMap<string, Status>): Promise<Steered> {
  const refusals = new Map<string, Problem>();
  let { noGroup } = helm;
  let groupless = false;
  const doubts = new Set<string>();
  const made: Change[] = [];
  let view = first;
  let reason = 'the next round tries again';
  for (let tries = 0; ; tries++) {
    const refused = new Set(refusals.keys());
    const { changes, problems: conflicts } = plan(helm.course, view.uplinks, view.seen, statuses, refused, noGroup);
    const problems = [...conflicts, ...refusals.values()];
    if (helm.dryRun) return { view, changes, problems, refused: false, groupless };
    if (changes.length === 0) return { view, changes: made, problems, refused: refusals.size > 0, groupless };
    if (tries >= PATIENCE + 2 * view.uplinks.length) {
      return { view, changes: made, problems: [...problems, notKept(changes, reason)], refused: true, groupless };
    }
    helm.changing(changes);
    const refusal = await helm.platform.apply(changes);
    made.push(...changes.slice(0, refusal?.index));
    view = await helm.look();
    if (!refusal) continue;
    reason = refusal.reason;
    const change = changes[refusal.index];
    if (!change || change.verb === 'del') continue;
    const words = toSentence(change);
    if (doubts.has(words)) {
      if (needsGroup(change)) {
        groupless = !(await takesGroups(helm.platform, view));
        noGroup = groupless ? noResilientGroup(reason) : groupRefused(reason);
      } else
        for (const { wan } of await blame(helm.platform, change, view))
          refusals.set(wan.name, wasRefused(change, reason));
    }
    doubts.add(words);
  }
}

/** Whose fault a refused change is. */
async function blame(platform: Platform, change: Change, view: View): Promise<Uplink[]> {
  if ('route' in change) return findRefused(platform, change.route, view);
  const { object } = change;
  return isGroup(object) ? [] : view.uplinks.filter(({ device }) => device === object.hop.device);
}

function needsGroup(change: Change): boolean {
  return 'route' in change ? change.route.group !== undefined : isGroup(change.object);
}

/** Does the kernel take resilient groups at all? One with a single way tells, and goes again. */
async function takesGroups(platform: Platform, { seen: { objects = [] } }: View): Promise<boolean> {
  const way = objects.find((object) => isOurObject(object) && !isGroup(object));
  // There is nothing to try it with: the next round asks again.
  if (!way) return true;
  let id = HIGHEST;
  while (objects.some((other) => other.id === id)) id -= 1;
  const group = { id, protocol: PROTOCOL, members: [{ id: way.id, weight: 1 }] };
  if (await platform.apply([{ verb: 'add', object: group }])) return false;
  await platform.apply([{ verb: 'del', object: group }]);
  return true;
}

/** The WANs that the kernel does not want in a route. It refuses a multipath route as a whole and does not say for whom. */
async function findRefused(platform: Platform, route: Route, { uplinks, seen }: View): Promise<Uplink[]> {
  const members = uplinks.filter((uplink) => usesDevice(route, uplink.device));
  if (members.length < 2) return members;
  let metric = HIGHEST;
  while (seen.routes.some((other) => other.metric === metric)) metric -= 1;
  const refused: Uplink[] = [];
  for (const member of members) {
    const nexthops = route.nexthops.filter((hop) => hop.device === member.device);
    const alone = { ...route, metric, nexthops };
    if (await platform.apply([{ verb: 'add', route: alone }])) refused.push(member);
    else await platform.apply([{ verb: 'del', route: alone }]);
  }
  return refused.length > 0 ? refused : members;
}

function wasRefused(change: Change, reason: string): Problem {
  return { text: `ip ${toArguments(change).join(' ')}: refused`, remedy: reason.split('\n') };
}

function notKept(changes: Change[], reason: string): Problem {
  const [first, ...more] = changes.map((change) => `ip ${toArguments(change).join(' ')}`);
  const rest = more.length > 0 ? ` and ${more.length} more` : '';
  return { text: `the routing table does not take or keep this: ${first}${rest}`, remedy: reason.split('\n') };
}
