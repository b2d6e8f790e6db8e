import { takeLock } from '../system/lock.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import type { Steered } from './routeros-crew.js';
import { routerosPath } from './routeros-store.js';

/** ms for who is at work now, and waits for a machine that does not answer. */
const PATIENCE = 40_000;

/** Puts back what was changed on RouterOS machines. Undefined: nothing was. */
export async function leaveRouteros(context: Context): Promise<Steered | undefined> {
  const { engine, options } = context;
  if (!exists(engine, routerosPath(options.state))) return undefined;
  const lock = await takeLock(context, `${options.state}.routeros.lock`, PATIENCE).catch(() => undefined);
  if (!lock)
    return { changes: [], problems: ['RouterOS machines are being steered, and cannot be put back: try again'] };
  try {
    const { steerRouteros } = await import('./routeros.js');
    const steered = await steerRouteros(context, { seconds: 0, leaving: true });
    const hint = 'what was changed there stays; to try again: mini-mwan restore';
    return { ...steered, problems: steered.problems.flatMap((text) => [text, `  ${hint}`]) };
  } finally {
    lock.release();
  }
}
