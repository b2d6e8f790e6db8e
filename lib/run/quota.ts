import type { State } from '../model.js';
import { type Memory, parseMemory } from '../quota/memory.js';
import { type Use, useOf } from '../quota/meter.js';
import { readOwn } from '../system/files.js';
import type { Context } from './context.js';

/** What is remembered of what WANs have carried: in RAM, beside the state file. */
export function quotaFile(state: string): string {
  return `${state}.quota`;
}

/** What a file remembers; undefined where there is none, or none of ours. Throws the system's error. */
export function readMemory({ engine }: Pick<Context, 'engine'>, path: string): Memory | undefined {
  const text = readOwn(engine, path);
  return text === undefined ? undefined : parseMemory(text);
}

/** What the last round has counted, for whoever looks; nothing where it has not. */
export function lastUses(
  context: Pick<Context, 'engine' | 'options'>,
  { bootId, begun = 0 }: Pick<State, 'bootId' | 'begun'>,
): Use[] {
  try {
    const memory = readMemory(context, quotaFile(context.options.state));
    if (memory?.bootId !== bootId || memory.uptime < begun) return [];
    return memory.meters.map((meter) => useOf(meter, memory.day));
  } catch {
    return [];
  }
}
