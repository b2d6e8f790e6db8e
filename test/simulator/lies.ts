import type { Order } from '../../lib/engine/engine.js';
import type { Breakdown } from './faults.js';
import type { Pings, Process } from './process.js';

/** How a program fails that is started now; undefined: it does its work. */
export function breakdownOf(process: Process, program: string, { args }: Order): Breakdown | undefined {
  const { faults, victim } = process.system;
  if (process !== victim) return undefined;
  if (program === 'ip') process.calls += 1;
  const device = args[args.indexOf('-I') + 1];
  for (const fault of faults) {
    if (fault.kind === 'ip' && program === 'ip' && fault.at === process.calls) return fault.how;
    if (fault.kind === 'netifd' && program === 'ubus') return fault.how;
    if (fault.kind === 'logger' && program === 'logger') return fault.how;
    if (fault.kind !== 'ping' || program !== 'ping' || device !== `eth${fault.line}`) continue;
    if (fault.how === 'once' || fault.how === 'twice' || fault.how === 'late') continue;
    note(process, device).lied = true;
    return fault.how;
  }
  return undefined;
}

/** What is not true of the answer to a ping. */
export function lieOf(process: Process, device: string): 'late' | 'twice' | undefined {
  const first = !process.pings.has(device);
  const noted = note(process, device);
  const { faults, victim } = process.system;
  const fault = faults.find((other) => other.kind === 'ping' && `eth${other.line}` === device);
  if (process !== victim || fault?.kind !== 'ping') return undefined;
  if (fault.how === 'once') return first ? 'late' : undefined;
  if (fault.how === 'late') noted.lied = true;
  return fault.how === 'late' || fault.how === 'twice' ? fault.how : undefined;
}

/** Notes that a line is pinged. */
function note(process: Process, device: string): Pings {
  const known = process.pings.get(device);
  if (known) return known;
  const { clock, watch, world } = process.system;
  const truth = world.truths.find((other) => other.device === device);
  const noted = { begun: clock.now, as: truth ? world.identityOf(truth) : '', lied: false };
  process.pings.set(device, noted);
  watch.pinged(process);
  return noted;
}
