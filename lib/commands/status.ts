import { EXIT, type ExitCode } from '../explain.js';
import type { Context } from '../run/context.js';
import { exitCodeOf, loadState } from '../run/store.js';
import { isRecent } from '../state/recent.js';
import { readClock } from '../system/clock.js';
import { isStopped } from '../system/service.js';

/** Shows what the last round found and what the kernel's table is now. Probes nothing, changes nothing. */
export async function status(
  context: Context,
  { check, watch }: { check?: boolean; watch?: boolean },
): Promise<ExitCode> {
  if (check) return answerQuietly(context);
  const { look } = await import('../run/look.js');
  if (watch) return (await import('../run/rare.js')).watch(context, async (seen) => (await look(seen)).lines);
  const { lines, exitCode } = await look(context);
  for (const line of lines) context.say(line);
  return exitCode;
}

/** For scripts that ask every other second: the state file alone says it, and not a word is printed. */
async function answerQuietly({ engine, options }: Context): Promise<ExitCode> {
  if (isStopped(engine)) return EXIT.noneUp;
  const { state } = loadState(engine, options.state, true);
  return state && isRecent(state, readClock(engine)) ? exitCodeOf(state) : EXIT.noneUp;
}
