import type { Item, Order, Question } from '../../observe/routeros.js';
import type { Way } from '../../routeros.js';
import type { Failure, Line } from './ways.js';

/** ms before something is asked once more. */
const PAUSE = 50;
/** s for which the other way is used before the first one is tried again, and at the most. */
const SHORTEST = 30;
const LONGEST = 300;

/** The other way is in use. */
export interface Detour {
  way: Way;
  /** s since boot when the first one is tried again. */
  until: number;
  /** s between two tries. */
  pause: number;
}

/** A machine, by whichever way works. */
export interface Link {
  ask(questions: Question[]): Promise<(Item[] | undefined)[] | Failure>;
  set(order: Order): Promise<Failure | undefined>;
  /** The way that worked last. */
  way(): Way | undefined;
  detour(): Detour | undefined;
}

export interface Surroundings {
  /** s since boot. */
  uptime(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * Asks once more what may work the second time, then goes the other way, and returns to the first one after a while. A change is
 * never sent twice: after one that failed, who wants it looks first whether it was done.
 *
 * @param lines the ways, the first one first
 */
export function createLink(lines: Line[], { uptime, sleep }: Surroundings, known?: Detour): Link {
  let detour = lines.some(({ way }) => way === known?.way) ? known : undefined;
  let used: Way | undefined;
  /** The ways in the order in which they are tried now. */
  const order = (): Line[] => {
    const isAway = detour !== undefined && uptime() < detour.until && detour.until - uptime() <= LONGEST;
    return isAway ? [...lines].sort((a, b) => Number(b.way === detour?.way) - Number(a.way === detour?.way)) : lines;
  };
  const worked = (line: Line) => {
    used = line.way;
    if (line === lines[0]) detour = undefined;
  };
  const left = (line: Line) => {
    const [first, other] = lines;
    if (line !== first || !other) return;
    const pause = detour ? Math.min(LONGEST, detour.pause * 2) : SHORTEST;
    detour = { way: other.way, until: uptime() + pause, pause };
  };
  return {
    way: () => used,
    detour: () => detour,
    ask: async (questions) => {
      let failure: Failure = { text: 'there is no way to it', again: false };
      for (const line of order()) {
        for (let tries = 0; tries < 2; tries++) {
          if (tries > 0) await sleep(PAUSE);
          const answer = await line.ask(questions);
          if (Array.isArray(answer)) {
            worked(line);
            return answer;
          }
          failure = { ...answer, text: `${line.way}: ${answer.text}` };
          if (!answer.again) break;
        }
        if (!failure.elsewhere) return failure;
        left(line);
      }
      return failure;
    },
    set: async (change) => {
      // By the way that has shown how it is.
      const line = lines.find(({ way }) => way === used) ?? lines[0];
      const failure = await line?.set(change);
      return failure && { ...failure, text: `${line?.way}: ${failure.text}` };
    },
  };
}
