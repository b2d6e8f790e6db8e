import type { Healing, WanState } from '../model.js';
import { number, optional } from './values.js';

/** Its keys in the section of a WAN, and their values; none where there is nothing to remember. */
export function formatHealing({ healing }: WanState): Record<string, unknown> {
  if (!healing) return {};
  const { silentSince, diallingSince, restarts, restarted, due } = healing;
  return {
    silent_since: silentSince?.toFixed(2) ?? '',
    dialling_since: diallingSince?.toFixed(2) ?? '',
    restarts,
    restarted: restarted?.toFixed(2) ?? '',
    restart_due: due?.toFixed(2) ?? '',
  };
}

/** What they say; nothing where they are not there. */
export function parseHealing(section: Record<string, unknown>): { healing?: Healing } {
  if (section.restarts === undefined) return {};
  return {
    healing: {
      ...optional('silentSince', number(section.silent_since)),
      ...optional('diallingSince', number(section.dialling_since)),
      restarts: number(section.restarts) ?? 0,
      ...optional('restarted', number(section.restarted)),
      ...optional('due', number(section.restart_due)),
    },
  };
}
