import type { Config, Now, Observation, Probe, Problem, RoundResult, State, Wan } from './model.js';
import type { Platform, Source } from './platform/platform.js';

/** All that a round takes from outside and leaves there: for real, for real and recorded, or from a recording. */
export interface World {
  platform: Platform;
  /** Throws a Trouble if there is none, and none that was kept. */
  configuration(): Promise<Source>;
  /** Keeps its text for when it cannot be read any more. */
  keepConfiguration(text: string): void;
  now(): Now;
  /** Probes a WAN through a device; `attempts` failures in a row end it. The targets of `turn` are asked first. */
  probe(wan: Wan, device: string, attempts: number, turn: string[], seen: Observation): Promise<Probe>;
  /** Sets the kernel's hash policy; where none is wanted, what it was before ours. */
  setHashPolicy(policy: Config['hashPolicy']): Attempt;
  /**
   * Adds what would be changed on other machines. Absent where they are not asked.
   *
   * @param keep for who records it
   * @returns what is wrong there
   */
  planElsewhere?(result: Pick<RoundResult, 'changes'>, keep?: Keep): Promise<Problem[]>;
  /** Writes the state file. */
  save(state: State): Unsaved | undefined;
}

/** Writes down what was answered to a call, and hands it on. */
export type Keep = <T>(call: string, answer: T, input?: string) => T;

/** What was done, as a command to paste, or why it could not be done; neither: there was nothing to do. */
export interface Attempt {
  command?: string;
  problem?: string;
}

/** What could not be saved, in words; `lost`: the next round remembers nothing. */
export interface Unsaved {
  text: string;
  lost: boolean;
}
