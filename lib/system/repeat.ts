import type { Engine } from '../engine/engine.js';
import { sleep } from './sleep.js';

/** Does something, then again every `pause` ms, until Ctrl-C, or until nobody reads what we print; throws what it throws. */
export async function repeat(engine: Engine, pause: number, work: () => Promise<void>): Promise<void> {
  let going = true;
  const stopped = new Promise<void>((resolve) => {
    engine.onInterrupt(() => {
      going = false;
      resolve();
    });
  });
  while (going) {
    await Promise.race([work(), stopped]);
    await Promise.race([sleep(engine, pause), stopped]);
  }
}
