import type { Direction } from '../model.js';

/** An answer of a reflector, or that none came. */
export interface Echo {
  reflector: string;
  /** ms since boot, so that it outlives a process: when the answer came, or when it was given up. */
  at: number;
  /** ms there and back. Absent: lost. */
  rtt?: number;
}

/** What a device has carried in one direction: /sys/class/net/DEVICE/statistics. */
export interface Count {
  /** ms since boot. */
  at: number;
  bytes: number;
}

/** What CAKE says of itself (`tc -j qdisc`), asked seldom: that it lets packets wait is its job, and is no delay of the line. */
export interface Queue {
  /** ms since boot. */
  at: number;
  /** kbit/s as it is set. Absent: it has no limit. */
  rate?: number;
}

/** What was seen since the last call. */
export interface Observed {
  /** ms since boot. */
  now: number;
  /** New ones only. */
  echoes: Echo[];
  counts: Partial<Record<Direction, Count>>;
  queues?: Partial<Record<Direction, Queue>>;
}

/** For people and for metrics: all is well; a little delay, so that nothing is raised; it is cut; it is cut, and the delay is great. */
export type Colour = 'GREEN' | 'YELLOW' | 'SOFT_RED' | 'RED';

/** What becomes of the rate of a direction. */
export interface Decision {
  /** kbit/s that is to be set. */
  rate: number;
  colour: Colour;
  reason: string;
  /** What kept it from another decision. */
  blocker?: string;
  /** Part of its rate that is carried, 0-1. */
  load: number;
  /** kbit/s that are carried. */
  achieved: number;
  /** ms that were added to the way there and back. */
  delay: number;
}
