import type { Engine, Output } from '../engine/engine.js';
import { type ExitCode, explain, fileError } from '../explain.js';
import { type Call, prepareRecording, writeRecording } from '../replay/folder.js';
import { keeperOf, record } from '../replay/recorder.js';
import { version } from '../version.js';
import type { Keep } from '../world.js';
import { type Context, createContext, toComplaint } from './context.js';
import { type Ended, runRound, type Start } from './perform.js';
import { realWorld } from './real-world.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a colour begins (ECMA-48, SGR)
const COLOUR = /\u001b\[[\d;]*m/g;

/** Makes the folder, or throws a Trouble. The round that is run then is kept in it: all that it sees and prints. */
export async function createRecorder(context: Context, folder: string): Promise<(start: Start) => Promise<Ended>> {
  prepareRecording(context.engine, folder);
  return (start) => recordRound(context, start, folder);
}

async function recordRound(context: Context, start: Start, folder: string): Promise<Ended> {
  const { world, calls, config } = await record(await realWorld(context), { ...context, state: context.options.state });
  const options = { ...context.options, verbose: true };
  const { engine, printed } = listen(context.engine);
  let complaint = '';
  try {
    return await runRound(createContext(options, engine, context.exec), start, world);
  } catch (error) {
    // Printed by whoever catches it.
    complaint = toComplaint(explain(error).lines);
    throw error;
  } finally {
    const { dryRun, remembered, unlocked } = start;
    const texts = { config: config(), state: remembered.text };
    const paths = { config: options.config, state: options.state };
    const recording = {
      paths,
      dryRun,
      json: options.json,
      ...texts,
      stateProblem: remembered.problem,
      unlocked,
      calls,
    };
    try {
      writeRecording(engine, folder, recording, version, printed() + complaint);
    } catch (error) {
      context.complain([`the recording in ${folder} is not whole: ${fileError(error)}`]);
    }
  }
}

/** The same of passes over RouterOS machines: no round and no configuration is in the folder. */
export async function recordPasses(
  context: Context,
  folder: string,
  dryRun: boolean,
  run: (context: Context, keep: Keep) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config, state } = context.options;
  prepareRecording(context.engine, folder);
  const options = { ...context.options, verbose: true };
  const { engine, printed } = listen(context.engine);
  const calls: Call[] = [];
  try {
    const heard = { ...createContext(options, engine, context.exec), platform: context.platform };
    return await run(heard, keeperOf(calls));
  } finally {
    const recording = { paths: { config, state }, dryRun, json: false, of: 'routeros' as const, calls };
    try {
      writeRecording(engine, folder, recording, version, printed());
    } catch (error) {
      context.complain([`the recording in ${folder} is not whole: ${fileError(error)}`]);
    }
  }
}

/** Hears what is printed, without colour, in its order. */
function listen(engine: Engine): { engine: Engine; printed(): string } {
  let printed = '';
  const hear = (stream: Output): Output => ({
    isTTY: stream.isTTY,
    write: (text) => {
      printed += text.replace(COLOUR, '');
      stream.write(text);
    },
  });
  return { engine: { ...engine, out: hear(engine.out), err: hear(engine.err) }, printed: () => printed };
}
