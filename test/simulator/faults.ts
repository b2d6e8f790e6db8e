import type { Event } from './events.js';

/** What goes wrong while a round runs. Boundaries and commands are counted from 1. */
export type Fault =
  /** It is killed at a boundary: before it starts a program or touches a file. What it has started goes on. */
  | { kind: 'kill'; at: number }
  /** It is killed with the `ip` that works for it, before one of the commands. */
  | { kind: 'cut'; at: number }
  /** Something else happens at a boundary, or before one of the commands. */
  | { kind: 'meanwhile'; at: number; command: boolean; event: Event }
  /** The provider has another gateway as it begins, and netifd learns of it at a boundary. */
  | { kind: 'lease'; line: number; at: number }
  /** Another round begins at a boundary. */
  | { kind: 'second'; at: number }
  /** The kernel refuses a command. */
  | { kind: 'refuse'; at: number }
  /** It takes nothing that leads through a line. */
  | { kind: 'reject'; line: number }
  /** A call of `ip` comes to nothing. */
  | { kind: 'ip'; at: number; how: Breakdown }
  | { kind: 'netifd'; how: Breakdown }
  | { kind: 'logger'; how: Breakdown }
  /** `once`: a single packet is lost, which must not matter; `twice`: an answer comes twice; `late`: none comes in time. */
  | { kind: 'ping'; line: number; how: 'once' | 'twice' | 'late' | Breakdown }
  /** The disk is full. */
  | { kind: 'full' }
  /** There is no `flock`. */
  | { kind: 'lockless' };

/** It prints what makes no sense; it fails; it cannot be started; it does not end. */
export type Breakdown = 'nonsense' | 'failure' | 'unstarted' | 'endless';
export const BREAKDOWNS: Breakdown[] = ['nonsense', 'failure', 'unstarted', 'endless'];

/** After one of these a round is as good as one without any. */
export function isHarmless(fault: Fault): boolean {
  return fault.kind === 'logger' || (fault.kind === 'ping' && (fault.how === 'once' || fault.how === 'twice'));
}
