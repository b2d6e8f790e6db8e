import { inSubnet } from '../../address.js';
import type { Endpoint, Intent, Observation, Path, Problem, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { idsOf, isOurs, MOST, type Thing } from './thing.js';

/** A line, and the endpoint that it should have. */
interface Line {
  path: Path;
  endpoint?: Endpoint;
}

/**
 * An endpoint for each line that is up, as a backup where the line would slow the others down; and an end to what began on a line
 * that is dead: the kernel would wait for it far longer than the line is. Where none is up, or nothing is known of a line, what is
 * there stays: nothing is better.
 *
 * @param lack why the limit cannot be raised
 */
export function want(_: Intent, verdicts: Verdict[], { mptcp }: Observation, lack?: Problem): Wanted<Thing> {
  if (!mptcp) {
    const text = "option mptcp: this kernel or 'ip' has no MPTCP; each connection uses one line";
    const isMeant = verdicts.some(({ path: { wan } }) => wan.enabled && wan.mptcp);
    return { things: [], problems: isMeant ? [{ text, remedy: [{ install: 'ip' }] }] : [] };
  }
  const present = mptcp.endpoints;
  const foreign = present.filter((endpoint) => !isOurs(endpoint));
  const problems: Problem[] = [];
  const lines = verdicts.map((verdict, position): Line => {
    const { path } = verdict;
    const other = foreign.find((endpoint) => isOn(endpoint, path));
    if (other && path.wan.mptcp) problems.push(whyLeft(path, other));
    const endpoint = other ? undefined : endpointOf(verdict, idsOf(position), present);
    return { path, ...(endpoint ? { endpoint } : {}) };
  });
  const alive = verdicts.flatMap((verdict) => addressOf(verdict) ?? []);
  const isUp = alive.length > 0;
  const kept = present.filter((endpoint) => isOurs(endpoint) && endpoint.subflow && isKept(endpoint, verdicts, isUp));
  const all = [...lines.flatMap(({ endpoint }) => endpoint ?? []), ...kept].filter(
    ({ address }, i, list) => list.findIndex((other) => other.address === address) === i,
  );
  const wanted = all.slice(0, Math.max(0, MOST - foreign.length));
  const isLeft = (endpoint: Endpoint | undefined) => endpoint && all.includes(endpoint) && !wanted.includes(endpoint);
  for (const { path } of lines.filter(({ endpoint }) => isLeft(endpoint))) problems.push(whyNoRoom(path, foreign));
  const dead = present.filter(
    (endpoint) => isOurs(endpoint) && !kept.includes(endpoint) && !alive.includes(endpoint.address),
  );
  const isKnown = ({ id }: Endpoint) => verdicts.some(({ path: { wan } }, i) => wan.mptcp && idsOf(i).includes(id));
  return {
    things: [
      // Where the option is gone, connections go on as they are.
      ...dead.filter(isKnown).map(({ address }): Thing => ({ kind: 'severed', address })),
      ...(lack ? [] : limitFor(wanted, mptcp)),
      ...wanted.map((endpoint): Thing => ({ kind: 'endpoint', ...endpoint })),
    ],
    problems: [...problems, ...(lack ? [lack] : [])],
  };
}

/** Of a line that MPTCP uses, and that nobody has judged, or that is no worse than all others. */
function isKept({ id }: Endpoint, verdicts: Verdict[], isUp: boolean): boolean {
  const owner = verdicts.find((_, i) => idsOf(i).includes(id));
  return owner?.path.wan.mptcp === true && owner.path.wan.enabled && (!isUp || owner.status === 'unknown');
}

/** Where connections can begin on a line that is up. */
function addressOf({ path: { wan, device, link, gateway }, status, usable }: Verdict): string | undefined {
  if (!wan.mptcp || !usable || status !== 'up' || device === undefined) return undefined;
  const { addresses = [] } = link ?? {};
  // One that reaches the gateway: a modem's own network may be there, too.
  const own = addresses.find(({ address, prefix }) => gateway !== undefined && inSubnet(gateway, address, prefix));
  return (own ?? addresses[0])?.address;
}

function endpointOf(verdict: Verdict, ids: number[], present: Endpoint[]): Endpoint | undefined {
  const { path, degraded, spare } = verdict;
  const [address, device] = [addressOf(verdict), path.device];
  if (address === undefined || device === undefined) return undefined;
  const isIts = (other: Endpoint) => ids.includes(other.id) && other.device === device && other.subflow;
  const holder = present.find((other) => other.address === address);
  // The kernel takes no address twice: the one that has it goes first.
  if (holder && !isIts(holder)) return undefined;
  const id = holder?.id ?? ids.find((id) => !present.some((other) => other.id === id));
  return id === undefined ? undefined : { id, address, device, backup: degraded || spare === true, subflow: true };
}

/** Only what is raised is ours. */
function limitFor(wanted: Endpoint[], { subflows, former }: NonNullable<Observation['mptcp']>): Thing[] {
  const needed = Math.max(wanted.length, former ?? 0);
  if (wanted.length === 0 || (former === undefined && subflows >= needed)) return [];
  return [{ kind: 'limit', subflows: Math.max(subflows, needed), former: former ?? subflows }];
}

function isOn({ address, device }: Endpoint, { link, device: own }: Path): boolean {
  return (
    (device !== undefined && device === own) || (link?.addresses.some((other) => other.address === address) ?? false)
  );
}

function whyNoRoom({ wan }: Path, foreign: Endpoint[]): Problem {
  const text = `connections of MPTCP do not use it: the kernel takes ${MOST} endpoints, and others have them`;
  const remedy = ['in the file, put the WANs that they should use before it'];
  const theirs = `or remove endpoints that are not ours (${foreign.length}): ip mptcp endpoint show`;
  return { option: `interface '${wan.name}'`, text, remedy: foreign.length > 0 ? [...remedy, theirs] : remedy };
}

function whyLeft({ wan }: Path, { id, address }: Endpoint): Problem {
  const text = `somebody else, as NetworkManager or mptcpd, has an MPTCP endpoint for it (id ${id}, ${address}): left to them`;
  return {
    option: `interface '${wan.name}'`,
    text,
    remedy: [`to leave it to mini-mwan: ip mptcp endpoint delete id ${id}`],
  };
}
