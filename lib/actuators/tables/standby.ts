import { isDialled } from '../../config/ipfire/ppp.js';
import type { Link, Observation, Problem, Verdict, Wan } from '../../model.js';
import { ownLease } from '../../observe/lease.js';
import type { Uplink } from '../../uplink.js';
import { holderOf } from '../red/role.js';
import { isOwn } from './find.js';
import { FIRST_TABLE, LINK_MARK } from './thing.js';

/** A line that stands by, on a device of its own. */
export interface Standby {
  device: string;
  /** Number of its table, and priority of its rules. */
  table: number;
  /** The device must be set up, or has been by us. */
  raised: boolean;
  /** It needs a DHCP client. `host`: the name that it tells the server. */
  client?: { host?: string };
  /** How it is reached. Absent: that is not known yet. */
  way?: Way;
}

/** An address of the router and the gateway there. */
export interface Way {
  address: string;
  gateway: string;
  /** The address is ours to add: the system has not. */
  own: boolean;
}

/**
 * The lines that can be tested beside the one that holds RED, and why others cannot. Of one that must be dialled, whoever would
 * answer can be asked as soon as its device is up.
 */
export function findStandby(verdicts: Verdict[], seen: Observation): { lines: Standby[]; problems: Problem[] } {
  const lines: Standby[] = [];
  const problems: Problem[] = [];
  const numbered = verdicts.map((verdict, i) => ({ ...verdict, table: FIRST_TABLE + i }));
  const below = verdicts.find(({ path }) => path.wan.name === holderOf(seen.red ?? {}))?.path.wan.uplink;
  // On a device of several, the first that can be tested end to end is.
  for (const { path, refused, table } of numbered.sort((a, b) => isWaiting(a) - isWaiting(b))) {
    const { wan, gateway } = path;
    const { uplink } = wan;
    const link = seen.links.find(({ device }) => device === uplink?.device);
    if (!uplink || !link || refused || !standsBy(wan, uplink, below, seen)) continue;
    if (lines.some(({ device }) => device === link.device)) continue;
    const isBelow = link.device === below?.device;
    const way = isBelow || isDialled(uplink) ? undefined : findWay(uplink, link, gateway, seen);
    const why = whyNot(link, way, lines, seen);
    if (why !== undefined) {
      problems.push({ option: `interface '${wan.name}'`, text: `${why}; it cannot be tested beside others` });
      continue;
    }
    const raised = link.state === 'down' || link.group === LINK_MARK;
    const client = !isBelow && needsClient(uplink, seen) ? { client: clientOf(uplink) } : {};
    lines.push({ device: link.device, table, raised, ...client, ...(way ? { way } : {}) });
  }
  return { lines, problems };
}

/** 1 for a line that cannot be tested before it is dialled. */
function isWaiting({ path }: Verdict): number {
  return Number(path.wan.uplink !== undefined && isDialled(path.wan.uplink));
}

/**
 * Neither RED nor what it is to be next, and with another device than those. Where that is dialled in vain, its card may be up: so
 * much can be seen of another line there.
 *
 * @param below what is to hold RED
 */
function standsBy(wan: Wan, { device }: Uplink, below: Uplink | undefined, seen: Observation): boolean {
  if (!wan.enabled || wan.name === holderOf(seen.red ?? {}) || isRed(device, seen)) return false;
  return device !== below?.device || (isDialled(below) && seen.red?.active !== true);
}

/** Does RED stand on what the device has? What IPFire dials stands on a device that it makes. */
export function isRed(device: string, { red }: Pick<Observation, 'red'>): boolean {
  if (!red) return false;
  const { RED_TYPE, RED_DEV } = red.block;
  // What it was while RED is not up says nothing.
  return (red.active && device === red.iface) || (device === RED_DEV && RED_TYPE !== 'PPPOE');
}

function findWay({ type, fixed }: Uplink, link: Link, gateway: string | undefined, seen: Observation): Way | undefined {
  const foreign = link.addresses.filter((address) => !isOwn(address)).map(({ address }) => address);
  const given = (type === 'STATIC' ? fixed : ownLease(link.device, seen.clients)) ?? { address: foreign[0], gateway };
  if (given.address === undefined || given.gateway === undefined) return undefined;
  return { address: given.address, gateway: given.gateway, own: !foreign.includes(given.address) };
}

function needsClient({ type, device }: Uplink, { clients = [] }: Observation): boolean {
  return type === 'DHCP' && !clients.some((client) => client.device === device && !client.ours);
}

/** IPFire tells the server no name that has other characters. */
function clientOf({ block: { RED_DHCP_HOSTNAME: host = '' } }: Uplink): { host?: string } {
  return /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/.test(host) ? { host } : {};
}

/** Why a line cannot be tested without doing harm. */
function whyNot(link: Link, way: Way | undefined, lines: Standby[], seen: Observation): string | undefined {
  if (link.state === 'down' && link.group !== undefined && link.group !== LINK_MARK)
    return `${link.device} is down, and in a group of devices that would be lost`;
  // Packets from that address would leave by another line than before. What is ours will go, unless RED stands on it.
  const goes = (on: Link, other: Link['addresses'][number]) => isOwn(other) && !isRed(on.device, seen);
  const holder = [
    ...seen.links.filter((on) => on.addresses.some((other) => other.address === way?.address && !goes(on, other))),
    ...lines.filter((other) => other.way?.address === way?.address),
  ].find(({ device }) => device !== link.device);
  return way && holder ? `its address ${way.address} is that of ${holder.device}, too` : undefined;
}
