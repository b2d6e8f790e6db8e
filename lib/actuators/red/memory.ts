import type { Red, Role, Start, UplinkType, Values } from '../../uplink.js';
import { PRIMARY } from './role.js';
import type { Line, Step } from './step.js';

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
const STOPPING = 30;

/** A start of a line whose settings are not all written yet. */
export function unbegun({ uplink }: Line, { now }: Red): Start {
  return { bootId: now.bootId, deadline: now.uptime + STOPPING + STARTING[uplink.type] };
}

/** A start has come to its end: RED is there. */
export function settle({ role }: Red): Step[] {
  if (!role?.start) return [];
  const { start: _, ...rest } = role;
  return [keep(rest, 'it is there')];
}

/** Where the primary holds RED there is nothing to remember. */
export function keep(role: Role, why: string): Step {
  const plain = role.holder === PRIMARY && role.dialled === undefined && !role.start && !role.hungUp;
  return plain ? { do: 'remember', why } : { do: 'remember', role, why };
}

/** The operator has chosen a dial profile: it is the primary's, and no line of ours is dialled any more. */
export function chosen({ dialled: _, ...role }: Role, { dial }: Red): Step {
  const primary = { ...role.primary, ...(dial === undefined ? {} : { dial }) };
  return keep({ ...role, primary }, `dial profile ${dial} was chosen`);
}

/** A start of the line that holds RED is under way. */
export function remember(red: Red, { uplink }: Line, start: Start, why: string): Step {
  return { do: 'remember', role: { ...(red.role ?? fresh(red, uplink.block)), start }, why };
}

/** A start that has begun. @param seconds until it has failed */
export function started({ now }: Red, seconds: number): Start {
  return { bootId: now.bootId, deadline: now.uptime + seconds, begun: true };
}

/** The role in which the line is to hold RED. */
export function roleOf({ name, uplink }: Line, red: Red): Role {
  const { start: _, ...role } = red.role ?? fresh(red, red.block);
  // What we write into ppp/settings is no link: that was chosen since.
  const primary = { ...role.primary, ...(red.dial === undefined ? {} : { dial: red.dial }) };
  return { ...role, primary, holder: name, ours: [uplink.block, red.block] };
}

/** As long as the primary holds RED, what IPFire's files say is the operator's. */
export function fresh({ dial }: Red, block: Values): Role {
  return { holder: PRIMARY, primary: { block, ...(dial === undefined ? {} : { dial }) }, ours: [] };
}
