import type { Thing } from '../actuators/routeros/thing.js';
import type { Change } from '../model.js';
import { withoutSecrets } from '../observe/routeros.js';
import type { Call } from '../replay/folder.js';
import { asBegun, asLook, asSet, asSwitch, asWish, callOf, isWrite, nameOf, orderText } from '../replay/machine.js';
import { createTape, type Take } from '../replay/tape.js';
import { formatRouteros } from '../state/routeros.js';
import type { Keep } from '../world.js';
import { type Pass, type Passed, runPass } from './routeros-pass.js';

/** A pass with a witness of all that it is told. What is secret there is not asked by it, nor told to it. */
export function heardPass(pass: Pass, keep: Keep): Pass {
  const { memory, link, leaving, dryRun, deadline } = pass;
  const call = callOf(memory.machine.name);
  // Time goes by when something is asked, here as where it is played.
  let now = pass.uptime();
  const timed = <T>(answer: T) => {
    now = pass.uptime();
    return { at: now, answer };
  };
  keep(call('pass'), {
    memory: formatRouteros({ bootId: '', machines: [memory] }),
    leaving,
    dryRun,
    deadline,
    at: now,
  });
  return {
    ...pass,
    uptime: () => now,
    wish: async () => keep(call('wish'), await pass.wish()),
    isStale: () => keep(call('stale'), pass.isStale()),
    keep: (known) => keep(call('keep'), pass.keep(known)),
    link: {
      ...link,
      ask: async (questions) => {
        const answers = await link.ask(questions);
        const shown = Array.isArray(answers) ? withoutSecrets(questions, answers) : answers;
        keep(call('look'), timed(Array.isArray(shown) ? shown.map((items) => items ?? null) : shown));
        return shown;
      },
      set: async (order) => {
        const failure = await link.set(order);
        keep(call('set'), timed(failure ?? null), orderText(order));
        return failure;
      },
    },
  };
}

type Told = Pick<Pass, 'looked' | 'changed'>;

/** What comes of passes that were recorded, once more. Throws a Trouble where one does what it did not do then. */
export async function replayPasses(
  calls: Call[],
  told: Told,
): Promise<{ changes: Change<Thing>[]; problems: string[] }> {
  const take = createTape(calls, isWrite);
  const done: Passed[] = [];
  for (const { call } of calls) {
    const name = nameOf(call);
    if (name !== undefined) done.push(await runPass(playedPass(name, take, told)));
  }
  return {
    changes: done.flatMap(({ changes }) => changes),
    problems: done.flatMap(({ memory }) => memory.problems.map((text) => `routeros ${memory.machine.name}: ${text}`)),
  };
}

function playedPass(name: string, take: Take, told: Told): Pass {
  const call = callOf(name);
  const { at, ...begun } = take(call('pass'), asBegun);
  let now = at;
  const timed = <T>(timed: { at: number; answer: T }) => {
    now = timed.at;
    return timed.answer;
  };
  return {
    ...begun,
    ...told,
    uptime: () => now,
    wish: async () => take(call('wish'), asWish),
    isStale: () => take(call('stale'), asSwitch).on,
    keep: () => take(call('keep'), asSwitch).on,
    link: {
      // What worked is of no use to anybody any more.
      way: () => undefined,
      detour: () => undefined,
      ask: async () => timed(take(call('look'), asLook)),
      set: async (order) => timed(take(call('set'), asSet, orderText(order))),
    },
  };
}
