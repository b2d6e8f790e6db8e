import type { ExitCode } from '../explain.js';
import { readRecording } from '../replay/folder.js';
import { recordedWorld } from '../replay/player.js';
import { type Context, createContext } from '../run/context.js';
import { runRound } from '../run/perform.js';
import { parseState } from '../state/parse.js';

/** Decides a recorded round again and prints what it printed. Needs the folder and nothing else, and changes nothing. */
export async function replay(context: Context, { folder }: { folder: string }): Promise<ExitCode> {
  const recording = readRecording(context.engine, folder);
  const { paths, dryRun, json, unlocked, stateProblem: problem } = recording;
  const world = await recordedWorld(context.engine, recording);
  const options = { ...context.options, ...paths, json, verbose: true };
  const state = recording.state === undefined ? undefined : parseState(recording.state);
  const remembered = { ...(state && { state }), ...(problem !== undefined && { problem }) };
  const start = { dryRun, remembered, unlocked };
  return (await runRound(createContext(options, context.engine, context.exec), start, world)).exitCode;
}
