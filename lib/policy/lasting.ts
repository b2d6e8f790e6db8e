import type { Moved } from '../model.js';

/** s for which something else must be right until it counts. */
export const LASTING = 60;
/** s. Who has moved twice within an hour waits for so long: lines that are alike would take turns. */
const HOUR = 3600;
const OFTEN = 2;

/** s for which something else must be right until it counts. */
export function lastingFor(moved: Moved | undefined, at: number): number {
  return movesOf(moved, at) < OFTEN ? LASTING : HOUR;
}

/** Times that it has moved, each within an hour of the time before, and of now. @param at s since boot */
export function movesOf({ moved, moves }: Moved = { moves: 0 }, at: number): number {
  return moved !== undefined && at - moved < HOUR ? moves : 0;
}
