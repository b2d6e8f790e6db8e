import type { Direction } from '../model.js';
import type { Lane } from './memory.js';

/** Load from which on a direction can have filled a queue: a line that carries less than this of its rate has room. */
export const BUSY = 0.7;
/** Load at which it may be so, if the delay stays and nothing else can be it: the line may carry less than is thought. */
export const SUSPECT = 0.25;
/** ms in which the direction that was raised, or cut for that, is the one to blame. */
const RAISED = 1500;

/** ms for which a direction is not to blame that was cut in vain. */
const INNOCENT = 3000;

function isInnocent({ innocent }: Lane, now: number): boolean {
  return innocent !== undefined && now - innocent < INNOCENT;
}

/** Its highest load of late. Who has no rate yet can be cut for nothing. */
function loadOf({ rate, peak }: Lane): number {
  return rate > 0 ? peak.load : 0;
}

/** Whether another direction may be to blame, after one was cut in vain. */
export function isAnotherBusy(name: Direction, lanes: Partial<Record<Direction, Lane>>, now: number): boolean {
  const others = (Object.entries(lanes) as [Direction, Lane][]).filter(([other]) => other !== name);
  return others.some(([, lane]) => loadOf(lane) >= BUSY && !isInnocent(lane, now));
}

/**
 * Whether a direction is to blame for a delay. A queue needs who fills it: who carries much, and of two rather who has just been
 * raised. Nobody may be: then the way is longer, and no rate changes that.
 *
 * @param steady the delay has been too much for some time, and does not fall
 */
export function blameOf(
  name: Direction,
  lanes: Partial<Record<Direction, Lane>>,
  now: number,
  steady: boolean,
): { guilty: boolean; why: string } {
  const all = Object.entries(lanes) as [Direction, Lane][];
  const busy = all.filter(([, lane]) => loadOf(lane) >= BUSY && !isInnocent(lane, now));
  const isRaised = ({ step, cut, grow }: Lane) => (step ?? cut) !== undefined || grow > 0;
  const raised = busy.filter(([, lane]) => isRaised(lane) && now - lane.moved < RAISED);
  const most = [...all].sort(([, a], [, b]) => loadOf(b) - loadOf(a)).slice(0, 1);
  const suspects = busy.length > 0 ? (raised.length === 1 ? raised : busy) : steady ? most : [];
  const mine = lanes[name];
  const percent = `${Math.round(100 * Math.min(1, mine ? loadOf(mine) : 0))} %`;
  if (mine && loadOf(mine) >= SUSPECT && suspects.some(([suspect]) => suspect === name))
    return { guilty: true, why: `it carried ${percent} of its rate` };
  const other = suspects.some(([suspect]) => suspect !== name);
  return {
    guilty: false,
    why: other ? 'the other direction is to blame' : `nobody is to blame: it carries ${percent} of its rate`,
  };
}
