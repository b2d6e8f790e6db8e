import type { ExitCode } from '../explain.js';
import { readRecording } from '../platform/recording.js';
import { replay as replayOutside } from '../platform/replay.js';
import { parseState } from '../state/state.js';
import { runRound } from './check.js';
import { type Context, createContext } from './context.js';

/** Decides a recorded round again and prints what it printed. Needs the folder and nothing else, and changes nothing. */
export async function replay(context: Context, { folder }: { folder: string }): Promise<ExitCode> {
  const recording = await readRecording(folder);
  const { paths, dryRun, unlocked, stateProblem: problem } = recording;
  const outside = replayOutside(recording);
  const options = { ...context.options, ...paths, verbose: true };
  const state = recording.state === undefined ? undefined : parseState(recording.state);
  const remembered = { ...(state && { state }), ...(problem !== undefined && { problem }) };
  return runRound(createContext(options, context.io, outside.exec), { dryRun, remembered, unlocked }, outside);
}
