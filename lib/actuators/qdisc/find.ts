import type { Arrivals, Link, Observation, Queues } from '../../model.js';
import { isCake } from '../../observe/qdiscs.js';
import { PREFIX } from '../../shape/devices.js';
import { GROUP } from './group.js';
import { formerOf, GUEST, HANDLE, PREFERENCE, placeOf, type Thing } from './thing.js';

type Seen = Pick<Observation, 'links' | 'queues'>;

/** What there is of ours; nothing where it cannot be seen. */
export function find({ links, queues }: Seen): Thing[] {
  if (!queues || queues.obstacle !== undefined) return [];
  return [
    ...links.filter(isOurIfb).map(({ device }): Thing => ({ kind: 'ifb', device })),
    ...queues.roots.flatMap((root): Thing[] => {
      const { device, kind, handle, rate, words = [] } = root;
      const limit = rate === undefined ? {} : { rate };
      if (!isCake(root)) return [];
      if (handle === HANDLE) return [{ kind: 'cake', device, words, ...limit }];
      const former = formerOf(queues, root);
      return former === undefined ? [] : [{ kind: 'rate', device, qdisc: { kind, handle }, ...limit, former }];
    }),
    ...queues.arrivals.flatMap((one): Thing[] => {
      const { device, filters } = one;
      const own = filters
        .filter(isOurFilter)
        .map(({ preference, to = '' }): Thing => ({ kind: 'redirect', device, to, preference }));
      return isOurIngress(one, queues) ? [{ kind: 'ingress', device }, ...own] : own;
    }),
  ];
}

export function isOurIfb({ device, group }: Pick<Link, 'device' | 'group'>): boolean {
  return group === GROUP && device.startsWith(PREFIX);
}

export function isOurFilter({ preference, to }: { preference: number; to?: string }): boolean {
  return (preference === PREFERENCE || preference === GUEST) && to?.startsWith(PREFIX) === true;
}

/**
 * It bears no mark: our filter in it says whose it is, and as long as that is not there, what we remember. With a filter of somebody
 * else in it, it is not ours to remove.
 */
export function isOurIngress({ device, kind, filters }: Arrivals, { former }: Queues): boolean {
  return (
    kind === 'ingress' &&
    (filters.length > 0 || Object.hasOwn(former, placeOf(device))) &&
    filters.every((filter) => isOurFilter(filter) && filter.preference === PREFERENCE)
  );
}
