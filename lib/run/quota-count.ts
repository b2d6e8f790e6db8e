import { fileError } from '../explain.js';
import type { Config, State } from '../model.js';
import { formatMemory, type Memory } from '../quota/memory.js';
import { count, joined, type Meter, today, type Use, useOf } from '../quota/meter.js';
import { dayOf } from '../quota/period.js';
import { safe } from '../report/words.js';
import { optional } from '../state/values.js';
import { attempt, setAside, writeAtomically } from '../system/files.js';
import { localTimeAt } from '../system/local-time.js';
import { settle } from '../system/settle.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';
import { quotaFile, readMemory } from './quota.js';
import { tellSyslog } from './syslog.js';

/** Of a quota: so much may be lost by a power cut. Flash wears out, so it is written no sooner than that, or once a day. */
const PART = 0.01;
/** s between two times that it is written: at least, and at the most where there is anything to write. */
const SOONEST = 300;
const LATEST = 86_400;
/** ms for flash to have it. */
const PATIENCE = 10_000;

/**
 * Counts what WANs with a quota have carried since the round before, and keeps it. What goes wrong is said once; no round fails by it.
 *
 * @param path of the file that outlives a restart of the router
 * @returns how much those that are watched have used
 */
export async function countData(context: Context, config: Config, path: string, state: State): Promise<Use[]> {
  const { engine, options } = context;
  const file = quotaFile(options.state);
  const before = recall(context, file);
  const counted = tally(before, config, state);
  const found = counted.joined ? { memory: counted, trouble: counted.trouble } : fetch(context, path, counted);
  // What could not be read may say more than is known here.
  const isUnread = !found.memory.joined && exists(engine, path);
  const isDue = !isUnread && found.trouble === counted.trouble && isKeepDue(found.memory, state.uptime);
  const { memory, trouble } = isDue ? await keep(context, path, found.memory) : found;
  if (trouble !== before?.trouble) await tell(context, config, trouble);
  const { trouble: _, ...rest } = memory;
  // Without room in RAM, the next round counts this one's bytes, too.
  attempt(() => writeAtomically(engine, file, formatMemory({ ...rest, ...optional('trouble', trouble) })));
  const watched = memory.meters.filter(({ wan }) => config.wans.some(({ name, enabled }) => enabled && name === wan));
  return watched.map((meter) => useOf(meter, memory.day));
}

/** A memory, and what is wrong with the file that outlives a restart, in words. */
interface Kept {
  memory: Memory;
  trouble: string | undefined;
}

function recall(context: Context, file: string): Memory | undefined {
  try {
    return readMemory(context, file);
  } catch {
    // What others may have written is none of ours.
    return undefined;
  }
}

function tally(before: Memory | undefined, { wans }: Config, { bootId, uptime, timestamp, wans: seen }: State): Memory {
  const known = before?.meters ?? [];
  const day = today(known, dayOf(localTimeAt(timestamp)), uptime);
  const meters = wans.flatMap(({ name, enabled, quota }): Meter[] => {
    if (!quota) return [];
    const meter: Meter = { ...(known.find(({ wan }) => wan === name) ?? { wan: name, days: [], unkept: 0 }), quota };
    const now = seen.find((wan) => wan.name === name)?.seen;
    if (!enabled || now?.device === undefined) return [meter];
    return [count(meter, { device: now.device, rx: now.rxBytes, tx: now.txBytes, bootId, uptime }, day)];
  });
  return {
    ...{ bootId, uptime, day, meters, joined: before?.joined ?? false },
    ...(before?.bootId === bootId ? optional('kept', before.kept) : {}),
    ...optional('trouble', before?.trouble),
  };
}

/** What was kept before the router started again. Where its folder comes later, it is added then. */
function fetch(context: Context, path: string, memory: Memory): Kept {
  const { engine } = context;
  const { trouble } = memory;
  if (!exists(engine, path)) return { memory, trouble };
  try {
    const kept = readMemory(context, path);
    if (!kept) {
      const words = `${path} was damaged; it is now ${setAside(engine, path)}, and counting begins anew`;
      return { memory: { ...memory, joined: true }, trouble: words };
    }
    const meters = memory.meters.map((meter) =>
      joined(meter, kept.meters.find(({ wan }) => wan === meter.wan)?.days ?? []),
    );
    return { memory: { ...memory, day: today(meters, memory.day, memory.uptime), meters, joined: true }, trouble };
  } catch (error) {
    return { memory, trouble: `${path} cannot be read: ${fileError(error)}; what was used before is not counted` };
  }
}

function isKeepDue({ meters, kept }: Memory, uptime: number): boolean {
  if (kept !== undefined && uptime - kept < SOONEST) return false;
  const isOld = uptime - (kept ?? 0) >= LATEST;
  return meters.some(({ unkept, quota }) => unkept >= PART * quota.bytes || (isOld && unkept > 0));
}

/** Writes it whole beside, then in place of what is there. */
async function keep(context: Context, path: string, memory: Memory): Promise<Kept> {
  const tried = { ...memory, kept: memory.uptime };
  const done = { ...tried, joined: true, meters: memory.meters.map((meter) => ({ ...meter, unkept: 0 })) };
  const part = `${path}.new`;
  const trouble = await written(context, part, path, formatMemory(done)).catch(fileError);
  if (trouble === undefined) return { memory: done, trouble };
  return {
    memory: tried,
    trouble: `${path} cannot be written: ${trouble}; a restart of the router forgets what was used`,
  };
}

async function written(context: Context, part: string, path: string, text: string): Promise<string | undefined> {
  writeAtomically(context.engine, part, text);
  return settle(context, part, path, PATIENCE);
}

async function tell(context: Context, { logLevel }: Config, trouble: string | undefined): Promise<void> {
  const text = `quota: ${trouble ?? 'it is kept again'}`;
  if (trouble !== undefined) context.complain([text]);
  await tellSyslog(context, [{ priority: trouble === undefined ? 'notice' : 'err', text: safe(text, 400) }], logLevel);
}
