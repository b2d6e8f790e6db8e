import type { Actuator } from '../actuators/actuator.js';
import type { Observation, Path } from '../model.js';

/** Where a round looks and acts. What cannot be done here is thrown as a Trouble. */
export interface Platform {
  observe(): Promise<Observation>;
  /** Where tunnels lead of which the kernel does not know it: their servers, by device. */
  servers(): Promise<Map<string, string>>;
  /** Why a probe through the path would say nothing about its line; undefined if it would. */
  whyNoProbe(path: Path, seen: Observation): string | undefined;
  /** What is steered, in the order in which it is. */
  actuators: Actuator[];
}
