import { isSix } from '../../family.js';
import type { Endpoint, Intent, Observation, Path, Problem, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { bondOf } from './bond.js';
import { isAddress6, isOurs, MOST, type Thing } from './thing.js';

/**
 * An endpoint for each line that is up, as a backup where the line would slow the others down; and an end to what began on a line
 * that is dead: the kernel would wait for it far longer than the line is. Where none of a family is up, or nothing is known of a
 * line, what is there stays: nothing is better.
 *
 * @param verdicts those of IPv4, then those of IPv6, each in the order of the configuration
 * @param lack why the limit cannot be raised
 */
export function want(_: Intent, verdicts: Verdict[], { mptcp, six }: Observation, lack?: Problem): Wanted<Thing> {
  if (!mptcp) {
    const text = "option mptcp: this kernel or 'ip' has no MPTCP; each connection uses one line";
    const isMeant = verdicts.some(({ path: { wan } }) => wan.enabled && wan.mptcp);
    return { things: [], problems: isMeant ? [{ text, remedy: [{ install: 'ip' }] }] : [] };
  }
  const present = mptcp.endpoints;
  const bonds = [false, true].map((isOfSix) =>
    bondOf(
      verdicts.filter(({ path }) => isSix(path.wan) === isOfSix),
      present.filter(({ address }) => isAddress6(address) === isOfSix),
      present.map(({ id }) => id),
      six?.addresses ?? [],
    ),
  );
  const foreign = present.filter((endpoint) => !isOurs(endpoint));
  const all = bonds.flatMap(({ endpoints }) => endpoints);
  const wanted = all.slice(0, Math.max(0, MOST - foreign.length));
  const isLeft = (endpoint: Endpoint | undefined) => endpoint && all.includes(endpoint) && !wanted.includes(endpoint);
  const left = bonds.flatMap(({ lines }) => lines.filter(({ endpoint }) => isLeft(endpoint)));
  const longest = Math.max(...bonds.map(({ endpoints }) => endpoints.filter((one) => wanted.includes(one)).length));
  return {
    things: [
      ...bonds.flatMap(({ dead }) => dead.map(({ address }): Thing => ({ kind: 'severed', address }))),
      ...(lack ? [] : limitFor(longest, mptcp)),
      ...withRoom(wanted, present).map((endpoint): Thing => ({ kind: 'endpoint', ...endpoint })),
    ],
    problems: [
      ...bonds.flatMap(({ problems }) => problems),
      ...left.map(({ path }) => whyNoRoom(path, foreign)),
      ...(lack ? [lack] : []),
    ],
  };
}

/** Those that the kernel takes beside what there is: the rest comes when others have gone. */
function withRoom(wanted: Endpoint[], present: Endpoint[]): Endpoint[] {
  const fresh = wanted.filter(({ id }) => !present.some((other) => other.id === id));
  const late = fresh.slice(Math.max(0, MOST - present.length));
  return wanted.filter((endpoint) => !late.includes(endpoint));
}

/** Only what is raised is ours. @param longest how many endpoints a connection uses at the most */
function limitFor(longest: number, { subflows, former }: NonNullable<Observation['mptcp']>): Thing[] {
  const needed = Math.max(longest, former ?? 0);
  if (longest === 0 || (former === undefined && subflows >= needed)) return [];
  return [{ kind: 'limit', subflows: Math.max(subflows, needed), former: former ?? subflows }];
}

function whyNoRoom({ wan }: Path, foreign: Endpoint[]): Problem {
  const text = `connections of MPTCP do not use it: the kernel takes ${MOST} endpoints, and those before it have them`;
  const remedy = ['in the file, put the WANs that they should use before it'];
  const theirs = `or remove endpoints that are not ours (${foreign.length}): ip mptcp endpoint show`;
  return { option: `interface '${wan.name}'`, text, remedy: foreign.length > 0 ? [...remedy, theirs] : remedy };
}
