import type { Cure, Direction, Observation, Path, Problem, Qdisc, Shaper, Verdict } from '../../model.js';
import { isCake } from '../../observe/qdiscs.js';
import { devicesOf, ifbOf } from '../../shape/devices.js';
import type { Wanted } from '../actuator.js';
import { find, isOurFilter, isOurIfb, isOurIngress } from './find.js';
import { keyOf } from './kind.js';
import { rateFor } from './rate.js';
import { formerOf, GUEST, HANDLE, KERNEL, PREFERENCE, type Thing } from './thing.js';

/** What was refused, by its key: it is said, and not asked for again. */
export type Refused = ReadonlyMap<string, Problem>;

/**
 * CAKE for each line that a shaper is for, whatever probes say of the line: of our own where nobody else has one, or else the rate
 * of theirs. A line that is not there now has none.
 */
export function want(shapers: Shaper[], verdicts: Verdict[], seen: Observation, refused: Refused): Wanted<Thing> {
  const { links, queues } = seen;
  if (!queues) return { things: [], problems: [] };
  if (queues.obstacle !== undefined) {
    const isMeant = shapers.length > 0 || links.some(isOurIfb);
    const text = `the queues of lines cannot be seen, and stay as they are: ${queues.obstacle}`;
    // What hangs is there.
    const remedy: Cure[] = /^tc .*: no end/.test(queues.obstacle) ? [] : [{ install: 'tc' }];
    return { things: [], problems: isMeant ? [{ text, remedy }] : [] };
  }
  const paths = verdicts.map(({ path }) => path);
  const present = find(seen);
  const done = shapers.map((shaper): Wanted<Thing> => {
    const path = paths.find(({ wan }) => wan.name === shaper.wan);
    if (!path?.wan.enabled) return { things: [], problems: [] };
    const line = { shaper, path, seen, devices: devicesOf(shaper, paths, links) };
    const [up, down] = [wantCake(line, 'up'), wantArrivals(line)];
    return {
      // What stands on something that is refused is refused with it.
      things: [possible([...up.things], refused, present), possible([...down.things], refused, present)].flat(),
      problems: [...up.problems, ...down.problems].map((problem) => ({
        option: `shaper '${shaper.name}'`,
        ...problem,
      })),
    };
  });
  return {
    things: done.flatMap(({ things }) => things),
    problems: [...done.flatMap(({ problems }) => problems), ...refused.values()],
  };
}

interface Line {
  shaper: Shaper;
  path: Path;
  seen: Observation;
  devices: Partial<Record<Direction, string>>;
}

const NOTHING: Wanted<Thing> = { things: [], problems: [] };

/** CAKE at the root of the device of a direction, or the rate of that which somebody else has there. */
function wantCake({ shaper, seen, devices }: Line, direction: Direction, isOurs = false): Wanted<Thing> {
  const device = devices[direction];
  const isThere = isOurs || seen.links.some((link) => link.device === device);
  if (device === undefined || !isThere || !seen.queues) return NOTHING;
  const root = seen.queues.roots.find((root) => root.device === device);
  const [bounds, last] = [shaper.rates[direction] ?? {}, ofShaper(seen.queues.last, shaper)[direction]];
  const limit = (present?: Qdisc) => {
    const rate = rateFor(bounds, present, last);
    return rate === undefined ? {} : { rate };
  };
  const isFree = !root || root.handle === KERNEL || root.handle === HANDLE;
  const words = shaper.words?.[direction];
  if (isFree && words) {
    const own = root?.handle === HANDLE && root.kind === 'cake' ? root : undefined;
    const wanted = limit(own);
    const keeps = own && own.rate === wanted.rate ? { keeps: true } : {};
    return { things: [{ kind: 'cake', device, words, ...wanted, ...keeps }], problems: [] };
  }
  if (isFree) return { things: [], problems: [{ text: `there is no CAKE on ${device} whose rate could be steered` }] };
  if (!isCake(root))
    return {
      things: [],
      problems: [{ text: `${device} has a queue of somebody else (${root.kind}), which is left as it is` }],
    };
  const { kind, handle, rate } = root;
  const former = formerOf(seen.queues, root) ?? rate ?? 'unlimited';
  const text = `${device} has a CAKE of somebody else, as sqm-scripts: only its rate is steered`;
  return {
    things: [{ kind: 'rate', device, qdisc: { kind, handle }, ...limit(root), former }],
    problems: words ? [{ text, remedy: [`if that is meant: option existing '1'`] }] : [],
  };
}

/** What queues what comes by a line. */
function wantArrivals(line: Line): Wanted<Thing> {
  const { shaper, path, seen, devices } = line;
  const { queues } = seen;
  const [device, ifb] = [shaper.device ?? path.device, devices.down];
  if (ifb === undefined || device === undefined) return wantCake(line, 'down');
  const isOurs = shaper.ingress && 'ours' in shaper.ingress && ifb === ifbOf(device);
  if (!isOurs) return wantCake(line, 'down');
  if (!seen.links.some((link) => link.device === device)) return NOTHING;
  const arrivals = queues?.arrivals.find((one) => one.device === device);
  const foreign = arrivals?.filters.find((filter) => filter.to !== undefined && !isOurFilter(filter));
  if (foreign) {
    const text = `somebody else leads what comes by ${device} to ${foreign.to}, which is left as it is`;
    return {
      things: [],
      problems: [{ text, remedy: [`to steer the CAKE there: option download_device '${foreign.to}'`] }],
    };
  }
  const cake = wantCake(line, 'down', true);
  const isFree = !arrivals || (queues !== undefined && isOurIngress(arrivals, queues));
  const own = arrivals?.filters.find(isOurFilter);
  return {
    things: [
      { kind: 'ifb', device: ifb },
      ...cake.things,
      ...(isFree ? [{ kind: 'ingress' as const, device }] : []),
      { kind: 'redirect', device, to: ifb, preference: own?.preference ?? (isFree ? PREFERENCE : GUEST) },
    ],
    problems: cake.problems,
  };
}

function ofShaper<T extends object>(record: Record<string, T>, { name }: Shaper): Partial<T> {
  return Object.hasOwn(record, name) ? (record[name] as T) : {};
}

/** Those of a direction without what is refused and what stands on that; of what is refused, what is there stays as it is. */
function possible(things: Thing[], refused: Refused, present: Thing[]): Thing[] {
  const kept = things.map((thing) => {
    const key = keyOf(thing);
    return refused.has(key) ? present.find((other) => keyOf(other) === key) : thing;
  });
  return kept.includes(undefined) ? [] : (kept as Thing[]);
}
