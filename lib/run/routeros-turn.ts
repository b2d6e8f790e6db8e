import { keyOf } from '../actuators/routeros/kind.js';
import type { Thing } from '../actuators/routeros/thing.js';
import type { MachineMemory } from '../state/routeros.js';

/** Writes to one machine within its `write_interval`: five within ten seconds, as wanctl does it. */
const MOST = 5;

/**
 * When a change may be written: each wears out the machine's flash. Being online is worth it.
 *
 * @param again it was written in vain just now: only all writes together count then
 * @returns s since boot; 0: at once
 */
export function turnOf({ written, machine }: MachineMemory, thing: Thing, again: boolean): number {
  if (isUrgent(thing)) return 0;
  const own = again ? undefined : written[keyOf(thing)];
  const latest = Object.entries(written)
    .flatMap(([key, at]) => Array<number>(writesOf(key)).fill(at))
    .sort((a, b) => b - a);
  const full = latest[MOST - writesOf(keyOf(thing))];
  return Math.max(...[own, full].map((at) => (at === undefined ? 0 : at + machine.writeInterval)));
}

export function isUrgent(thing: Thing): boolean {
  return thing.kind !== 'rates' && thing.urgent === true;
}

/** Two rates are two writes. */
function writesOf(key: string): number {
  return key.startsWith('rates ') ? 2 : 1;
}
