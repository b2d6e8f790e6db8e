import { holderOf, isStarting } from '../actuators/red/role.js';
import type { Red } from '../uplink.js';
import { duration, safe } from './words.js';

/** Who holds RED on IPFire, and how it is. */
export interface RedSight {
  red: Red;
  /** s that it has been up. */
  since?: number;
  /** The backup lines in their order. */
  backups: string[];
}

/** The same in lines: the holder with its device and address, what is under way, and who comes next. */
export function redLines({ red, since, backups }: RedSight): string[] {
  const { active, iface, local, remote, role, now, working } = red;
  const holder = safe(holderOf(red));
  const age = since === undefined ? '' : ` for ${duration(since)}`;
  const place = [iface, local].filter((word) => word !== undefined).join(' ');
  const way = remote === undefined ? '' : ` via ${remote}`;
  const first = active
    ? `RED: held by ${holder}, ${safe(`${place}${way}`, 100)}${age}`
    : `RED: inactive; ${holder} is to hold it`;
  return [
    first,
    ...(isStarting(red)
      ? [`  it is being started; another line is tried in ${duration((role?.start?.deadline ?? 0) - now.uptime)}`]
      : []),
    ...(role?.start && !role.start.begun ? ['  a change was interrupted; the next round finishes it'] : []),
    ...(role?.hungUp ? ['  hung up by hand: nothing is done until it is there again'] : []),
    ...(!active && working && !isStarting(red) ? ['  IPFire is dialling'] : []),
    `  backup lines, in this order: ${safe(backups.join(', '), 200) || 'none'}`,
  ];
}

/** The same as one value. */
export function redJson({ red, since, backups }: RedSight) {
  const { active, iface, local, remote, role, now } = red;
  return {
    holder: holderOf(red),
    active,
    device: iface ?? null,
    address: local ?? null,
    gateway: remote ?? null,
    since_s: since === undefined ? null : Math.round(since),
    starting: isStarting(red),
    start_ends_s: isStarting(red) ? Math.round((role?.start?.deadline ?? 0) - now.uptime) : null,
    interrupted: role?.start !== undefined && !role.start.begun,
    hung_up: role?.hungUp === true,
    backups,
  };
}
