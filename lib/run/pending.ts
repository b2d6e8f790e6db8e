import type { Planner } from '../actuators/actuator.js';
import { wordFor } from '../health/transition.js';
import type { Change, Config, Now, State, Steer, View } from '../model.js';
import { plan } from '../plan.js';
import { courseOf } from '../policy/course.js';

/**
 * What a round would change that found all lines as the last one did; after a restart of the router, nothing is known of them.
 *
 * @param planners of all that is steered
 * @param steersOf which new flows are led by another line, as it is remembered; absent: nobody asks for it
 */
export function pendingBy(
  planners: Planner[],
  { bootId, noGroup, wans, balance, steering }: State,
  now: Now,
  steersOf?: (config: Config, lines: string[] | undefined) => Steer[],
) {
  const words = new Map(wans.map((wan) => [wan.name, bootId === now.bootId ? wordFor(wan) : 'unknown']));
  const isLacking = noGroup === now.bootId;
  return (config: Config, view: View): Change[] => {
    const course =
      bootId === now.bootId
        ? courseOf(config, balance, wans, steersOf?.(config, steering))
        : courseOf(config, undefined, []);
    return planners.flatMap((planner) => {
      const lack = isLacking ? planner.lack : undefined;
      return plan(planner, course, view, words, { lack }).changes;
    });
  };
}
