import type { Direction } from '../model.js';
import type { Lane } from './memory.js';

/** Where the rate of a direction may be, kbit/s: as configured, or as learnt. */
export interface Bounds {
  min: number;
  base: number;
  max: number;
}

/** What is known when the rate of a direction is decided on. */
export interface View {
  now: number;
  direction: Direction;
  lane: Lane;
  bounds: Bounds;
  /** ms that are added, by the votes. Absent: nobody has answered of late. */
  delay?: number;
  /** ms of delay above which it is cut. */
  target: number;
  /** ms of delay that mean nothing. */
  noise: number;
  /** Delays are known to come that follow no load. */
  isDeaf: boolean;
  /** Since when the delay has been above the target. */
  above?: number;
  /** When the delay was last below the target. */
  calm?: number;
  /** ms there and back without a queue. */
  way: number;
  /** kbit/s that are carried, and the part of the rate that this is. */
  achieved: number;
  load: number;
  /** The other direction: kbit/s that it has carried for some time, the part of its rate, and whether it has yet to be looked at. */
  rival: { carried: number; load: number; fresh: boolean };
  /** The other direction has been raised, or cut, and the delay has yet to answer. */
  isOtherTried: boolean;
  /** Why the direction is to blame for a delay, or not. */
  blame: { guilty: boolean; why: string };
  /** The delay by answers to questions since a time, its slope (s per s), and the time of the last of them. */
  since(from: number): { delay?: number; slope?: number; last?: number };
  /** The greatest fall of the delay from one answer to the next since a time, ms, and whether it was steeper (s per s). */
  drop(from: number, drains: number): { drop: number; steep: boolean };
  /** kbit/s that were carried from one time to another, or to now. */
  carried(from: number, to?: number): number | undefined;
}

/** What is made of it. */
export interface Verdict {
  lane: Lane;
  reason: string;
  blocker?: string;
  /** It was lowered for delay. */
  cut?: boolean;
  /** Nothing that was done since this time lowered the delay: another direction is to blame, or the way is longer now. */
  vain?: number;
}
