import { isDeviceName } from '../../config/values.js';
import { nameOfWan } from '../../family.js';
import type { Intent, Observation, Path, Problem, Rule, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { makeRoute } from '../routes/make.js';
import { DEFAULT, HALVES, PARTS, prefixLength } from '../routes/route.js';
import type { WayThing } from '../tables/thing.js';
import type { Marked } from './chain.js';
import type { Leading } from './leads.js';
import { addressesOf, type Line, lineOf, twinAddresses } from './lines.js';
import { marksOf } from './marks.js';
import { askedBy, whyNoLeads, whyNoMarks } from './obstacle.js';
import { type Places, placesOfAnswers, placesOfFlows } from './places.js';
import type { Thing } from './thing.js';

/** Table main by number, as `ip -N` prints it (linux/rtnetlink.h). */
const MAIN = '254';
const ALL_BITS = 2 ** 32 - 1;
/** Bits of the prefix that all of the IPv6 Internet is in (2000::/3, RFC 4291, 2.4): no network has as few. */
const MOST_OF_IPV6 = 3;
/** What `ip -6 route` gives a route that says none: it takes 0 for that. */
const METRIC6 = 1024;

type Selector = Pick<Rule, 'from' | 'mark' | 'mask'> & { places: Places };

/** What leads packets, whatever family they are of. */
export interface Led {
  /** Tables, and the rules to them. */
  ways: WayThing[];
  /** WANs that answer what comes in by them. */
  answering: Marked[];
  /** How flows are led. Absent: none is told from another. */
  leading?: Leading;
  problems: Problem[];
}

/** What leads answers by the line that a connection came in by, and flows by the line that was chosen for them, in IPv4. */
export function want(intent: Intent, verdicts: Verdict[], seen: Observation, lack?: Problem): Wanted<Thing> {
  const { ways, answering, leading, problems } = ledBy(intent, verdicts, seen, lack);
  const marks = answering.length > 0 || leading ? [marksOf(answering, leading)] : [];
  return { things: [...ways, ...marks], problems };
}

/**
 * The same in words of no program.
 *
 * @param verdicts every configured WAN, in the order of the configuration
 * @param seen what there is of their family
 * @param lack why nothing can be marked
 * @param canTake whether a line takes flows of sources that are not its own. Absent: all do
 */
export function ledBy(
  intent: Intent,
  verdicts: Verdict[],
  seen: Observation,
  lack?: Problem,
  canTake: (path: Path) => boolean = () => true,
): Led {
  const asking = verdicts.filter(({ path, refused }) => path.wan.enabled && path.wan.inbound && !refused);
  const nothing = { ways: [], answering: [] };
  if (asking.length === 0) return { ...nothing, problems: [] };
  const wans = asking.map(({ path }) => path.wan);
  if (!seen.tables) {
    const text = `option ${askedBy(wans)}: 'ip' does not show routes of other tables`;
    return { ...nothing, problems: [{ text }] };
  }
  const obstacle = lack ?? whyNoMarks(wans, seen);
  const leadless = obstacle ? undefined : whyNoLeads(wans, seen);
  // Where no line is up, all stays as it is: nothing is better.
  const isHeld = !verdicts.some(({ usable, status }) => usable && status === 'up');
  const isSix = wans.some(({ family }) => family);
  const suppress = isSix ? MOST_OF_IPV6 : Math.max(...(intent.sticky ? PARTS : HALVES).map(prefixLength));
  const [first, last] = [placesOfAnswers(seen.rules), placesOfFlows(suppress, seen.rules)];
  const canLead = last !== undefined && !leadless;
  const lines = asking.map((verdict) => lineOf(verdict, !obstacle, canLead && canTake(verdict.path), isHeld));
  const family = isSix ? { family: 6 as const } : {};
  const ways = lines.flatMap((line): WayThing[] => {
    const { path, inbound, usable } = line;
    const selectors = selectorsOf(line, first, last, seen);
    const table = `${inbound.table}`;
    const route = { ...makeRoute(DEFAULT, isSix ? METRIC6 : 0, [{ path, weight: 1 }]), ...family, table };
    return [
      ...(usable && (selectors.length > 0 || !inbound.unanswered) ? [{ kind: 'route' as const, route }] : []),
      ...selectors.flatMap(({ places: [main, own], ...selector }): WayThing[] => [
        // Whatever is no default leads as it always does: to the LAN above all.
        { ...{ kind: 'rule', ...family, priority: main, table: MAIN }, ...selector, suppress },
        { ...{ kind: 'rule', ...family, priority: own, table }, ...selector },
      ]),
    ];
  });
  const answering = lines.flatMap(({ answers }) => answers ?? []);
  const enabled = verdicts.map(({ path }) => path).filter(({ wan }) => wan.enabled);
  const leading = leadingOf(lines, enabled, intent);
  return {
    ...{ ways, answering, ...(leading && { leading }) },
    problems: [
      ...[obstacle, leadless].flatMap((problem) => problem ?? []),
      ...lines.flatMap((line) => twinAddresses(line, seen)),
    ],
  };
}

function selectorsOf(
  { path, answers, flows, byAddress }: Line,
  first: Places,
  last: Places | undefined,
  seen: Observation,
): Selector[] {
  return [
    // Who has marked a packet wants it to go by that.
    ...(byAddress ? addressesOf(path, seen).own.map((from) => ({ from, mark: 0, mask: ALL_BITS, places: first })) : []),
    ...(answers ? [{ mark: answers.mark, mask: answers.mask, places: first }] : []),
    ...(flows && last ? [{ mark: flows.mark, mask: ALL_BITS, places: last }] : []),
  ];
}

/**
 * How flows are led; undefined where none can be. A class without a WAN is shared as all others are.
 *
 * @param paths of all WANs
 */
function leadingOf(lines: Line[], paths: Path[], { shares, leads, steers = [] }: Intent): Leading | undefined {
  const staying = lines.flatMap(({ flows }) => flows ?? []);
  const [{ mask } = { mask: 0 }] = staying;
  if (staying.length === 0) return undefined;
  // Flows are told where they go by the name of a WAN, whichever family they are of.
  const sharing = staying.filter(({ name }) => shares.some(({ path }) => nameOfWan(path.wan) === name));
  const devicesOf = (some: Path[]) => some.flatMap(({ device = '' }) => (isDeviceName(device) ? [device] : []));
  return {
    devices: devicesOf(paths),
    staying,
    leads: (leads?.choices ?? []).flatMap(({ of, name }) => {
      const dscp = leads?.classes[of] ?? [];
      return dscp.length > 0 ? sharing.filter((line) => line.name === name).map((line) => ({ of, dscp, line })) : [];
    }),
    steers: steers.flatMap(({ name, match, from, by }) =>
      sharing
        .filter((line) => line.name === by)
        .map((line) => ({
          name,
          match,
          line,
          devices: devicesOf(paths.filter((path) => from.includes(nameOfWan(path.wan)))),
        })),
    ),
    mask,
  };
}
