import { EXIT, type ExitCode } from '../explain.js';
import type { State } from '../model.js';
import { readClock } from '../system/clock.js';
import type { Context } from './context.js';

/**
 * The exit code of a round that says all that this one could; undefined where there is none.
 *
 * @param asked when this one was called: s since boot
 * @param ifDue one that is not due yet is spared, too, as long as nothing differs from what the last one left
 */
export async function answerWithoutRound(
  context: Context,
  state: State | undefined,
  asked: number,
  ifDue: boolean | undefined,
): Promise<ExitCode | undefined> {
  const note = (line: string) => context.options.verbose && context.note(line);
  const answered = answerOf(context, state, asked);
  if (answered !== undefined) note('another round began after this call and has ended; nothing is left to do');
  if (answered !== undefined || !ifDue) return answered;
  // Where rounds are a minute or less apart, there is nothing to compare with, and nothing is loaded for it.
  const idle = state?.fingerprint === undefined ? undefined : await (await loadDue()).idleAnswer(context, state);
  if (idle !== undefined) note('nothing has changed since the last round, and the next one is not due');
  return idle;
}

const loadDue = () => import('./rare.js');

/** That of a round that began after `asked`; undefined if there was none. */
function answerOf({ engine }: Context, state: State | undefined, asked: number): ExitCode | undefined {
  const now = readClock(engine);
  if (!state || state.bootId !== now.bootId || state.uptime > now.uptime || state.unfinished) return undefined;
  if (state.begun === undefined || state.begun <= asked) return undefined;
  return Object.values(EXIT).find((code) => code === state.exitCode);
}
