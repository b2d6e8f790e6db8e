import { createListener } from '../observe/echoes.js';
import type { Echo } from '../shape/signals.js';
import type { Child, Tools } from '../system/exec.js';

/** ms between two questions to one reflector. */
const PERIOD = 150;
/** ms for which an answer is waited for: longer than the queue of any modem, and the most that fping keeps a number in mind. */
const TIMEOUT = 10_000;
/** s between two of ping's, which refuses less to who is not root. */
const PING_PERIOD = '0.2';
/** ms until it is tried again where the program has ended by itself: its device may come back. */
const AGAIN = 5000;
/** ms: whoever has started it ends it before. */
const FOR_EVER = 86_400_000;

/** Reflectors that are asked all the time. */
export interface Stream {
  /** What has come since the last call. */
  take(): Echo[];
  stop(): void;
}

/**
 * Asks the reflectors through a device: by one fping for all, or where there is none by a ping for each.
 *
 * @param clock ms since boot
 * @param heard told when something has come, and the time
 * @param failed told why a program has ended by itself
 */
export function openStream(
  { engine, exec }: Tools,
  { device, reflectors }: { device: string; reflectors: string[] },
  { clock, heard, failed }: { clock: () => number; heard: (now: number) => void; failed: (why: string) => void },
): Stream {
  let echoes: Echo[] = [];
  let children: Child[] = [];
  let over = false;
  const run = (program: string, args: string[], asked: string[]) => {
    const began = clock();
    const listen = createListener(asked);
    const hear = (piece: string) => {
      if (over) return;
      const now = clock();
      echoes.push(...listen(piece, now));
      heard(now);
    };
    const child = exec.start(program, [...args, '-I', device, ...asked], { timeout: FOR_EVER, hear });
    children.push(child);
    child.finished.then(({ failure, stderr, exitCode }) => {
      children = children.filter((other) => other !== child);
      if (over) return;
      failed(`${program}: ${failure ?? (stderr.trim().split('\n')[0] || `exit ${exitCode}`)}`);
      engine.after(Math.max(0, began + AGAIN - clock()), () => over || run(program, args, asked));
    });
  };
  const begin = (hasFping: boolean) => {
    if (over) return;
    if (!hasFping) {
      for (const reflector of reflectors) run('ping', ['-n', '-i', PING_PERIOD], [reflector]);
      return;
    }
    // One after the other, so that there is an answer as often as possible.
    const apart = Math.max(1, Math.floor(PERIOD / Math.max(1, reflectors.length)));
    run('fping', ['-l', '-p', `${PERIOD}`, '-i', `${apart}`, '-t', `${TIMEOUT}`], reflectors);
  };
  exec.find('fping').then((found) => begin(found !== undefined));
  return {
    take: () => {
      const news = echoes;
      echoes = [];
      return news;
    },
    stop: () => {
      over = true;
      for (const child of children) child.kill();
    },
  };
}
