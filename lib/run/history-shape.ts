import { gatherShaped } from '../history/gather.js';
import type { ShapedLine } from '../state/shape.js';
import { readClock } from '../system/clock.js';
import type { Context } from './context.js';
import { leaveSample } from './history-files.js';

/** What keeps how lines are while they are controlled, each time that it is told; the next round writes it. */
export function keeperOf({ engine, options }: Context, bootId: string): (lines: ShapedLine[]) => void {
  let last = readClock(engine).uptime * 1000;
  return (lines) => {
    const { uptime, wall } = readClock(engine);
    const shaped = gatherShaped(lines, last);
    last = uptime * 1000;
    if (shaped.length > 0) leaveSample(engine, options.state, { bootId, uptime, wall, lines: [], shaped, events: [] });
  };
}
