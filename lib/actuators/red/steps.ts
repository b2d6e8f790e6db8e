import { sameBlock } from '../../config/ipfire/block.js';
import type { Dial, Red, Role, Start, Uplink, UplinkType, Values } from '../../uplink.js';
import { holderOf, isInterrupted, isOperators, isStarting, PRIMARY } from './role.js';

/** One thing to do, by a program of IPFire or in its files. */
export type Step =
  /** What must last, before it is done. Absent: nothing, the primary has RED again. */
  | { do: 'remember'; role?: Role; why: string }
  | { do: 'hang up' | 'stop' | 'start' | 'hooks' }
  /** The block of RED in ethernet/settings. */
  | { do: 'write'; line: string; block: Values }
  /** ppp/settings, and its secrets. */
  | { do: 'dial'; line: string; dial: Dial }
  /** RED is this device: its default route, and what IPFire's files say of it. */
  | { do: 'claim'; place: Place }
  /** IPFire's DHCP client of a device that RED has left: its next word would take RED down. */
  | { do: 'release'; device: string }
  /** Something about addresses and routes. `careless`: it may have been so already. */
  | { do: 'ip'; args: string[]; why: string; careless?: true };

/** Where a line is that is up, without having been dialled. */
export interface Place {
  device: string;
  address: string;
  prefix: number;
  gateway: string;
}

/** A line that can hold RED. */
export interface Line {
  name: string;
  uplink: Uplink;
  /** It has a carrier. */
  present: boolean;
  /** Its device is not down by hand. */
  linkUp: boolean;
  /** IPFire's own DHCP client runs on its device. */
  leased: boolean;
  /** It could carry traffic as it is, without being started. Absent for those that IPFire dials. */
  place?: Place;
}

/** What is to hold RED, and what did until now. */
export interface Wish {
  line: Line;
  holder: Line | undefined;
  /** The default route leads through the holder's device. */
  routed: boolean;
}

/**
 * s that a start gets until another line is tried. IPFire waits 60 s for a lease; a dialler that goes on for longer is ended then.
 * STATIC is up at once, if its scripts are.
 */
const STARTING: Record<UplinkType, number> = {
  STATIC: 30,
  DHCP: 75,
  PPPOE: 90,
  PPTP: 90,
  VDSL: 90,
  QMI: 90,
  MODEM: 120,
  SERIAL: 120,
};
/** s for what comes before it: RED is stopped, which waits for hooks. */
const STOPPING = 90;

export function isDialled({ type }: Pick<Uplink, 'type'>): boolean {
  return type !== 'STATIC' && type !== 'DHCP';
}

/** Two lines on one device cannot both be up. */
export function hasOwnDevice({ device }: Pick<Uplink, 'device'>, other: Pick<Uplink, 'device'>): boolean {
  return device !== other.device;
}

/**
 * What must be done for a line to hold RED, from wherever things are: also from the middle of this.
 *
 * @returns nothing, where it does, or where one can only wait
 */
export function stepsTo({ line, holder, routed }: Wish, red: Red): Step[] {
  const { role, active } = red;
  if (isOperators(red)) return [{ do: 'remember', why: 'its settings are the operator’s own now' }];
  if (isHungUp(red, holder)) return hangUp(red, holder);
  if (line.name !== holderOf(red) || !isWritten(line, red)) return switchTo(line, holder, red);
  if (active && !isInterrupted(red)) {
    if (isDialled(line.uplink) || !line.present) return settle(red);
    if (line.place) return isRed(line, red, routed) ? settle(red) : claim(line, red);
  }
  if (isStarting(red)) return [];
  // Its address is there: only what IPFire's files say of it is not.
  if (line.place && line.present) return claim(line, red);
  if (red.working && !role?.start) return [remember(red, line, started(red, red.patience), 'IPFire is at it')];
  return restart(line, red);
}

/** The operator's own doing, as long as nothing of ours is under way. */
function isHungUp({ role, active, kept, working }: Red, holder: Line | undefined): boolean {
  if (role?.hungUp) return true;
  if (active || role?.start || working || !holder) return false;
  return isDialled(holder.uplink) ? !kept : !holder.linkUp;
}

function hangUp(red: Red, holder: Line | undefined): Step[] {
  const { role, active, working } = red;
  if (!role?.hungUp) {
    const base = role ?? fresh(red, holder?.uplink.block ?? red.block);
    return [{ do: 'remember', role: { ...base, hungUp: true }, why: 'the operator has hung up' }];
  }
  const { hungUp: _, ...rest } = role;
  return active || working ? [keep(rest, 'it was dialled again')] : [];
}

function isWritten({ name, uplink }: Line, red: Red): boolean {
  const { role, block } = red;
  if (!sameBlock(uplink.block, block) || (isDialled(uplink) && isInterrupted(red))) return false;
  return name === PRIMARY ? role?.dialled === undefined : !isDialled(uplink) || role?.dialled === name;
}

/** Is what IPFire takes for RED the line's device, with a way out? */
function isRed({ uplink }: Line, { iface }: Red, routed: boolean): boolean {
  return iface === uplink.device && routed;
}

function switchTo(line: Line, holder: Line | undefined, red: Red): Step[] {
  return canPromote(line, holder, red) ? promote(line, holder, red) : swap(line, holder, red);
}

/** Both lines can be up at a time. */
function canPromote(line: Line, holder: Line | undefined, { active }: Red): holder is Line {
  if (!holder || !line.place || !line.present || isDialled(holder.uplink)) return false;
  return active && hasOwnDevice(line.uplink, holder.uplink);
}

