import type { Dial, Role, Uplink, Values } from '../../uplink.js';

/** One thing to do, by a program of IPFire or in its files. */
export type Step =
  /** What must last, before it is done. Absent: nothing, the primary has RED again. */
  | { do: 'remember'; role?: Role; why: string }
  | { do: 'hang up' | 'stop' | 'start' | 'hooks' }
  /** The primary's block, which nobody else has any more. */
  | { do: 'keep'; block: Values }
  /** The block of RED in ethernet/settings. */
  | { do: 'write'; line: string; block: Values }
  /** ppp/settings, and its secrets. */
  | { do: 'dial'; line: string; dial: Dial }
  /** RED is this device: its default route, and what IPFire's files say of it. */
  | { do: 'claim'; place: Place }
  /** IPFire's DHCP client of a device that RED has left: its next word would take RED down. Or ours, where IPFire starts its own. */
  | { do: 'release'; device: string; ours: boolean }
  /** Something about addresses and routes. `careless`: it may have been so already. */
  | { do: 'ip'; args: string[]; why: string; careless?: true };

/** Where a line is that is up, without having been dialled. */
export interface Place {
  device: string;
  address: string;
  prefix: number;
  gateway: string;
  /** Its provider's name servers; none for a line that brings none. Absent: IPFire has them already. */
  dns?: string[];
}

/** A line that can hold RED. */
export interface Line {
  name: string;
  uplink: Uplink;
  /** It has a carrier. */
  present: boolean;
  /** Its device is not down by hand. */
  linkUp: boolean;
  /** It could carry traffic as it is, without being started. Absent for those that IPFire dials. */
  place?: Place;
}
