import { EXIT, type ExitCode } from '../explain.js';
import { type Context, requireRoot } from '../run/context.js';
import { shape as control } from '../run/shape.js';
import { takeLock } from '../system/lock.js';
import { leaveService } from '../system/service.js';

/** Keeps lines quick for as long as they are loaded, unless that is being done already. Started behind rounds, and by people. */
export async function shape(
  context: Context,
  { shaper: names = [], seconds, dryRun }: { shaper?: string[]; seconds?: number; dryRun: boolean },
): Promise<ExitCode> {
  const options = { names, dryRun, ...(seconds === undefined ? {} : { seconds }) };
  if (dryRun) return control({ ...context, options: { ...context.options, verbose: true } }, options);
  requireRoot(context, 'shape');
  leaveService(context.engine);
  const lock = await takeLock(context, `${context.options.state}.shape.lock`, 1).catch(() => undefined);
  if (!lock) {
    if (seconds === undefined) context.note('another mini-mwan shape is at work');
    return EXIT.ok;
  }
  if (lock.problem !== undefined) context.complain([lock.problem]);
  try {
    return await control(context, options);
  } finally {
    lock.release();
  }
}
