import { diffObjects, diffRoutes } from '../../diff.js';
import type { Change, Config, Observation, Problem, Route, Status, Uplink } from '../../model.js';
import { GROUP_ID, isOurObject, throughGroup } from './group.js';
import { DEFAULT, HALVES, isOurs, outranks, PARTS, prefixLength } from './route.js';
import { longestPrefix, suppressors } from './rules.js';
import { wanted } from './want.js';

/** How the WANs are to be used. */
export type Course = Pick<Config, 'mode' | 'sticky'>;

/** What is there already. */
export type Table = Pick<Observation, 'routes' | 'objects' | 'rules'>;

/** Bits of the longest prefix among the parts. */
const LONGEST_PART = 8;

/** What is to be done, in this order, and what stands in the way. */
export interface Plan {
  changes: Change[];
  problems: Problem[];
}

/**
 * What must change so that the table is what these verdicts ask for.
 *
 * @param refused names of WANs whose route the kernel did not accept
 * @param noGroup why flows cannot be kept where they are: then they are shared as well as can be
 */
export function plan(
  course: Course,
  uplinks: Uplink[],
  seen: Table,
  statuses: ReadonlyMap<string, Status>,
  refused: ReadonlySet<string> = new Set(),
  noGroup = whyNoGroup(course, uplinks, seen),
): Plan {
  const sticky = isSticky(course) && noGroup === undefined;
  const mode = sticky ? 'sticky' : course.mode;
  const asked = wanted(mode, uplinks, seen.routes, statuses, refused, longestPrefix(seen.rules));
  const grouped = throughGroup(asked, uplinks, seen.objects ?? [], sticky);
  const { before, after } = diffObjects(grouped.objects, seen.objects ?? []);
  return {
    changes: [...before, ...diffRoutes(grouped.routes, seen.routes), ...after],
    problems: [...asked.conflicts, ...(noGroup === undefined || !isSticky(course) ? [] : [noGroup])],
  };
}

function isSticky({ mode, sticky }: Course): boolean {
  return mode === 'multiuplink' && sticky;
}

/** Why flows cannot be kept where they are, if that is wanted. */
export function whyNoGroup(course: Course, uplinks: Uplink[], seen: Table): Problem | undefined {
  if (!isSticky(course)) return undefined;
  const option = 'option sticky';
  if (!seen.objects) {
    const remedy = ['on OpenWrt 24.10: opkg update && opkg install ip-full; on 25.12: apk add ip-full'];
    return { option, text: "this 'ip' or kernel has no nexthop objects; flows are shared, but move", remedy };
  }
  const taken = seen.objects.find(
    (object) => !isOurObject(object) && object.id >= GROUP_ID && object.id <= GROUP_ID + uplinks.length,
  );
  if (taken) return { option, text: `somebody else has nexthop ${taken.id}; flows are shared, but move` };
  const metric = Math.min(...uplinks.filter(({ wan }) => wan.enabled).map(({ wan }) => wan.metric));
  const held = seen.routes.find(
    (route) => !isOurs(route) && route.metric === metric && PARTS.includes(route.destination),
  );
  if (held) {
    const text = `somebody else has a route to ${held.destination} with metric ${metric}; flows are shared, but move`;
    return { option, text, remedy: ['give the WANs other metrics'] };
  }
  return whyNoParts(seen, metric);
}

/** A group needs routes to parts of the Internet. They are longer than what somebody else may have for a good reason. */
function whyNoParts({ routes, rules = [] }: Table, metric: number): Problem | undefined {
  const option = 'option sticky';
  const [rule] = suppressors(rules).filter(({ suppress = 32 }) => suppress < LONGEST_PART);
  if (rule) {
    const text = `a VPN or a policy lets only longer routes of table main count (ip rule, priority ${rule.priority}); flows are shared, but move`;
    return { option, text };
  }
  const parts = PARTS.map((destination) => ({ destination, metric }) as Route);
  const outranked = routes.find(
    (route) =>
      !isOurs(route) &&
      ![DEFAULT, ...HALVES].includes(route.destination) &&
      prefixLength(route.destination) <= LONGEST_PART &&
      parts.some((part) => outranks(part, route)),
  );
  if (!outranked) return undefined;
  const text = `somebody else has a route to ${outranked.destination}, which must stay in charge of it; flows are shared, but move`;
  return { option, text };
}

/**
 * So it is until the kernel has started again: it is not asked a second time.
 *
 * @param reason its words, if it was asked just now
 */
export function noResilientGroup(reason?: string): Problem {
  const text = 'the kernel takes no resilient group of nexthops; flows are shared, but move';
  return { option: 'option sticky', text, ...(reason === undefined ? {} : { remedy: reason.split('\n') }) };
}

/** It takes such groups, but did not take ours. @param reason its words */
export function groupRefused(reason: string): Problem {
  const text = 'the group of nexthops was refused; flows are shared, but move; the next round tries again';
  return { option: 'option sticky', text, remedy: reason.split('\n') };
}
