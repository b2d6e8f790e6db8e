import type { Healing, WanState } from '../model.js';
import { number, type Section } from './values.js';

/** Times, in s since boot. */
const TIMES = {
  silentSince: 'silent_since',
  diallingSince: 'dialling_since',
  haltedSince: 'halted_since',
  restarted: 'restarted',
  due: 'restart_due',
} as const;
const entries = Object.entries(TIMES) as [keyof typeof TIMES, string][];

/** Its keys in the section of a WAN, and their values; none where there is nothing to remember. */
export function formatHealing({ healing }: WanState): Section {
  if (!healing) return {};
  const times = entries.map(([name, key]) => [key, healing[name]?.toFixed(2) ?? '']);
  return { restarts: healing.restarts, ...Object.fromEntries(times) };
}

/** What they say; nothing where they are not there. */
export function parseHealing(section: Section): { healing?: Healing } {
  if (section.restarts === undefined) return {};
  const times = entries.flatMap(([name, key]) => {
    const time = number(section[key]);
    return time === undefined ? [] : [[name, time]];
  });
  return { healing: { restarts: number(section.restarts) ?? 0, ...Object.fromEntries(times) } };
}
