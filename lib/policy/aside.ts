import type { Config, WanState } from '../model.js';
import { findDead } from './dead.js';
import { findSpares } from './spare.js';

/**
 * The WANs after a round, with what counts of them beside their status.
 *
 * @param before as they were before it
 * @param uptime s since boot, now
 */
export function findAsides(
  config: Config,
  wans: WanState[],
  before: ReadonlyMap<string, WanState>,
  uptime: number,
): WanState[] {
  return findDead(config, findSpares(config, wans, before), uptime);
}
