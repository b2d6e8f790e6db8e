import type { Thing } from '../actuators/routeros/thing.js';
import type { Change, Config } from '../model.js';
import { safe } from '../report/words.js';
import type { Routeros } from '../routeros.js';
import type { MachineMemory, RouterosState } from '../state/routeros.js';
import { readClock } from '../system/clock.js';
import { createLink } from '../system/routeros/link.js';
import { waysTo } from '../system/routeros/ways.js';
import { sleep } from '../system/sleep.js';
import type { Keep } from '../world.js';
import { readOrKept, understand } from './configuration.js';
import type { Context } from './context.js';
import { type Pass, runPass } from './routeros-pass.js';
import { loadRouteros, saveRouteros } from './routeros-store.js';
import { isShaping, snapshot, wishFor } from './routeros-wish.js';
import { keptConfiguration } from './store.js';
import { tellSyslog } from './syslog.js';

/** s for one machine at a time: whoever does not answer by then is left to the next time. */
export const DEADLINE = 30;
/** The same where somebody waits for it. */
const LAST_DEADLINE = 15;
/** Times in a row that one is asked in vain to be put back which is not configured any more: about half an hour. */
const GIVEN_UP = 30;

export interface RouterosOptions {
  /** s until it ends at the latest. 0: when all is done once. */
  seconds: number;
  /** All is put back as it was, and nothing remembered any more. */
  leaving?: true;
  /** Nothing is changed. */
  dryRun?: true;
  /** For who watches it. */
  watch?: Pick<Pass, 'looked' | 'changed'>;
  /** For who records it: one machine after the other then. */
  keep?: Keep;
}

/** What came of it. */
export interface Steered {
  changes: Change<Thing>[];
  /** What is wrong, each with the name of its machine. */
  problems: string[];
}

/** All machines, steered at the same time, with what is remembered of each. */
export function createCrew(
  context: Context,
  { leaving, dryRun, watch, keep: witness }: RouterosOptions,
  bootId: string,
) {
  const { engine, options } = context;
  const uptime = () => readClock(engine).uptime;
  const memory = new Map(loadRouteros(engine, options.state, bootId).machines.map((one) => [idOf(one.machine), one]));
  const told: Promise<unknown>[] = [];
  const changes: Change<Thing>[] = [];
  const steered = new Set<string>();
  let waits: number[] = [];
  let hasShaper = false;
  let logLevel: Config['logLevel'] = 'notice';
  let keep: (change: Change<Thing>) => void = () => {};
  const save = (worker?: RouterosState['worker']) =>
    dryRun ||
    saveRouteros(engine, options.state, { bootId, ...(worker ? { worker } : {}), machines: [...memory.values()] });
  let worker: RouterosState['worker'];

  const tell = (priority: 'notice' | 'err', text: string) => {
    if (!dryRun && !leaving) told.push(tellSyslog(context, [{ priority, text: safe(text, 400) }], logLevel));
  };

  const steerOne = async (machine: Routeros, config: Config | undefined, isLeaving: boolean, before: string) => {
    const id = idOf(machine);
    let current = before;
    const fresh = { machine, former: [], due: 0, failures: 0, written: {}, problems: [] };
    const known: MachineMemory = { ...(memory.get(id) ?? fresh), machine };
    // Only whoever has just been started is in a hurry.
    if (steered.has(id) && known.failures > 0 && uptime() < known.due) {
      waits.push(known.due);
      return;
    }
    steered.add(id);
    const lines = waysTo(context, machine);
    const surroundings = { uptime, sleep: (ms: number) => sleep(engine, ms) };
    const pass: Pass = {
      memory: known,
      link: createLink(lines, surroundings, known.detour),
      ...{ leaving: isLeaving, dryRun: dryRun === true, uptime },
      wish: () => {
        current = snapshot(context);
        return wishFor(context, isLeaving ? undefined : config, machine);
      },
      isStale: () => !isLeaving && snapshot(context) !== current,
      keep: (now) => {
        memory.set(id, now);
        return save(worker);
      },
      looked: (view) => watch?.looked(view),
      changed: (change) => {
        watch?.changed(change);
        tell('notice', change.sentence.replace(/^~ /, 'routeros '));
        keep(change);
      },
      deadline: uptime() + (leaving ? LAST_DEADLINE : DEADLINE),
    };
    const done = await runPass(witness ? (await import('./routeros-take.js')).heardPass(pass, witness) : pass);
    changes.push(...done.changes);
    const news = done.memory.problems.filter((text) => !known.problems.includes(text));
    for (const text of news) tell('err', `routeros ${machine.name}: ${text}`);
    if (known.problems.length > 0 && done.memory.problems.length + done.memory.failures === 0)
      tell('notice', `routeros ${machine.name}: all is well again`);
    const isLost = isLeaving && !leaving && done.memory.failures > GIVEN_UP;
    if (isLost) tell('err', `routeros ${machine.name}: what was changed there stays as it is: it does not answer`);
    if (isLost || (isLeaving && done.settled && done.memory.problems.length === 0)) memory.delete(id);
    else memory.set(id, done.memory);
    if (!done.settled) waits.push(done.memory.due);
  };

  return {
    /** @returns s since boot when something is to be done that has to wait */
    steer: async (until: number, before: string): Promise<number | undefined> => {
      worker = { pid: engine.pid, until };
      waits = [];
      // Whoever puts all back needs none.
      const readable = leaving ? await readConfig(context).catch(() => undefined) : await readConfig(context);
      const config = leaving ? undefined : readable;
      logLevel = config?.logLevel ?? logLevel;
      if (readable?.history) {
        const { keepElsewhere } = await import('./history-elsewhere.js');
        keep = (change) => keepElsewhere(context, change);
      }
      const asked = config?.routeros ?? [];
      const left = [...memory.values()]
        .map(({ machine }) => machine)
        .filter((machine) => !asked.some((one) => idOf(one) === idOf(machine)));
      // What we have never changed there needs nothing.
      for (const machine of left) if (memory.get(idOf(machine))?.former.length === 0) memory.delete(idOf(machine));
      const all = [
        ...asked.map((machine) => () => steerOne(machine, config, false, before)),
        ...left
          .filter((machine) => memory.has(idOf(machine)))
          .map((machine) => () => steerOne(machine, undefined, true, before)),
      ];
      // None of them waits for another.
      if (!witness) await Promise.all(all.map((steer) => steer()));
      else for (const steer of all) await steer();
      save(worker);
      hasShaper = asked.some(({ shaper }) => shaper);
      return waits.length > 0 ? Math.min(...waits) : undefined;
    },
    isShaping: () => hasShaper && isShaping(context),
    /** Nobody is at work any more. */
    leave: () => {
      worker = undefined;
      save();
    },
    told: () => Promise.all(told),
    result: (): Steered => ({
      changes,
      problems: [...memory.values()].flatMap(({ machine, problems }) =>
        problems.map((text) => `routeros ${machine.name}: ${text}`),
      ),
    }),
  };
}

function idOf({ name, host }: Routeros): string {
  return `${name} ${host}`;
}

async function readConfig({ engine, options, platform }: Context): Promise<Config | undefined> {
  const owner = await platform();
  const source = await readOrKept(owner, engine, options.config, keptConfiguration(engine, options.state));
  return (await understand(owner, options.config, source)).config;
}
