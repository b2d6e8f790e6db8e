import type { Config, Now, Probe, State, Wan } from './model.js';
import type { Exec } from './system/exec.js';
import type { Exposure } from './system/trust.js';

/** All that a round takes from outside and leaves there: for real, for real and recorded, or from a recording. */
export interface Outside {
  /** For `ip` and `ubus`. */
  exec: Exec;
  /** Throws a Trouble if there is none, and none that was kept. */
  configuration(): Promise<Source>;
  /** Keeps its text for when it cannot be read any more. */
  keepConfiguration(text: string): void;
  now(): Now;
  probe(wan: Wan, device: string, attempts: number, turn: string[]): Promise<Probe>;
  /** Sets the kernel's hash policy; where none is wanted, what it was before ours. */
  setHashPolicy(policy: Config['hashPolicy']): Attempt;
  /** Writes the state file. */
  save(state: State): Unsaved | undefined;
}

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

/** The configuration as it was read. */
export interface Source {
  text: string;
  /** From uci, with staged changes: its lines are nobody's. */
  merged: boolean;
  /** Why staged changes are not in it, in words. */
  problem?: string;
  /** What is wrong with the file, in words: the text is the last one that could be read. */
  fault?: string;
  /** It is another text than the one that is kept. */
  fresh?: true;
  /** Others may change what is done as root. */
  exposed?: Exposure;
}
