import type { Change, Observation } from '../model.js';

/** Where a round looks and acts. What cannot be done here is thrown as a Trouble. */
export interface Platform {
  observe(): Promise<Observation>;
  /** Where tunnels lead of which the kernel does not know it: their servers, by device. */
  servers(): Promise<Map<string, string>>;
  /** Makes the changes one after the other. Stops at the first that is refused, and says which (from 0) and why. */
  apply(changes: Change[]): Promise<Refusal | undefined>;
}

export interface Refusal {
  index: number;
  /** The program's own words. */
  reason: string;
}
