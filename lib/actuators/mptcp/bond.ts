import { isSix } from '../../family.js';
import type { Endpoint, Path, Problem, Six, Verdict } from '../../model.js';
import { addressOf } from './begin.js';
import { idsOf, isAddress6, isOurs } from './thing.js';

/** What the connections of one family use: they begin at addresses of that. */
export interface Bond {
  /** Each line, and the endpoint that it should have. */
  lines: { path: Path; endpoint?: Endpoint }[];
  /** Those that should be there, each address once: of lines, and what stays as it is. */
  endpoints: Endpoint[];
  /** Ours, on lines that are dead. */
  dead: Endpoint[];
  problems: Problem[];
}

/**
 * The endpoints of one family.
 *
 * @param verdicts those of the family, in the order of the configuration
 * @param present the endpoints of the family, whoever made them
 * @param taken ids that some endpoint has, of whichever family
 * @param six addresses of IPv6
 */
export function bondOf(verdicts: Verdict[], present: Endpoint[], taken: number[], six: Six['addresses']): Bond {
  const foreign = present.filter((endpoint) => !isOurs(endpoint));
  const problems: Problem[] = [];
  const alive: string[] = [];
  const lines = verdicts.map((verdict, position) => {
    const { path } = verdict;
    const address = addressOf(verdict, present, six);
    if (address !== undefined) alive.push(address);
    const other = foreign.find((endpoint) => isOn(endpoint, path));
    if (other && path.wan.mptcp) problems.push(whyLeft(path, other));
    const ids = idsOf(position, path.wan.family);
    const endpoint = other || address === undefined ? undefined : endpointOf(verdict, address, ids, present, taken);
    return { path, ...(endpoint ? { endpoint } : {}) };
  });
  const ours = present.filter((endpoint) => isOurs(endpoint));
  const kept = ours.filter((endpoint) => endpoint.subflow && isKept(endpoint, verdicts, alive.length > 0));
  const endpoints = [...lines.flatMap(({ endpoint }) => endpoint ?? []), ...kept].filter(
    ({ address }, i, list) => list.findIndex((other) => other.address === address) === i,
  );
  // Where the option is gone, connections go on as they are.
  const dead = ours.filter(
    (endpoint) =>
      !kept.includes(endpoint) &&
      !alive.includes(endpoint.address) &&
      ownerOf(endpoint, verdicts)?.path.wan.mptcp === true,
  );
  return { lines, endpoints, dead, problems };
}

function ownerOf({ id }: Endpoint, verdicts: Verdict[]): Verdict | undefined {
  return verdicts.find(({ path }, position) => idsOf(position, path.wan.family).includes(id));
}

/** Of a line that MPTCP uses, and that nobody has judged, or that is no worse than all others. */
function isKept(endpoint: Endpoint, verdicts: Verdict[], isUp: boolean): boolean {
  const owner = ownerOf(endpoint, verdicts);
  return owner?.path.wan.mptcp === true && owner.path.wan.enabled && (!isUp || owner.status === 'unknown');
}

function endpointOf(
  { path: { device }, degraded, spare }: Verdict,
  address: string,
  ids: number[],
  present: Endpoint[],
  taken: number[],
): Endpoint | undefined {
  if (device === undefined) return undefined;
  const isIts = (other: Endpoint) => ids.includes(other.id) && other.device === device && other.subflow;
  const holder = present.find((other) => other.address === address);
  // The kernel takes no address twice: the one that has it goes first.
  if (holder && !isIts(holder)) return undefined;
  const id = holder?.id ?? ids.find((id) => !taken.includes(id));
  return id === undefined ? undefined : { id, address, device, backup: degraded || spare === true, subflow: true };
}

/** Is the endpoint on this path: of its family, and at its device or an address of it? */
export function isOn({ address, device }: Endpoint, { wan, link, device: own }: Path): boolean {
  if (isSix(wan) !== isAddress6(address)) return false;
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
