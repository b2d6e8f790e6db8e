import type { Engine } from '../engine/engine.js';
import { Trouble } from '../explain.js';
import { linux } from '../platform/linux.js';
import { openwrt } from '../platform/openwrt.js';
import type { Platform } from '../platform/platform.js';
import type { Exec, Tools } from '../system/exec.js';
import type { World } from '../world.js';
import { asAttempt, asFinished, asNow, asProbe, asSource, asTrouble, asUnsaved, asWords } from './answers.js';
import type { Recording } from './folder.js';
import { IPFIRE, isDeed, playedGround } from './ground.js';
import { createTape, type Take } from './tape.js';

/** How routes, marks and queues are changed, and RED on IPFire; all other programs are only asked. */
const ACTION =
  /^ip (-batch -$|route |link (add|del) )|^tc (qdisc|filter) (add|change|del) |^nft (add|delete) |^(killall|pkill|ln|mv|\/etc\/rc\.d\/init\.d\/network) /;

/** The world as a recording has it. Whatever is in it may have been written by anybody. */
export async function recordedWorld(engine: Engine, recording: Recording): Promise<World> {
  const take = createTape(recording.calls, (call) => ACTION.test(call) || isDeed(call));
  const tools = {
    engine,
    exec: programs(take),
    recalled: (suffix: string) => recalled(recording, take, suffix),
  };
  return {
    platform: await platformOf(recording, tools, take),
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

/** Earlier versions did not write down what they read there. */
function recalled({ calls }: Recording, take: Take, suffix: string): string | undefined {
  const name = `recall ${suffix}`;
  return calls.some(({ call }) => call === name) ? take(name, asWords).words : undefined;
}

async function platformOf({ calls }: Recording, tools: Tools, take: Take): Promise<Platform> {
  if (calls.some(({ call }) => call.startsWith(IPFIRE))) {
    return (await import('../platform/on-ipfire.js')).ipfire(tools, playedGround(take));
  }
  // Who had no configuration was not asked for more in earlier versions.
  return (await isOpenwrt(calls, tools)) ? openwrt(tools) : linux(tools);
}

/** Whoever recorded it asked for ubus first. */
async function isOpenwrt(calls: Recording['calls'], { exec }: Tools): Promise<boolean> {
  return calls.some(({ call }) => call === 'find ubus') && (await exec.find('ubus')) !== undefined;
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
