import { EXIT, type ExitCode } from '../explain.js';
import { type Context, requireRoot } from '../run/context.js';
import { steerRouteros } from '../run/routeros.js';
import { takeLock } from '../system/lock.js';
import { leaveService } from '../system/service.js';

/** Steers RouterOS machines by what rounds have found. Started behind rounds, and by people who want to see it: with --verbose. */
export async function routeros(context: Context, { seconds = 0 }: { seconds?: number }): Promise<ExitCode> {
  requireRoot(context, 'routeros');
  leaveService(context.engine);
  const lock = await takeLock(context, `${context.options.state}.routeros.lock`, 1).catch(() => undefined);
  if (!lock) {
    context.note('another mini-mwan routeros is at work');
    return EXIT.ok;
  }
  try {
    const { changes, problems } = await steerRouteros(context, { seconds });
    for (const { sentence } of changes) context.say(sentence);
    if (problems.length > 0) context.complain(problems);
    return problems.length > 0 ? EXIT.routes : EXIT.ok;
  } finally {
    lock.release();
  }
}
