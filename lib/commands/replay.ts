import type { ExitCode } from '../explain.js';
import type { Change, Problem } from '../model.js';
import { type Call, type Recording, readRecording } from '../replay/folder.js';
import { nameOf } from '../replay/machine.js';
import { recordedWorld } from '../replay/player.js';
import { type Context, createContext } from '../run/context.js';
import { runRound } from '../run/perform.js';
import { parseState } from '../state/parse.js';

/** Decides a recorded round again and prints what it printed. Needs the folder and nothing else, and changes nothing. */
export async function replay(context: Context, { folder }: { folder: string }): Promise<ExitCode> {
  const recording = readRecording(context.engine, folder);
  const { paths, dryRun, json, unlocked, stateProblem: problem, calls } = recording;
  const options = { ...context.options, ...paths, json, verbose: true };
  if (recording.of === 'routeros') return again(createContext(options, context.engine, context.exec), recording);
  const world = await recordedWorld(context.engine, recording);
  if (calls.some(({ call }) => nameOf(call) !== undefined)) world.planElsewhere = (result) => replan(result, calls);
  const state = recording.state === undefined ? undefined : parseState(recording.state);
  const remembered = { ...(state && { state }), ...(problem !== undefined && { problem }) };
  const start = { dryRun, remembered, unlocked };
  return (await runRound(createContext(options, context.engine, context.exec), start, world)).exitCode;
}

/** Passes over RouterOS machines. */
async function again(context: Context, { calls, dryRun }: Recording): Promise<ExitCode> {
  const { printSteered, watcherOf } = await import('../run/routeros-print.js');
  const { replayPasses } = await import('../run/routeros-take.js');
  return printSteered(context, await replayPasses(calls, watcherOf(context)), dryRun);
}

/** What a plan adds of them. */
async function replan(result: { changes: Change[] }, calls: Call[]): Promise<Problem[]> {
  const { replayPasses } = await import('../run/routeros-take.js');
  const { changes, problems } = await replayPasses(calls, { looked: () => {}, changed: () => {} });
  result.changes.push(...changes);
  return problems.map((text) => ({ text }));
}
