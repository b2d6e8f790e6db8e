import { inCharge, isOurs, usesDevice } from '../actuators/routes/route.js';
import { routeWords } from '../actuators/routes/words.js';
import type { Config, Cure, NetifdInterface, Problem, RoundResult } from '../model.js';
import { curesOf } from './cures.js';
import { examineStrangers } from './examine.js';
import { findObstacles } from './obstacles.js';

/**
 * What a round found that is most likely a slip of somebody, in words.
 *
 * @param rivals interfaces of netifd that could be WANs, and are none
 */
export function findOddities(config: Config, { seen, paths }: RoundResult, rivals: NetifdInterface[]): Problem[] {
  const strangers = inCharge(seen.routes).filter(
    (route) => !isOurs(route) && rivals.some(({ l3Device }) => usesDevice(route, l3Device)),
  );
  return [
    ...findObstacles(config, seen, paths),
    ...examineStrangers(strangers, routeWords, (route) => curesOf(route, seen, paths)),
  ];
}

/** What cures the default of somebody else that stands in the way. */
export function remedyOf({ remedy = [], stranger }: Problem, { seen, paths }: RoundResult): (string | Cure)[] {
  return [...((stranger && curesOf(stranger, seen, paths)) ?? []), ...remedy];
}
