import { EXIT, type ExitCode } from '../explain.js';
import type { State } from '../model.js';
import { readClock } from '../system/clock.js';
import { type Context, loadState, requireRoot, withLock } from './context.js';
import { type Ended, runRound, type Start } from './perform.js';
import { tellOthers, tellTrouble } from './tell.js';

/** s that a round takes at the most to read its configuration. */
const READING = 0.2;

export interface CheckOptions {
  dryRun: boolean;
  /** Folder for all that the round sees. */
  record?: string;
}

/** Runs one round and tells what changed. */
export async function check(context: Context, { dryRun, record }: CheckOptions): Promise<ExitCode> {
  if (!dryRun) requireRoot(context, 'check');
  const run =
    record === undefined
      ? (start: Start) => runRound(context, start)
      : await (await import('./record.js')).createRecorder(context, record);
  if (dryRun) return (await run({ dryRun, remembered: await loadState(context.options.state, true) })).exitCode;
  const asked = readClock().uptime;
  return withLock(context, async (unlocked) => {
    const remembered = await loadState(context.options.state, false);
    // Only a round of its own can be recorded.
    const answered = record === undefined ? answerOf(remembered.state, asked) : undefined;
    if (answered === undefined) return runAndTell(context, run, { dryRun, remembered, unlocked });
    if (context.options.verbose)
      context.note('another round began after this call and has ended; nothing is left to do');
    return answered;
  });
}

async function runAndTell(context: Context, run: (start: Start) => Promise<Ended>, start: Start): Promise<ExitCode> {
  try {
    const ended = await run(start);
    await tellOthers(context, start, ended);
    return ended.exitCode;
  } catch (error) {
    await tellTrouble(context, start, error);
    throw error;
  }
}

/** The exit code of a round that began after `asked` (s since boot); undefined if there was none. */
function answerOf(state: State | undefined, asked: number): ExitCode | undefined {
  const now = readClock();
  if (!state || state.bootId !== now.bootId || state.uptime > now.uptime) return undefined;
  // A round reads its configuration just before it begins to count.
  if (state.uptime - state.duration / 1000 <= asked + READING) return undefined;
  return Object.values(EXIT).find((code) => code === state.exitCode);
}
