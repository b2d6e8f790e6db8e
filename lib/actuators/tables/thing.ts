import type { Rule, TableRoute } from '../../model.js';

/** What a line is made testable with, beside the one that carries the traffic. Only what is ours is ever one of these. */
export type Thing =
  /** The device is up, which was down. */
  | { kind: 'link'; device: string; up: boolean }
  /** A DHCP client that gets a lease and does nothing with it. `host`: the name that it tells the server. */
  | { kind: 'client'; device: string; running: boolean; host?: string }
  /** An address of the router on the device. */
  | { kind: 'address'; device: string; address: string }
  | WayThing;

/** What gives some packets a way of their own. */
export type WayThing =
  /** The way out, in a table of the line's own. */
  | { kind: 'route'; route: TableRoute }
  /** Which packets look there: those from an address, of a socket that is bound to a device, or with a mark. */
  | ({
      kind: 'rule';
      /** Absent: IPv4. */
      family?: 6;
    } & Pick<Rule, 'priority' | 'table' | 'from' | 'oif' | 'mark' | 'mask' | 'suppress'>);

/** The `proto` of our routes and rules. */
export const PROTOCOL = '77';
/** Tables, and priorities of rules, begin here; each line has one, by its place in the configuration. */
export const FIRST_TABLE = 7700;
/**
 * What tells our addresses: a metric where it means nothing. Addresses have had a protocol only since Linux 5.18, and ip shows it only
 * since 6.3.
 */
export const ADDRESS_MARK = 7700;
/** What tells the devices that we have set up: their group, in the message that sets them up. */
export const LINK_MARK = 77;
