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
 * that is dead: the kernel would wait for it far longer than the line is.
 */
export function want(_: Intent, verdicts: Verdict[], { mptcp }: Observation): Wanted<Thing> {
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
  const all = lines
    .flatMap(({ endpoint }) => endpoint ?? [])
    .filter(({ address }, i, list) => list.findIndex((other) => other.address === address) === i);
  const wanted = all.slice(0, Math.max(0, MOST - foreign.length));
  for (const { path } of lines.filter(({ endpoint }) => endpoint && !wanted.includes(endpoint)))
    problems.push({
      option: `interface '${path.wan.name}'`,
      text: `no room for an MPTCP endpoint: the kernel takes ${MOST}`,
    });
  const alive = verdicts.flatMap((verdict) => addressOf(verdict) ?? []);
  const dead = present.filter((endpoint) => isOurs(endpoint) && !alive.includes(endpoint.address));
  const isKnown = ({ id }: Endpoint) => verdicts.some(({ path: { wan } }, i) => wan.mptcp && idsOf(i).includes(id));
  return {
    things: [
      // Where the option is gone, connections go on as they are.
      ...dead.filter(isKnown).map(({ address }): Thing => ({ kind: 'severed', address })),
      ...limitFor(wanted, mptcp),
      ...wanted.map((endpoint): Thing => ({ kind: 'endpoint', ...endpoint })),
    ],
    problems,
  };
}

/** Where connections can begin on a line that is up. */
function addressOf({ path: { wan, device, link }, status, usable }: Verdict): string | undefined {
  return wan.mptcp && usable && status === 'up' && device !== undefined ? link?.addresses[0]?.address : undefined;
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
  return [{ kind: 'limit', subflows: Math.max(subflows, needed) }];
}

function isOn({ address, device }: Endpoint, { link, device: own }: Path): boolean {
  return (
    (device !== undefined && device === own) || (link?.addresses.some((other) => other.address === address) ?? false)
  );
}

function whyLeft({ wan }: Path, { id, address }: Endpoint): Problem {
  const text = `somebody else, as NetworkManager or mptcpd, has an MPTCP endpoint for it (id ${id}, ${address}): left to them`;
  return {
    option: `interface '${wan.name}'`,
    text,
    remedy: [`to leave it to mini-mwan: ip mptcp endpoint delete id ${id}`],
  };
}
