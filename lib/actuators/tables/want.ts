import type { Intent, Observation, TableRoute, Verdict } from '../../model.js';
import type { Wanted } from '../actuator.js';
import { DEFAULT } from '../routes/route.js';
import { find, isOwn } from './find.js';
import { findStandby, isRed, type Standby, type Way } from './standby.js';
import { PROTOCOL, type Thing } from './thing.js';

/** What each line that stands by is tested with; and what RED stands on stays. */
export function want(_: Intent, verdicts: Verdict[], seen: Observation): Wanted<Thing> {
  if (!seen.tables) return { things: [], problems: [] };
  const { lines, problems } = findStandby(verdicts, seen);
  return { things: [...lines.flatMap(thingsOf), ...find(seen).filter((thing) => isBelowRed(thing, seen))], problems };
}

/** All that makes a line testable by `ping -I DEVICE`, which is answered under a strict rp_filter only by both rules. */
export function thingsOf({ device, table, raised, client, way }: Standby): Thing[] {
  return [
    ...(raised ? [{ kind: 'link' as const, device, up: true }] : []),
    ...(client ? [{ kind: 'client' as const, device, running: true, ...client }] : []),
    ...(way ? wayThings(device, table, way) : []),
  ];
}

function wayThings(device: string, table: number, { address, gateway, own }: Way): Thing[] {
  const rule = { kind: 'rule' as const, priority: table, table: `${table}` };
  return [
    ...(own ? [{ kind: 'address' as const, device, address }] : []),
    { kind: 'route', route: makeRoute(device, `${table}`, address, gateway) },
    { ...rule, from: address },
    { ...rule, oif: device },
  ];
}

/** No route of table main need lead to the gateway: two lines may have the same subnet. */
function makeRoute(device: string, table: string, address: string, gateway: string): TableRoute {
  return {
    destination: DEFAULT,
    metric: 0,
    protocol: PROTOCOL,
    type: 'unicast',
    nexthops: [{ device, gateway, weight: 1, onlink: true }],
    attributes: { src: address },
    table,
  };
}

/** A line that has become RED may go on with what it was tested with, until the system has its own. */
function isBelowRed(thing: Thing, seen: Observation): boolean {
  if (thing.kind === 'route' || thing.kind === 'rule') return false;
  // What is dialled stands on a device that is up, too.
  if (thing.kind === 'link' && thing.device === seen.red?.block.RED_DEV) return true;
  if (!isRed(thing.device, seen)) return false;
  if (thing.kind === 'client') return isLeaseholder(thing.device, seen);
  if (thing.kind === 'link') return true;
  const link = seen.links.find(({ device }) => device === thing.device);
  return !link?.addresses.some((other) => other.address === thing.address && !isOwn(other));
}

/** Has RED come to the line without IPFire's scripts, whose own client has its lease otherwise? */
function isLeaseholder(device: string, { clients = [], red }: Observation): boolean {
  const isStarted = red?.role?.start !== undefined || red?.active !== true;
  return !isStarted && !clients.some((client) => client.device === device && !client.ours);
}
