import type { Planner } from '../actuators/actuator.js';
import type { Change, Now, State, View } from '../model.js';
import { plan } from '../plan.js';
import type { Course } from '../policy/policy.js';

/**
 * What a round would change that found all lines as the last one did; after a restart of the router, nothing is known of them.
 *
 * @param planner of what is steered
 */
export function pendingBy<T>(planner: Planner<T>, { bootId, noGroup, wans }: State, now: Now) {
  const statuses = new Map(wans.map(({ name, verdict }) => [name, bootId === now.bootId ? verdict.status : 'unknown']));
  const lack = noGroup === now.bootId ? planner.lack : undefined;
  return (course: Course, view: View): Change<T>[] => plan(planner, course, view, statuses, { lack }).changes;
}
