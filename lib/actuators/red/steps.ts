import { sameBlock } from '../../config/ipfire/block.js';
import { isDialled } from '../../config/ipfire/ppp.js';
import type { Red, Role } from '../../uplink.js';
import { chosen, fresh, keep, remember, settle, started } from './memory.js';
import { claim, dialBack, isOursToDialBack, lead, restart, switchTo } from './moves.js';
import { chosenDial, holderOf, isInterrupted, isOperators, isStarting, PRIMARY } from './role.js';
import type { Line, Step } from './step.js';

/** What is to hold RED, and what did until now. */
export interface Wish {
  line: Line;
  holder: Line | undefined;
  /** The default route leads through the line's device: of one that is dialled, through what is RED's. */
  routed: boolean;
}

/**
 * What must be done for a line to hold RED, from wherever things are: also from the middle of this.
 *
 * @returns nothing, where it does, or where one can only wait
 */
export function stepsTo({ line, holder, routed }: Wish, red: Red): Step[] {
  const { role, active } = red;
  if (role && isOperators(red)) return adopt(role, red);
  if (role && chosenDial(red) !== undefined) return [chosen(role, red)];
  if (isHungUp(red, holder)) return hangUp(red, holder);
  if (line.name !== holderOf(red) || !isWritten(line, red)) return switchTo(line, holder, red);
  if (active && !isInterrupted(red)) {
    if (isDialled(line.uplink)) {
      if (isAnothers(line, red) || !line.present) return restart(line, red);
      return routed || red.iface === undefined ? settle(red) : lead(red);
    }
    if (!line.present) return settle(red);
    if (line.place) return isRed(line, red, routed) ? settle(red) : claim(line, red);
  }
  if (isStarting(red)) return [];
  // Its address is there: only what IPFire's files say of it is not.
  if (line.place && line.present) return claim(line, red);
  if (red.working && !role?.start) return [remember(red, line, started(red, red.patience), 'IPFire is at it')];
  return restart(line, red);
}

/** The settings of RED are the operator's own from now on; so are those of the dialler again, unless they are already. */
function adopt(role: Role, red: Red): Step[] {
  const back = isOursToDialBack(role, red) ? [dialBack(role)] : [];
  const former: Step[] = role.holder === PRIMARY ? [] : [{ do: 'keep', block: role.primary.block }];
  return [...former, ...back, { do: 'remember', why: 'its settings are the operator’s own now' }];
}

/** The operator's own doing, as long as nothing of ours is under way. */
function isHungUp({ role, active, kept, working }: Red, holder: Line | undefined): boolean {
  if (role?.hungUp) return true;
  if (active || role?.start || working || !holder) return false;
  // For QMI, IPFire has no word for who has hung up.
  if (holder.uplink.type === 'QMI') return false;
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

/** Is what IPFire takes for RED no device of pppd's, by which the line would be dialled? */
function isAnothers({ uplink: { type } }: Line, { iface }: Red): boolean {
  return type !== 'QMI' && iface !== undefined && !iface.startsWith('ppp');
}

/** Is what IPFire takes for RED the line's device, with a way out? */
function isRed({ uplink, place }: Line, { iface, local, remote }: Red, routed: boolean): boolean {
  // A lease of our own client may be another one by now; of its own, IPFire knows better.
  const isKnown = place?.dns === undefined || (local === place.address && remote === place.gateway);
  return iface === uplink.device && routed && isKnown;
}