/** The new line carries traffic before the old one is left, which goes on as it is. */
function promote(line: Line, holder: Line, red: Red): Step[] {
  const role = roleOf(line, red);
  const { device } = holder.uplink;
  return [
    { do: 'remember', role: { ...role, start: unbegun(line, red) }, why: `${line.name} is to hold it` },
    { do: 'write', line: line.name, block: line.uplink.block },
    ...(holder.leased ? [{ do: 'release' as const, device }] : []),
    ...announce(line),
    keep(role, `${line.name} holds it`),
    ...leave(holder),
  ];
}

/** What runs is torn down by the settings that it was started with, so it is stopped before they are changed. */
function swap(line: Line, holder: Line | undefined, red: Red): Step[] {
  const { dialled: before, ...role } = roleOf(line, red);
  const dial = dialOf(line, red);
  const dialled = line.name === PRIMARY ? undefined : isDialled(line.uplink) ? line.name : before;
  const after: Role = { ...role, ...(dialled === undefined ? {} : { dialled }) };
  // What was dialled is remembered from before it is written until the primary's is there again.
  const first: Role = { ...after, ...(before !== undefined && dialled === undefined ? { dialled: before } : {}) };
  const start = unbegun(line, red);
  return [
    { do: 'remember', role: { ...first, start }, why: `${line.name} is to hold it` },
    { do: 'hang up' },
    { do: 'stop' },
    ...(holder && !isDialled(holder.uplink) ? [withoutDefault(holder.uplink)] : []),
    { do: 'write', line: line.name, block: line.uplink.block },
    ...(dial ? [{ do: 'dial' as const, line: line.name, dial }] : []),
    { do: 'remember', role: { ...after, start: { ...start, begun: true } }, why: `${line.name} is started` },
    { do: 'start' },
  ];
}

/** What must be written into ppp/settings; undefined: it is as the line needs it. */
function dialOf({ name, uplink }: Line, red: Red): Dial | undefined {
  const { role } = red;
  if (name === PRIMARY) {
    if (role?.dialled === undefined) return undefined;
    return role.primary.dial === undefined ? { kept: true } : { link: role.primary.dial };
  }
  if (!uplink.dial || (role?.dialled === name && !isInterrupted(red))) return undefined;
  return 'number' in uplink.dial ? { copy: uplink.dial.number } : { profile: name, values: uplink.dial.values };
}

function restart(line: Line, red: Red): Step[] {
  const start: Start = { ...unbegun(line, red), begun: true };
  return [
    remember(red, line, start, `${line.name} is started again`),
    { do: 'hang up' },
    { do: 'stop' },
    { do: 'start' },
  ];
}

/** Has IPFire's files, and all that follows them, know where RED is. */
function claim(line: Line, red: Red): Step[] {
  const { start: _, ...role } = red.role ?? fresh(red, line.uplink.block);
  return [
    remember(red, line, unbegun(line, red), `it is ${line.uplink.device}`),
    ...announce(line),
    keep(role, `${line.name} holds it`),
  ];
}

/** As `networking/red` does for STATIC: the address, a way to the gateway wherever that is, and a default that goes before all. */
function announce({ place }: Line): Step[] {
  if (!place) return [];
  const { device, address, prefix, gateway } = place;
  return [
    { do: 'ip', args: ['addr', 'replace', `${address}/${prefix}`, 'dev', device], why: `${device} has ${address}` },
    { do: 'ip', args: ['route', 'replace', gateway, 'dev', device], why: `${gateway} is on ${device}` },
    { do: 'claim', place },
    { do: 'hooks' },
  ];
}

/** Takes back what was announced of a line; what the primary has is IPFire's. */
function leave({ name, place }: Line): Step[] {
  if (name === PRIMARY || !place) return [];
  const { device, address, prefix } = place;
  const why = `${device} has no part in it`;
  return [
    { do: 'ip', args: ['route', 'flush', 'dev', device], why, careless: true },
    { do: 'ip', args: ['addr', 'del', `${address}/${prefix}`, 'dev', device], why, careless: true },
  ];
}

/** No start of another line puts its default in place of one that is there. */
function withoutDefault({ device }: Uplink): Step {
  const why = `no default leads through ${device}`;
  return { do: 'ip', args: ['route', 'del', 'default', 'dev', device], why, careless: true };
}

function unbegun({ uplink }: Line, { now }: Red): Start {
  return { bootId: now.bootId, deadline: now.uptime + STOPPING + STARTING[uplink.type] };
}

/** A start has come to its end: RED is there. */
function settle({ role }: Red): Step[] {
  if (!role?.start) return [];
  const { start: _, ...rest } = role;
  return [keep(rest, 'it is there')];
}

/** Where the primary holds RED there is nothing to remember. */
function keep(role: Role, why: string): Step {
  const plain = role.holder === PRIMARY && role.dialled === undefined && !role.start && !role.hungUp;
  return plain ? { ...forget(), why } : { do: 'remember', role, why };
}

function forget(): Step & { do: 'remember' } {
  return { do: 'remember', why: 'the primary holds it' };
}

function remember(red: Red, { uplink }: Line, start: Start, why: string): Step {
  return { do: 'remember', role: { ...(red.role ?? fresh(red, uplink.block)), start }, why };
}

function started({ now }: Red, seconds: number): Start {
  return { bootId: now.bootId, deadline: now.uptime + seconds, begun: true };
}

/** The role in which the line is to hold RED. */
function roleOf({ name, uplink }: Line, red: Red): Role {
  const { start: _, ...role } = red.role ?? fresh(red, red.block);
  return { ...role, holder: name, ours: [uplink.block, red.block] };
}

/** As long as the primary holds RED, what IPFire's files say is the operator's. */
function fresh({ dial }: Red, block: Values): Role {
  return { holder: PRIMARY, primary: { block, ...(dial === undefined ? {} : { dial }) }, ours: [] };
}
