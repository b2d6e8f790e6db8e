import { isDeviceName } from '../../config/values.js';
import { nameOfWan } from '../../family.js';
import type { Inbound, Observation, Path, Problem, Verdict } from '../../model.js';
import type { Marked } from './chain.js';
import { askedBy } from './obstacle.js';

/** A line, and what leads there. */
export interface Line {
  path: Path;
  inbound: Inbound;
  usable: boolean;
  /** What comes in by it has this mark, so that it is answered by it, whatever probes say of the line. Absent: nothing has. */
  answers?: Marked;
  /** Flows that are led there have this one, and stay there. */
  flows?: Marked;
  /** Packets of the router are led there by their address. */
  byAddress: boolean;
}

/** @param canMark packets can be marked @param canLead flows can be led there @param isHeld no line is up */
export function lineOf({ path, usable, status }: Verdict, canMark: boolean, canLead: boolean, isHeld: boolean): Line {
  const { wan } = path;
  const inbound = wan.inbound as Inbound;
  const marked = (mark: number | undefined) => (canMark ? markedOf(path, inbound, mark) : undefined);
  const answers = marked(inbound.mark);
  const flows = canLead && usable && (status === 'up' || isHeld) ? marked(inbound.led) : undefined;
  return {
    ...{ path, inbound, usable, ...(answers && { answers }), ...(flows && { flows }) },
    // Answers have their mark. What the router begins from the same address may be a VPN's, or for one: only where nothing can be
    // marked, and for subflows of MPTCP, it is led by that; and none of those is to begin on a line that is dead.
    byAddress: wan.mptcp ? status !== 'down' : !answers && !inbound.unanswered,
  };
}

function markedOf(path: Path, { mask }: Inbound, mark: number | undefined): Marked | undefined {
  const [{ device }, name] = [path, nameOfWan(path.wan)];
  // In a rule of nft, other characters mean something.
  return mark === undefined || device === undefined || !isDeviceName(device) ? undefined : { name, device, mark, mask };
}

/** The addresses of a line, and those of them that no other device has. */
export function addressesOf({ device, link }: Path, { links }: Observation): { all: string[]; own: string[] } {
  const all = [...new Set(link?.addresses.map(({ address }) => address))];
  const others = links.filter((other) => other.device !== device).flatMap(({ addresses }) => addresses);
  return { all, own: all.filter((address) => !others.some((other) => other.address === address)) };
}

/** Packets of the router can be led by an address only if no other device has it. */
export function twinAddresses({ path, byAddress }: Line, seen: Observation): Problem[] {
  if (!byAddress) return [];
  const { all, own } = addressesOf(path, seen);
  const twins = all.filter((address) => !own.includes(address));
  if (twins.length === 0) return [];
  const text = `another device has its address ${twins.join(', ')}, too: only what is marked is answered by it`;
  return [{ option: `interface '${path.wan.name}': ${askedBy([path.wan])}`, text }];
}
