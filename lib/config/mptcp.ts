import { FIRST_TABLE } from '../actuators/tables/thing.js';
import type { Problem, Wan } from '../model.js';
import { readOption } from './options.js';
import type { UciOption } from './uci.js';
import { flag } from './values.js';

/** Are connections of MPTCP to use all WANs that are well? */
export function readMptcp(options: Map<string, UciOption>, problems: Problem[]): boolean {
  return readOption(options, 'mptcp', flag(false), problems);
}

/** Does each byte cost? */
export function readMetered(options: Map<string, UciOption>, problems: Problem[]): boolean {
  return readOption(options, 'metered', flag(false), problems);
}

/** The WANs as they must be for MPTCP: what would slow the others down is to be measured. */
export function bondable(wans: Wan[]): Wan[] {
  return wans.map((wan, i) => ({
    ...wan,
    mptcp: true,
    measured: true,
    // A subflow leaves by its line for the address at which it begins; marks are for what comes in.
    inbound: wan.inbound ?? { table: FIRST_TABLE + i, mask: 0 },
  }));
}
