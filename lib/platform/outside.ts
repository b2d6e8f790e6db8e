import type { Now, Probe, State, Wan } from '../model.js';
import type { Exec } from '../system/exec.js';

/** All that a round takes from outside and leaves there: for real, for real and recorded, or from a recording. */
export interface Outside {
  /** For `ip` and `ubus`. */
  exec: Exec;
  /** Throws a Trouble if there is none. */
  configuration(): Promise<Source>;
  now(): Now;
  probe(wan: Wan, device: string, attempts: number): Promise<Probe>;
  /** Writes the state file; what went wrong, in words. */
  save(state: State): Promise<string | undefined>;
}

/** The configuration as it was read. */
export interface Source {
  text: string;
  /** From uci, with staged changes: its lines are nobody's. */
  merged: boolean;
}
