import { setTimeout as sleep } from 'node:timers/promises';

/** Does something, then again every `pause` ms, until Ctrl-C, or until nobody reads what we print; throws what it throws. */
export async function repeat(pause: number, work: () => Promise<void>): Promise<void> {
  let going = true;
  const stopped = new Promise<void>((resolve) => {
    const stop = () => {
      going = false;
      resolve();
    };
    process.once('SIGINT', stop);
    process.stdout.once('error', stop);
  });
  while (going) {
    await Promise.race([work(), stopped]);
    await Promise.race([sleep(pause), stopped]);
  }
}
