import { isDialled } from '../../config/ipfire/ppp.js';
import type { Dial, Red, Role, Start } from '../../uplink.js';
import { fresh, keep, remember, roleOf, unbegun } from './memory.js';
import { isInterrupted, PRIMARY } from './role.js';
import type { Line, Step } from './step.js';

/** The line is to have RED in place of another one. */
export function switchTo(line: Line, holder: Line | undefined, red: Red): Step[] {
  return canPromote(line, holder, red) ? promote(line, holder, red) : swap(line, holder, red);
}

/** Both lines can be up at a time. */
function canPromote(line: Line, holder: Line | undefined, { active }: Red): holder is Line {
  if (!holder || !line.place || !line.present || isDialled(holder.uplink)) return false;
  return active && line.uplink.device !== holder.uplink.device;
}

/** The new line carries traffic before the old one is left, which goes on as it is. */
function promote(line: Line, holder: Line, red: Red): Step[] {
  const role = roleOf(line, red);
  return [
    { do: 'remember', role: { ...role, start: unbegun(line, red) }, why: `${line.name} is to hold it` },
    { do: 'write', line: line.name, block: line.uplink.block },
    ...released(line, red),
    ...announce(line),
    keep(role, `${line.name} holds it`),
    ...(holder.name === PRIMARY ? [] : takeBack(holder)),
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
    ...(holder ? takeBack(holder) : []),
    ...withoutDefault(red),
    { do: 'write', line: line.name, block: line.uplink.block },
    ...(dial ? [{ do: 'dial' as const, line: line.name, dial }] : []),
    { do: 'remember', role: { ...after, start: { ...start, begun: true } }, why: `${line.name} is started` },
    ...withoutClient(line),
    { do: 'start' },
  ];
}

/** IPFire's DHCP client does not run beside ours. */
function withoutClient({ uplink: { type, device } }: Line): Step[] {
  return type === 'DHCP' ? [{ do: 'release', device, ours: true }] : [];
}

/** What must be written into ppp/settings; undefined: it is as the line needs it. */
function dialOf({ name, uplink }: Line, red: Red): Dial | undefined {
  const { role } = red;
  if (name === PRIMARY) return role && isOursToDialBack(role, red) ? dialBack(role).dial : undefined;
  if (!uplink.dial || (role?.dialled === name && !isInterrupted(red))) return undefined;
  return 'number' in uplink.dial ? { copy: uplink.dial.number } : { profile: name, values: uplink.dial.values };
}

/**
 * A line of ours was to be dialled, or is: its secrets may be there although its ppp/settings are not. A link to another dial
 * profile is the operator's choice, whose secrets are there, too.
 */
export function isOursToDialBack({ dialled, primary }: Role, { dial }: Red): boolean {
  return dialled !== undefined && (dial === undefined || dial === primary.dial);
}

/** What was in ppp/settings before a line of ours was dialled. */
export function dialBack({ primary: { dial } }: Role): Step & { do: 'dial' } {
  return { do: 'dial', line: PRIMARY, dial: dial === undefined ? { kept: true } : { link: dial } };
}

/** The line has RED, and is not up. */
export function restart(line: Line, red: Red): Step[] {
  const start: Start = { ...unbegun(line, red), begun: true };
  return [
    remember(red, line, start, `${line.name} is started again`),
    { do: 'hang up' },
    { do: 'stop' },
    ...withoutClient(line),
    { do: 'start' },
  ];
}

/** Has IPFire's files, and all that follows them, know where RED is. */
export function claim(line: Line, red: Red): Step[] {
  const { start: _, ...role } = red.role ?? fresh(red, line.uplink.block);
  return [
    remember(red, line, unbegun(line, red), `it is ${line.uplink.device}`),
    ...released(line, red),
    ...withoutFormer(line, red),
    ...announce(line),
    keep(role, `${line.name} holds it`),
  ];
}

/** Our client has another lease: nobody else takes away the address that RED had by the one before. */
function withoutFormer({ place }: Line, { iface, local }: Red): Step[] {
  if (place?.dns === undefined || iface !== place.device || local === undefined || local === place.address) return [];
  const args = ['addr', 'flush', 'dev', place.device, 'to', local];
  return [{ do: 'ip', args, why: `${local} is no longer ${place.device}'s`, careless: true }];
}

/** IPFire's DHCP clients of devices that are not RED: the next word of one would take RED down. */
function released({ uplink }: Line, { leasing = [] }: Red): Step[] {
  const others = leasing.filter((device) => device !== uplink.device);
  return others.map((device) => ({ do: 'release', device, ours: false }));
}

/** As IPFire's scripts of pppd do. */
export function lead({ iface = '' }: Red): Step[] {
  return [
    { do: 'ip', args: ['route', 'replace', 'default', 'dev', iface], why: `the default route leads through ${iface}` },
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

/** Takes back what was announced of a line, or what a modem has; a stop does not where no DHCP client of IPFire's runs. */
function takeBack({ place, uplink }: Line): Step[] {
  const why = `${uplink.device} has no part in it`;
  // Its routes go with its address.
  if (uplink.type === 'QMI')
    return [{ do: 'ip', args: ['-4', 'addr', 'flush', 'dev', uplink.device], why, careless: true }];
  if (!place) return [];
  const { device, address, prefix } = place;
  return [
    { do: 'ip', args: ['route', 'flush', 'dev', device], why, careless: true },
    { do: 'ip', args: ['addr', 'del', `${address}/${prefix}`, 'dev', device], why, careless: true },
  ];
}

/** No start of another line puts its default in place of one that is there, whoever has made it. */
function withoutDefault({ block: { RED_TYPE, RED_DEV } }: Red): Step[] {
  if (RED_TYPE === 'PPPOE' || RED_DEV === undefined) return [];
  const why = `no default leads through ${RED_DEV}`;
  return [{ do: 'ip', args: ['route', 'del', 'default', 'dev', RED_DEV], why, careless: true }];
}
