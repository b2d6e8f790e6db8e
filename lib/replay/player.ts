import type { Engine } from '../engine/engine.js';
import { Trouble } from '../explain.js';
import { choosePlatform } from '../platform/choose.js';
import { linux } from '../platform/linux.js';
import type { Exec } from '../system/exec.js';
import type { World } from '../world.js';
import { asAttempt, asFinished, asNow, asProbe, asSource, asTrouble, asUnsaved, asWords } from './answers.js';
import type { Recording } from './folder.js';
import { createTape, type Take } from './tape.js';

/** How routes are changed; all other programs are only asked. */
const ACTION = 'ip -batch -';

/** The world as a recording has it. Whatever is in it may have been written by anybody. */
export async function recordedWorld(engine: Engine, recording: Recording): Promise<World> {
  const take = createTape(recording.calls, (call) => call === ACTION);
  const tools = { engine, exec: programs(take) };
  // Who had no configuration was not asked for more in earlier versions.
  const isAsked = recording.calls.some(({ call }) => call === 'find ubus');
  return {
    platform: isAsked ? await choosePlatform(tools) : linux(tools),
    configuration: async () => {
      const source = take('configuration', (answer) => asTrouble(answer) ?? asSource(answer, recording.config));
      if (source instanceof Trouble) throw source;
      return source;
    },
    keepConfiguration: () => {},
    now: () => take('now', asNow),
    probe: async (wan) => take(`probe ${wan.name}`, (answer) => asProbe(answer, wan)),
    setHashPolicy: () => take('hash policy', asAttempt),
    save: () => take('save', asUnsaved).unsaved,
  };
}

function programs(take: Take): Exec {
  return {
    start: (program, args, { input }) => {
      const call = [program, ...args].join(' ');
      return { finished: Promise.resolve().then(() => take(call, asFinished, input)), kill: () => {} };
    },
    detach: async () => true,
    find: async (program) => take(`find ${program}`, asWords).words,
  };
}
