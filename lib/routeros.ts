/** The nouns of a RouterOS machine behind which lines end. Types only. */

/** The ways to talk to it. */
export type Way = 'rest' | 'ssh';

/** One `config routeros` section. */
export interface Routeros {
  /** Section name, or one that it gets here. */
  name: string;
  /** Address or name. */
  host: string;
  user: string;
  /** The first one is used, and the other one while that does not work. */
  ways: Way[];
  /** REST over HTTPS. `secret`: path of the file with the password. Without `ca` and `pin`: the system's own authorities count. */
  rest?: { port: number; secret: string; ca?: string; pin?: string };
  /** `key`: path of the private key. `knownHosts`: absent, root's own file and the system's. */
  ssh?: { port: number; key: string; knownHosts?: string };
  /** s to wait for an answer. */
  timeout: number;
  /** s between two writes to one thing, but for a failover. */
  writeInterval: number;
  /** What somebody else switches there, too, is switched all the same. */
  force: boolean;
  /** Which route there leads by which WAN: by its comment. */
  routes: { wan: string; comment: string }[];
  /** The shaper whose rates two of its queues follow, and their names. */
  shaper?: { name: string; queues: { up: string; down: string } };
  /** Comment of the mangle rule that steers flows. */
  rule?: string;
}

/** A queue, a rule or a route of it. */
export interface Entry {
  /** As `*7`: another one after it was made again. */
  id: string;
  /** Of a queue; of anything else its comment. */
  name: string;
  disabled: boolean;
  /** It is on, and not used, as its gateway is away. */
  inactive: boolean;
  /** Of a route: the lowest is used. */
  distance: number;
  /** Of a queue: bit/s; 0: no limit. */
  rate: number;
}

/** Something of it that acts by itself. */
export interface Script {
  /** As `netwatch 8.8.8.8`. */
  place: string;
  text: string;
}

/** What one look at it showed. */
export interface Sight {
  queues: Entry[];
  rules: Entry[];
  routes: Entry[];
  /** All that it has shown. */
  scripts: Script[];
  /** It has refused to show some. */
  hidden?: true;
}

/** How something was when it was first seen. */
export type Former =
  | { kind: 'rates'; queues: Record<'up' | 'down', { name: string; rate: number }> }
  | { kind: 'route' | 'rule'; name: string; disabled: boolean };

/** How a WAN is of which something is known, for the route there that leads by it. */
export interface Line {
  wan: string;
  up: boolean;
  /** Absent: it is not to carry traffic. The lowest ones do. */
  rank?: number;
}

/** What is wanted of a machine, by whoever knows. */
export interface Wish {
  lines: Line[];
  /** bit/s that the shaper has set last. Absent: it has not set both. */
  rates?: { up: number; down: number };
  /** Whether flows are to be steered. Absent: nobody says. */
  steered?: boolean;
}

/** A machine, what it showed, and what is wanted of it. */
export interface RouterosView {
  machine: Routeros;
  sight: Sight;
  former: Former[];
  wish: Wish;
  /** All is to be put back as it was. */
  leaving?: true;
}
