import type { Actuator } from '../actuators/actuator.js';
import type { Config, Cure, Observation, Path, Probe, Problem, Wan } from '../model.js';
import type { Exposure } from '../system/trust.js';

/** What the machine is: where a round looks and acts. What cannot be done here is thrown as a Trouble. */
export interface Platform {
  configuration: Configuration;
  /**
   * @param config absent: nothing is configured, or nobody asks for it
   * @param isLeft something of ours may be left in IPv6
   */
  observe(config?: Config, isLeft?: boolean): Promise<Observation>;
  /** Where tunnels lead of which the kernel does not know it: their servers, by device. */
  servers(): Promise<Map<string, string>>;
  /** The arguments of ping that send a probe through a device. @param family absent: IPv4 */
  bind(device: string, family?: 6): string[];
  /** Why a probe through the path would say nothing about its line; undefined if it would. */
  whyNoProbe(path: Path, seen: Observation): string | undefined;
  /** In place of a probe, where none can be sent without dialling: what can be seen of a line. Undefined: probe it. */
  inspect?(wan: Wan, device: string, seen: Observation): Promise<Probe> | undefined;
  /**
   * What a configuration has steered, in that order; what it does not ask for is not loaded. Without one: all that could be.
   *
   * @param seen what is there: something of ours may be left for which nobody asks any more
   */
  actuators(config?: Config, seen?: Observation): Promise<Actuator[]>;
  /** Program that tells the system's own scripts of an event; `iface` and the event's variables follow. */
  announcer?: string;
  /** Lines to paste that cure something. */
  words(cure: Cure): Promise<string[]>;
}

/** How a platform is configured. */
export interface Configuration {
  /** The text of the configuration. Throws a Trouble if there is none. */
  read(file: string): Promise<Source>;
  /** What a text means. Throws a Trouble if it means nothing. */
  parse(file: string, text: string): Promise<{ config: Config; problems: Problem[] }>;
}

/** The configuration as it was read. */
export interface Source {
  text: string;
  /** With changes that the file does not have yet: its lines are nobody's. */
  merged: boolean;
  /** Why such changes are not in it, in words. */
  problem?: string;
  /** What is wrong with the file, in words: the text is the last one that could be read. */
  fault?: string;
  /** It is another text than the one that is kept. */
  fresh?: true;
  /** Others may change what is done as root. */
  exposed?: Exposure;
}

/** The remedy of a problem as lines. */
export async function remedyLines({ words }: Pick<Platform, 'words'>, { remedy = [] }: Pick<Problem, 'remedy'>) {
  const parts = remedy.map(async (part) => (typeof part === 'string' ? [part] : words(part)));
  return (await Promise.all(parts)).flat();
}
