import { EXIT, type ExitCode } from '../explain.js';
import { type Context, requireRoot } from '../run/context.js';
import { steerRouteros } from '../run/routeros.js';
import { printSteered, watcherOf } from '../run/routeros-print.js';
import { takeLock } from '../system/lock.js';
import { leaveService } from '../system/service.js';
import type { Keep } from '../world.js';

interface RouterosCommand {
  /** s until it ends at the latest. */
  seconds?: number;
  dryRun?: boolean;
  /** Folder for all that it sees. */
  record?: string;
}

/** Steers RouterOS machines by what rounds have found. Started behind rounds, and by people who want to see it: with --verbose. */
export async function routeros(
  context: Context,
  { seconds = 0, dryRun = false, record }: RouterosCommand,
): Promise<ExitCode> {
  requireRoot(context, 'routeros');
  const steer = async (here: Context, keep?: Keep) => {
    const options = {
      seconds,
      watch: watcherOf(here),
      ...(dryRun ? { dryRun } : {}),
      ...(keep ? { keep } : {}),
    } as const;
    return printSteered(here, await steerRouteros(here, options), dryRun);
  };
  const run = async () => {
    if (record === undefined) return steer(context);
    return (await import('../run/record.js')).recordPasses(context, record, dryRun, steer);
  };
  if (dryRun) return run();
  leaveService(context.engine);
  const lock = await takeLock(context, `${context.options.state}.routeros.lock`, 1).catch(() => undefined);
  if (!lock) {
    context.note('another mini-mwan routeros is at work');
    return EXIT.ok;
  }
  try {
    return await run();
  } finally {
    lock.release();
  }
}
