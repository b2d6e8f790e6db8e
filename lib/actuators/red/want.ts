import { isDialled } from '../../config/ipfire/ppp.js';
import type { DhcpClient, Intent, Observation, Path, Problem, Verdict, View } from '../../model.js';
import { ownLease } from '../../observe/lease.js';
import type { Red, Uplink } from '../../uplink.js';
import type { Wanted } from '../actuator.js';
import { holderOf, isStarting, PRIMARY } from './role.js';
import type { Line, Place, Step } from './step.js';
import { stepsTo } from './steps.js';

type Leases = DhcpClient[];

/** The path that holds RED. */
export function carrying({ paths, seen }: View): Path[] {
  const { red } = seen;
  return red ? paths.filter(({ wan }) => wan.name === holderOf(red)) : [];
}

/**
 * The steps after which the best of the lines that are up holds RED; the primary, where none is enabled any more.
 *
 * @param verdicts every configured line, in the order of the configuration
 * @returns the line, too
 */
export function want(intent: Intent, verdicts: Verdict[], seen: Observation): Wanted<Step> & { line?: string } {
  const { red } = seen;
  if (!red) return { things: [], problems: [] };
  const lines = verdicts.flatMap(({ path }) => lineOf(path, seen.clients ?? []));
  const holder = lines.find(({ name }) => name === holderOf(red));
  const isOver = !verdicts.some(({ path: { wan } }) => wan.enabled || wan.unusable !== undefined);
  if (isOver && red.role === undefined) return { things: [], problems: [] };
  const isUnjudged = verdicts.some(
    ({ path, status }) => path.wan.name === holder?.name && (status === 'up' || status === 'unknown'),
  );
  // Only a round that has judged it leaves a line that was up: or its fall would count for nothing, and it were chosen again.
  if (!isOver && holder && isLost(holder, red) && !isComing(red) && isUnjudged) return { things: [], problems: [] };
  const wished = isOver ? undefined : choose(intent, lines, holder, isUnjudged && isComing(red), red);
  // Settings that cannot be read, it may be for a moment, are no reason to leave a line that works for a worse one.
  if (!isOver && !holder && isWell(seen) && !isBefore(wished, verdicts, red))
    return { things: [], problems: [whyStaying(red)] };
  const line = wished ?? lines.find(({ name }) => name === PRIMARY) ?? formerPrimary(red.role?.primary.block);
  const isRefused = verdicts.some(({ path, refused }) => refused && path.wan.name === line?.name);
  if (!line || isRefused) return { things: [], problems: [] };
  const out = isDialled(line.uplink) ? red.iface : line.uplink.device;
  const routed = seen.routes.some(
    ({ destination, nexthops }) => destination === 'default' && nexthops.some(({ device }) => device === out),
  );
  const things = stepsTo({ line, holder, routed }, red);
  return { things, problems: red.role?.hungUp && things.length === 0 ? [whyIdle()] : [], line: line.name };
}

/**
 * The best of the lines that are up; the one that has RED, where none is, or as long as it is worth waiting for.
 *
 * @param isHopeful RED comes up, by a line that has not been found down: one that has, and was started because there was nothing
 *   better, is left as soon as there is
 */
function choose(
  { shares, held }: Intent,
  lines: Line[],
  holder: Line | undefined,
  isHopeful: boolean,
  red: Red,
): Line | undefined {
  const [best] = [...shares].sort((a, b) => a.rank - b.rank);
  const chosen = lines.find(({ name }) => name === (best?.path ?? held[0])?.wan.name) ?? holder;
  const isWaited = holder && isLost(holder, red) && isHopeful;
  // Nothing that comes behind it is better than it will be.
  return isWaited && chosen && lines.indexOf(chosen) > lines.indexOf(holder) ? holder : chosen;
}

/** Is RED down, so that only a start brings it back? IPFire's word for it goes only when all that follows pppd is done. */
function isLost({ uplink, present, place }: Line, { active }: Red): boolean {
  return isDialled(uplink) ? !(active && present) : !active && place === undefined;
}

/** Is RED being started, by us or by IPFire's own dialler? */
function isComing(red: Red): boolean {
  return isStarting(red) || (red.working === true && !red.role?.start);
}

/** Is RED up, as far as it shows? */
function isWell({ red, links }: Observation): boolean {
  return red?.active === true && links.some(({ device, state }) => device === red.iface && state === 'up');
}

/** Does the line come before the one that holds RED, in the configuration? Or is that one not in it any more? */
function isBefore(line: Line | undefined, verdicts: Verdict[], red: Red): boolean {
  const names = verdicts.map(({ path }) => path.wan.name);
  const place = names.indexOf(holderOf(red));
  return place < 0 || names.slice(0, place).some((name) => name === line?.name);
}

function whyStaying(red: Red): Problem {
  return { text: `the settings of ${holderOf(red)} cannot be used: it has RED as long as it is up` };
}

function whyIdle(): Problem {
  return {
    text: 'RED was hung up by hand: nothing is done until it is there again',
    remedy: ["to have it again: 'connect' on the start page of the web interface"],
  };
}

function lineOf(path: Path, leases: Leases): Line[] {
  const { wan, link } = path;
  const { uplink } = wan;
  if (!uplink) return [];
  const place = placeOf(uplink, path, leases);
  return [
    {
      name: wan.name,
      uplink,
      present: link?.state === 'up',
      linkUp: link?.state !== 'down',
      ...(place ? { place } : {}),
    },
  ];
}

/** Where it is while it is up, or could be at once. */
function placeOf(uplink: Uplink, { link, gateway }: Path, leases: Leases): Place | undefined {
  if (isDialled(uplink) || !link || gateway === undefined) return undefined;
  const { device, fixed } = uplink;
  const lease = ownLease(device, leases);
  const [found] = link.addresses;
  const own = fixed ?? lease ?? found;
  const dns = fixed ? { dns: [] } : lease ? { dns: lease.dns } : {};
  return own && { device, address: own.address, prefix: own.prefix, gateway, ...dns };
}

/** As it was when a line of ours took RED from it, for who has no configuration any more. */
function formerPrimary(block: Uplink['block'] | undefined): Line | undefined {
  if (!block) return undefined;
  const { RED_TYPE = '', RED_DEV = '' } = block;
  const type = RED_TYPE === 'STATIC' || RED_TYPE === 'DHCP' ? RED_TYPE : 'PPPOE';
  // Nobody has looked at its device. What IPFire has dialled is not dialled again for that; nothing else is claimed.
  return { name: PRIMARY, uplink: { type, device: RED_DEV, block }, present: type === 'PPPOE', linkUp: true };
}
