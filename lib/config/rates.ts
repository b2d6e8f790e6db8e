import type { Direction } from '../model.js';

/** kbit/s: no rate of a line is lower, for 0 would be no limit, and a packet must pass while somebody waits. */
export const LEAST_RATE = 64;
/** kbit/s: none is higher. */
export const MOST_RATE = 10_000_000;

/** In the order in which they are shown. */
export const DIRECTIONS: readonly Direction[] = ['up', 'down'];
