import type { Intent, Observation, Path, Problem, Route } from '../../model.js';
import { GROUP_ID, isOurObject } from './group.js';
import { DEFAULT, HALVES, isOurs, outranks, PARTS } from './route.js';
import { suppressors } from './rules.js';

type Seen = Pick<Observation, 'routes' | 'objects' | 'rules'>;

/** The option that is about it. */
export const STICKY = 'option sticky';

/** Bits of the longest prefix among the parts. */
const LONGEST_PART = 8;

/** Why flows cannot be kept where they are, if that is wanted. */
export function whyNoGroup(
  { sticky, highest }: Pick<Intent, 'sticky' | 'highest'>,
  paths: Path[],
  seen: Seen,
): Problem | undefined {
  if (!sticky || !Number.isFinite(highest)) return undefined;
  if (!seen.objects) {
    const text = "this 'ip' or kernel has no nexthop objects; flows are shared, but move";
    return { option: STICKY, text, remedy: [{ install: 'ip' }] };
  }
  const taken = seen.objects.find(
    (object) => !isOurObject(object) && object.id >= GROUP_ID && object.id <= GROUP_ID + paths.length,
  );
  if (taken) return { option: STICKY, text: `somebody else has nexthop ${taken.id}; flows are shared, but move` };
  const held = seen.routes.find(
    (route) => !isOurs(route) && route.metric === highest && PARTS.includes(route.destination),
  );
  if (held) {
    const text = `somebody else has a route to ${held.destination} with metric ${highest}; flows are shared, but move`;
    return { option: STICKY, text, remedy: ['give the WANs other metrics'] };
  }
  return whyNoParts(seen, highest);
}

/** A group needs routes to parts of the Internet. They are longer than what somebody else may have for a good reason. */
function whyNoParts({ routes, rules = [] }: Seen, metric: number): Problem | undefined {
  const [rule] = suppressors(rules).filter(({ suppress = 32 }) => suppress < LONGEST_PART);
  if (rule) {
    const text = `a VPN or a policy lets only longer routes of table main count (ip rule, priority ${rule.priority}); flows are shared, but move`;
    return { option: STICKY, text };
  }
  const parts = PARTS.map((destination) => ({ destination, metric }) as Route);
  const outranked = routes.find(
    (route) =>
      !isOurs(route) &&
      ![DEFAULT, ...HALVES].includes(route.destination) &&
      parts.some((part) => outranks(part, route)),
  );
  if (!outranked) return undefined;
  const text = `somebody else has a route to ${outranked.destination}, which must stay in charge of it; flows are shared, but move`;
  return { option: STICKY, text };
}

/**
 * So it is until the kernel has started again: it is not asked a second time.
 *
 * @param reason its words, if it was asked just now
 */
export function noResilientGroup(reason?: string): Problem {
  const text = 'the kernel takes no resilient group of nexthops; flows are shared, but move';
  return { option: STICKY, text, ...(reason === undefined ? {} : { remedy: reason.split('\n') }) };
}

/** It takes such groups, but did not take ours. @param reason its words */
export function groupRefused(reason: string): Problem {
  const text = 'the group of nexthops was refused; flows are shared, but move; the next round tries again';
  return { option: STICKY, text, remedy: reason.split('\n') };
}
