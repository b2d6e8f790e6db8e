import { stripVTControlCharacters } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { explain, fileError } from '../explain.js';
import { record } from '../platform/record.js';
import { prepareRecording, writeRecording } from '../platform/recording.js';
import { type Context, createContext, type Io, toComplaint } from './context.js';
import { type Ended, runRound, type Start } from './perform.js';
import { reality } from './reality.js';

/** Makes the folder, or throws a Trouble. The round that is run then is kept in it: all that it sees and prints. */
export async function createRecorder(context: Context, folder: string): Promise<(start: Start) => Promise<Ended>> {
  await prepareRecording(folder);
  return (start) => recordRound(context, start, folder);
}

async function recordRound(context: Context, start: Start, folder: string): Promise<Ended> {
  const { outside, calls, config } = record(reality(context));
  const options = { ...context.options, verbose: true };
  const { io, printed } = listen(context.io);
  let complaint = '';
  try {
    return await runRound(createContext(options, io, outside.exec), start, outside);
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
    await writeRecording(folder, recording, manifest.version, printed() + complaint).catch((error) => {
      context.complain([`the recording in ${folder} is not whole: ${fileError(error)}`]);
    });
  }
}

/** Hears what is printed, without colour, in its order. */
function listen(io: Io): { io: Io; printed(): string } {
  let printed = '';
  const hear = (stream: Io['out']): Io['out'] => ({
    isTTY: stream.isTTY,
    write: (text) => {
      printed += stripVTControlCharacters(text);
      stream.write(text);
    },
  });
  return { io: { ...io, out: hear(io.out), err: hear(io.err) }, printed: () => printed };
}
