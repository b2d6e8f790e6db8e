import type { Routeros } from './routeros.js';
import type { Red, Uplink } from './uplink.js';

/** The nouns of mini-mwan. Types only; everything here is plain data that can be written to a file and read again. */

/** Status words as the LuCI app knows them. `unknown`: never judged since the router started. */
export type Status = 'up' | 'down' | 'interface_down' | 'no_gateway' | 'disabled' | 'unknown';

/** How a WAN is called where it is told of. `degraded`: it is up, and too slow or too lossy. */
export type Word = Status | 'degraded';

/** One `config interface` section, every value within its range. */
export interface Wan {
  /** Section name; for an anonymous section its device or netifd interface. The IPv6 path of a WAN is one of its own: `NAME/ipv6`. */
  name: string;
  /** Absent: IPv4. */
  family?: 6;
  enabled: boolean;
  /** Why it is left out although the file enables it. */
  unusable?: string;
  /** Kernel device as configured. Absent: taken from netifd by `interface`. */
  device?: string;
  /** netifd interface whose l3_device is used. Absent: `device` says it. On IPFire: the name of the line. */
  interface?: string;
  /** What IPFire's own files are to say while this line holds RED. */
  uplink?: Uplink;
  /** 1-899; the lowest carries the traffic. */
  metric: number;
  /** 1-100; share of the traffic in mode multiuplink. */
  weight: number;
  /** As lib/target.ts has them: IPv4 addresses, which are pinged, or with another method. At least one unless the WAN is disabled. */
  targets: string[];
  /** What targets asked by http or https must answer. Absent: any status of success, by their address. */
  http?: {
    status?: number;
    /** To be found at the beginning of the page. */
    text?: string;
    /** Name of the host that is asked for, and that a certificate must be for. */
    host?: string;
  };
  /** How many targets must answer. */
  reliability: number;
  /** Packets for each target in one attempt. */
  count: number;
  /** s to wait for the answer to one packet. */
  timeout: number;
  /** Failed attempts in a row until the WAN is down. */
  failureThreshold: number;
  /** Good rounds in a row, about a check_interval apart, until it is up again. */
  recoveryThreshold: number;
  /** s it must have answered before it is up again. */
  failbackDelay: number;
  /** What its quality is judged by: it is measured then. */
  limits?: Limits;
  /** All packets of a round are heard out, and what the last rounds showed is kept, for traffic is shared by it. */
  measured?: true;
  /** What it can carry. */
  bandwidth?: Bandwidth;
  /** Connections of MPTCP use it beside others. */
  mptcp?: true;
  /** Each byte costs: connections of MPTCP use it only where no other is well. */
  metered?: true;
  /** In mode multiuplink, the WANs of the lowest tier that has one up share; 1 unless it is said. */
  tier: number;
  /** What is done when it stays away for long. Absent: nothing. */
  restart?: Restarting;
  /** What comes in by it is answered by it. */
  inbound?: Inbound;
  /** How much it may carry before others are told. */
  quota?: Quota;
  /** Of an IPv6 path: s that it must have been dead until hosts are told that its prefixes are deprecated. Absent: they are not. */
  deprecate?: number;
}

/** Bytes in a time: in so many days, rolling, or in a month, which begins on that day (1-31). */
export type Quota = { bytes: number; days: number } | { bytes: number; day: number };

/** When a line that is not there is started again, and how. */
export interface Restarting {
  /** s that it must have been silent; before the next time twice that, and so on. */
  after: number;
  /** Absolute path of the program that does it. Absent: netifd's interface is taken down and up. */
  program?: string;
}

/** How answers are led by the line that a connection came in by, and new flows by a line that was chosen for them. */
export interface Inbound {
  /** Number of the table that leads there. */
  table: number;
  /** Value, within `mask`, of the mark of answers. Absent: there are more WANs than values, or nothing is answered by it. */
  mark?: number;
  /** Bits of the mark that are ours. */
  mask: number;
  /** Value of the mark of flows that are led there. Absent: none is. */
  led?: number;
  /** Flows are steered there, by a `config steering` section. */
  steered?: true;
  /** It is for nothing else: what comes in by the line is answered as if there were no mark. */
  unanswered?: true;
}

/** When a line that answers is degraded, and when it is good again. Latency and jitter in ms, loss in %; jitter may be left out. */
export interface Limits {
  failure: Bounds;
  recovery: Bounds;
}

export interface Bounds {
  latency: number;
  loss: number;
  jitter?: number;
}

/** kbit/s, from and to the Internet. At least one of them. */
export interface Bandwidth {
  down?: number;
  up?: number;
}

/** What traffic is shared by, where it is not by the weights as configured. */
export type Sharing = 'quality' | 'latency' | 'load' | 'adaptive';

/** What a flow asks for by its DSCP: little delay, or much bandwidth. */
export type FlowClass = 'fast' | 'bulk';

/** What is remembered of something that moves only when something else has been right for a while. */
export interface Moved {
  /** s since boot when it moved last because of that; absent: never. */
  moved?: number;
  /** How often it did, each time within an hour of the time before. */
  moves: number;
  /** s since boot since when something else would be right. Absent: it is right. */
  differs?: number;
}

/** How traffic is shared by what was measured. */
export interface Balance extends Moved {
  by: Sharing;
  /** Those that share, in the order of the configuration. */
  members: {
    name: string;
    /** 1-256, against the others. */
    weight: number;
    /** 0 to 1: how much of its bandwidth was taken lately. Absent: not known. */
    used?: number;
  }[];
  /** Where flows are told apart: by which WAN each class goes. */
  choices?: Choice[];
}

/** The WAN by which new flows of a class go. */
export interface Choice extends Moved {
  of: FlowClass;
  name: string;
}

/** Why a line would slow down a connection that uses it beside others. */
export type Spare = 'metered' | 'loss' | 'latency' | 'rate';

/** Priorities of syslog (RFC 5424, 6.2.1), the gravest first. */
export type Priority = 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug';

export interface Config {
  enabled: boolean;
  mode: 'failover' | 'multiuplink';
  /** s between two rounds. */
  checkInterval: number;
  /** In mode multiuplink: flows stay where they are when another WAN comes or goes. */
  sticky: boolean;
  /** In mode multiuplink: what weighs the WANs. Absent: their weights as configured. */
  balance?: Sharing;
  /** By which DSCP values (0-63) flows are told apart. Absent: they are not. */
  classes?: Record<FlowClass, number[]>;
  /** Which flows share a way in mode multiuplink: those of the same two addresses, or of the same ports, too. */
  hashPolicy?: 'l3' | 'l4';
  /** What is less grave does not go to syslog. */
  logLevel: Priority;
  /** Absolute path of a program that is started when a WAN changes its status. */
  notify?: string;
  /** Programs that are told of troubles or given figures. Absent: there are none. */
  plugins?: Plugin[];
  /** What keeps lines quick while they are full. Absent: nothing does. */
  shapers?: Shaper[];
  /** What is kept of the past. Absent: nothing. */
  history?: History;
  /** File in which it outlives a restart what WANs with a quota have used. Absent: none has one. */
  quotaPath?: string;
  /** What leads new flows away from lines that are congested. Absent: nothing does. */
  steering?: Steering[];
  /** Other machines that are steered. Absent: none is. */
  routeros?: Routeros[];
  /** In the order of the file, which is the order of preference among equal metrics. */
  wans: Wan[];
}

/** What is kept of the past. */
export interface History {
  /** Bytes that the database may have. */
  size: number;
  /** Where it is copied to, and s between two times. Absent: it is lost when the router starts again. */
  copy?: { path: string; interval: number };
}

/** How grave an alert is. */
export type Level = 'info' | 'warning' | 'error' | 'critical';

/** One `config plugin` section. */
export interface Plugin {
  /** Section name, or one that it gets here. */
  name: string;
  /** Told when a trouble begins and ends, or given the figures of rounds. */
  type: 'alert' | 'metrics';
  /** Absolute path. */
  program: string;
  /** What it reads: `json`, or what a service takes. */
  format: string;
  /** Of alerts: those that are at least as grave. */
  level: Level;
  /** Of alerts: s for which the same one is not told again. */
  cooldown: number;
  /** Of metrics: s between two times; 0: each round. */
  interval: number;
  /** Further options, for its environment: by their names in capitals. */
  variables: Record<string, string>;
}

/** Where the rate of a direction may be, kbit/s. What is absent is learnt. */
export interface Rates {
  min?: number;
  /** Where it goes while nothing is known. */
  base?: number;
  max?: number;
}

/** What is sent by a line, and what comes by it. */
export type Direction = 'up' | 'down';

/** One `config shaper` section: CAKE before a line, whose rate follows what the line carries. */
export interface Shaper {
  /** Section name, or one that it gets here. */
  name: string;
  /** Section of the WAN whose line it is. */
  wan: string;
  /** Kernel device for what is sent. Absent: the WAN's. */
  device?: string;
  /**
   * Where what comes is queued: `ours`, a device that is made for it, or that of sqm-scripts where there is one; or a kernel device
   * that is there. Absent: nowhere.
   */
  ingress?: { ours: true } | { device: string };
  /** Bounds of the directions that are shaped. */
  rates: { up?: Rates; down?: Rates };
  /** Words of tc for CAKE that belong to the line, as `overhead 44`. Absent: CAKE is there already, and only its rate is ours. */
  words?: Record<Direction, string[]>;
  /** Addresses that are asked for the delay. */
  reflectors: string[];
}

/** Which flows are meant: those of which one of these is true. */
export interface FlowMatch {
  /** 0-63. */
  dscp: number[];
  /** Ports at the other end. */
  ports: { protocols: ('tcp' | 'udp')[]; first: number; last: number }[];
  /** Addresses or prefixes of either end, of either family. */
  addresses: string[];
}

/** One `config steering` section: new flows that need little delay go by another line while one is congested. */
export interface Steering {
  /** Section name, or one that it gets here. */
  name: string;
  /** Sections of the WAN that is watched, and of the one by which they go then. */
  primary: string;
  alternate: string;
  match: FlowMatch;
  /** 1-100: how certain it must be. */
  confidence: number;
  /** s for which the line must be congested, or well again. */
  sustain: number;
  /** s for which it lasts at least. */
  holdDown: number;
  /** Nothing is done, and it is said what would be. */
  dryRun: boolean;
}

/** How a line is that is shaped, as its control left it. */
export interface Congestion {
  /** Section of the WAN. */
  wan: string;
  /** s since boot, and the boot. */
  at: number;
  bootId: string;
  /** There was nothing to control. */
  quiet: boolean;
  /** The worse of its directions: its state, and ms that are added to the way there and back. */
  colour: 'GREEN' | 'YELLOW' | 'SOFT_RED' | 'RED';
  delay: number;
}

/** New flows that are led by another line now. */
export interface Steer {
  /** Name of its section. */
  name: string;
  match: FlowMatch;
  /** Names of the WANs by which they would leave, and of the one by which they do. */
  from: string[];
  by: string;
}

/** A setting and its value; undefined: it is to be removed. */
export type Setting = [option: string, value: string | number | undefined];

/** A program that asks targets in another way than by ping. */
export type Asker = 'curl' | 'socat' | 'arping';

/** What cures something, whatever the commands for it are on a system. */
export type Cure =
  /** A program that is missing, or that is too small. */
  | { install: 'ip' | 'ping' | 'flock' | 'nft' | 'tc' | 'cake' | 'ifb' | 'fping' | 'sqlite3' | 'ssh' | Asker }
  /** Options of the system's network configuration, each with its section: `wan.metric`. */
  | { network: Setting[] }
  /** Options of our own configuration: of the section `settings`, or of a WAN by its place among them. */
  | { section: 'settings' | number; set: Setting[] }
  /** A route of its own to a tunnel's server. */
  | { routeTo: string; by: Pick<Path, 'gateway' | 'device' | 'interface'> }
  /** Flows are not to be forwarded in hardware, or not past the routing table at all. */
  | { offload: 'hardware' | 'all' };

/** Something wrong, for the person at the router. */
export interface Problem {
  /** Line of the configuration file, from 1. Absent: it is not about one line. */
  line?: number;
  /** The statement it is about, as `option metric`. */
  option?: string;
  /** The offending value as it was found: may hold anything. */
  value?: string;
  /** What is wrong, and what is done about it. */
  text: string;
  /** Lines for the person at the router; what each platform has its own words for is said as data. */
  remedy?: (string | Cure)[];
  /** The configuration cannot work like this. */
  fatal?: boolean;
  /** It is why a round could not do its work. */
  blocking?: true;
  /** The route that it is about is this one, not ours: whoever made it may have a better remedy. */
  stranger?: Route;
}

/** A network device, from `ip addr`. */
export interface Link {
  device: string;
  /** `down`: administratively. */
  state: 'up' | 'no_carrier' | 'down';
  pointToPoint: boolean;
  /** The bridge or bond that it is a port of. */
  master?: string;
  /** Of a tunnel: the address to which it sends what it carries. Absent: it is no tunnel, or only its program knows. */
  server?: string;
  /** Only a program such as `wg` could know the server. */
  opaque?: true;
  /** Number of the group that it is in. Absent: 0, as most are. */
  group?: number;
  /** What it sends is queued by CAKE. */
  cake?: true;
  /**
   * IPv4 addresses with their prefix length, and the other end's where the line has two ends. `mark`: the metric of one that has
   * brought no route to its subnet along, which has no meaning there.
   */
  addresses: { address: string; prefix: number; peer?: string; mark?: number }[];
  rxBytes: number;
  txBytes: number;
}

export interface Nexthop {
  /** Absent for routes that lead nowhere (blackhole, unreachable). */
  device?: string;
  /** Absent: the destination is on the link itself. */
  gateway?: string;
  /** 1-256, of a multipath route. */
  weight: number;
  /** The gateway is outside the subnets of the device. */
  onlink: boolean;
}

/**
 * What a route says beside its nexthops, by the words of `ip route` and with their values: `src`, `mtu`, `advmss`, `initcwnd`, …
 */
export type Attributes = Record<string, string>;

/** A route, of table main unless it is said. */
export interface Route {
  /** `default`, or a prefix such as `0.0.0.0/1`. */
  destination: string;
  /** Absent: IPv4. */
  family?: 6;
  /** IPv6: the prefix of the sources that it is for. Absent: all. */
  from?: string;
  /** The lowest wins; 0 where none is given. */
  metric: number;
  /** Who installed it: `static`, `kernel`, `dhcp`, … ours is `77`. */
  protocol: string;
  /** `unicast`, `blackhole`, `unreachable`, `prohibit`, … */
  type: string;
  /** Of a route through a group: those of its members. */
  nexthops: Nexthop[];
  /** Id of the nexthop object that it leads through. Absent: it has nexthops of its own. */
  group?: number;
  /** Absent: none. */
  attributes?: Attributes;
}

/** A rule of `ip rule`, but for the kernel's own for its table local. */
export interface Rule {
  /** The lowest is looked at first. */
  priority: number;
  /** Number of the table to which it leads; empty if it leads to none. */
  table: string;
  /** That is table main. */
  main: boolean;
  /** Its conditions or exceptions do not let every packet through. */
  conditional: boolean;
  /** Routes whose prefix is no longer than this do not count for it. Absent: all count. */
  suppress?: number;
  /** Who made it; ours is `77`. Absent: ip does not say. */
  protocol?: string;
  /** Source address or prefix of the packets that it is for. Absent: any. */
  from?: string;
  /** Device that their socket is bound to. Absent: any. */
  oif?: string;
  /** Their mark, as far as `mask` goes. Absent: any. */
  mark?: number;
  mask?: number;
}

/** What nft shows of our table of marks. */
export interface Marks {
  /** What each of its rules bears as a comment; empty where it is none. Absent: there is no such table. */
  comments?: string[];
  /** Why it cannot be seen, in words. */
  obstacle?: string;
  /** Why there can be no such table, in nft's words. Absent: it is there, or can be, or nobody wants it. */
  refusal?: string;
  /** Why it can lead no flows, but answers. Absent as above. */
  leadless?: string;
}

/** A route of another table than main. */
export interface TableRoute extends Route {
  /** Its number. */
  table: string;
}

/** What a DHCP server gave. */
export interface Lease {
  address: string;
  prefix: number;
  gateway?: string;
  /** Name servers. */
  dns: string[];
}

/** A DHCP client: the system's own, or one of ours, that gets a lease and does nothing with it. */
export interface DhcpClient {
  device: string;
  ours: boolean;
  running: boolean;
  /** Of ours. Absent: it has none now. */
  lease?: Lease;
}

/** An object of `ip nexthop`: one way out. Its weight means nothing. */
export interface Way {
  id: number;
  /** Who made it; ours is `77`. */
  protocol: string;
  hop: Nexthop;
}

/** An object of `ip nexthop`: a group of ways. */
export interface Group {
  id: number;
  protocol: string;
  members: { id: number; weight: number }[];
}

export type NexthopObject = Way | Group;

/** An endpoint of the kernel's MPTCP: an address at which a subflow of each connection begins. */
export interface Endpoint {
  id: number;
  address: string;
  /** Its socket is bound to it. */
  device?: string;
  /** Its subflow carries data only where no other can. */
  backup: boolean;
  subflow: boolean;
}

/** A netifd interface, from `ubus call network.interface dump`. */
export interface NetifdInterface {
  name: string;
  /** Made by the protocol of another one, as `wwan_4` of `wwan`: the network configuration has no such section. */
  dynamic?: true;
  /** How it is configured: `static`, `dhcp`, `pppoe`, … */
  proto?: string;
  /** The device that it is configured on: the port below `l3Device`, or the same. */
  port?: string;
  /** The device that carries IP (`pppoe-wan`). Absent while the interface is down. */
  l3Device?: string;
  /** `option metric` of the network configuration; 0 where there is none. */
  metric: number;
  /** `option ip4table`: its routes are in this table, and not in table main. */
  table?: number;
  /** IPv4 default route. A gateway is absent on a point-to-point interface, a metric where it is that of the interface. */
  defaultRoute?: { gateway?: string; metric?: number };
  /** It is being dialled or configured: nothing can be said of the line until then. */
  starting?: true;
  /** netifd is setting it up, perhaps for long and in vain: that says nothing of the line. */
  dialling?: true;
  /** Somebody has taken it down, and netifd leaves it so. */
  halted?: true;
}

/** What says in which order a device sends what it has to send, and when. */
export interface Qdisc {
  device: string;
  /** `cake`, `fq_codel`, … */
  kind: string;
  /** As `7700:`. `0:`: nobody has made it but the kernel. */
  handle: string;
  /** Of CAKE: kbit/s. Absent: it has no limit. */
  rate?: number;
  /** Of CAKE: the words of tc that make it as it is, but for its rate, as lib/config/shaper.ts has them. */
  words?: string[];
}

/** What is done with what comes by a device. */
export interface Arrivals {
  device: string;
  /** `ingress` or `clsact`. */
  kind: string;
  /** Its filters: the lowest is looked at first. `to`: where it sends what comes. */
  filters: { preference: number; to?: string }[];
}

/** How what passes the devices is queued. */
export interface Queues {
  /** At most one for each device. */
  roots: Qdisc[];
  arrivals: Arrivals[];
  /** What we have made or changed, by device: its handle, and the rate that it had before us; absent: none, or it is all ours. */
  former: Record<string, { handle: string; rate?: number }>;
  /** kbit/s that were good last, by shaper. */
  last: Record<string, Partial<Record<Direction, number>>>;
  /** Why nothing can be seen, in words. */
  obstacle?: string;
}

/** An IPv6 prefix. */
export interface Prefix {
  address: string;
  length: number;
}

/** What netifd knows of the IPv6 of a device. */
export interface Interface6 {
  name: string;
  device: string;
  /** Of its default. Absent: it has none. */
  gateway?: string;
  /** What was delegated to the router. */
  prefixes: Prefix[];
}

/** An IPv6 address of the router. */
export interface Address6 extends Prefix {
  device: string;
  /** s for which new connections take it. Absent: for ever. */
  preferred?: number;
  /** s for which it is there. Absent: for ever. */
  valid?: number;
  /** What it is besides, in the words of `ip addr`. Absent: nothing. */
  words?: string[];
  /** One of those that the kernel makes for privacy, each for a day (RFC 8981). */
  temporary?: true;
}

/** IPv6, as it was seen. */
export interface Six {
  /** Global ones, and those of a site (fc00::/7). */
  addresses: Address6[];
  /** How those were that we have deprecated, by device and address, and for which path; Infinity: for ever. Absent: there is none. */
  former?: Record<string, { owner: string; preferred: number; valid: number }>;
  /** Of table main. */
  routes: Route[];
  rules: Rule[];
  /** Our routes in other tables than main. Absent where nobody asked, or where they cannot be seen. */
  tables?: TableRoute[];
  /** Absent where there is no netifd. */
  interfaces?: Interface6[];
  /** What nft shows of our table that translates, and marks. */
  translation: Marks;
}

/** What one look at the system showed. */
export interface Observation {
  links: Link[];
  routes: Route[];
  /** Absent where `ip` or the kernel has no such thing. */
  objects?: NexthopObject[];
  /** In their order. Absent where they cannot be seen. */
  rules?: Rule[];
  /** Absent where there is no netifd, or where it did not answer. On IPFire: a line each. */
  interfaces?: NetifdInterface[];
  /** On IPFire. */
  red?: Red;
  /** The table is so long that only the routes were asked for that lead to large parts of the Internet. */
  partial?: true;
  /**
   * The kernel's MPTCP: its endpoints, and how many more subflows than the first one a connection may have. `former`: how many it
   * was, where we have raised it. Absent where nobody asked, or where the kernel has none.
   */
  mptcp?: { endpoints: Endpoint[]; subflows: number; former?: number };
  /** Absent where nobody asked. */
  queues?: Queues;
  /** Our routes in other tables than main. Absent where nobody asked, or where they cannot be seen. */
  tables?: TableRoute[];
  /** Absent where nobody asked. */
  marks?: Marks;
  /** Those of ours, and the system's that run. Absent where nobody looked. */
  clients?: DhcpClient[];
  /** Of lines that are shaped. Absent where nobody asked. */
  congestion?: Congestion[];
  /** Absent where nobody asked. */
  six?: Six;
  /** What could not be seen, in words. */
  blind: string[];
  /** Why IPv6 could not be seen, in words: what is known of IPv4 is as good as ever. */
  blind6?: string;
}

/** A WAN as it is now: the configuration joined with what was observed. */
export interface Path {
  wan: Wan;
  /** Absent: netifd knows no device for it at the moment. */
  device?: string;
  /** The netifd interface that the device belongs to, where there is one: one with a section of its own. */
  interface?: string;
  /** Metric of the system's own default through it, as seen; where that went with the line, as last seen. */
  systemMetric?: number;
  /** Absent: there is no such device. */
  link?: Link;
  gateway?: string;
  /** Nothing to route via: a gateway is neither needed nor used. */
  pointToPoint: boolean;
  /** The gateway is outside the subnets of the device. */
  onlink: boolean;
  /** Without a device: the port below, which netifd's interface is configured on. */
  port?: Link;
  /** What it has for a gateway is an address of the router itself: it has none then. */
  selfGateway?: string;
  /** There is more to be said of it: by lib/doctor/obstacles.ts. */
  odd?: true;
  /** What the system's own default through it says beside the gateway. */
  attributes?: Attributes;
  /** A tunnel that is left out because its own packets would be led into it. */
  loop?: true;
  /** It is being dialled or configured. */
  starting?: true;
  /** Of an IPv6 path: what was delegated to the router by it, the largest first. */
  prefixes?: Prefix[];
  /** What it had delegated before that was gone, and hosts still have. Absent: nothing. */
  left?: Prefix[];
  /** Both as text, to be remembered. Absent: there is nothing. */
  delegated?: string[];
}

/** What was seen at one moment, and what it means for the WANs. */
export interface View {
  seen: Observation;
  /** Every configured WAN, in the order of the configuration. */
  paths: Path[];
}

/** How one target answered in a round. */
export interface TargetResult {
  target: string;
  /** `open`: not waited for any longer, because enough others had answered; `unasked`: not even asked, for that. */
  outcome: 'answered' | 'lost' | 'open' | 'unasked';
  /** ms; absent unless it answered. */
  rtt?: number;
  /** Of a lost one: what came instead of the answer that was asked for, in words. */
  instead?: string;
}

/** What the probes of one WAN showed in a round. */
export interface Probe {
  answered: boolean;
  /** Attempts that failed in a row before that. */
  failures: number;
  targets: TargetResult[];
  /** Packets that were sent, and those of them that were given up. */
  sent: number;
  lost: number;
  /** Set if no ping could be understood: what ping said instead. */
  broken?: string;
  /** The program that said so. Absent: ping. */
  asker?: Asker;
  /** A ping could not even be started, and no target answered: nothing was learned of the line. `broken` says why. */
  unstarted?: true;
  /** No ping was sent: what was seen in its place, in words. */
  seen?: string;
  /** Of a WAN that is measured: what came of the packets to each target, in the order of the configuration. */
  samples?: Sample[];
  /** Of a WAN that is to be measured, and could not be, or not to all of its targets: who asked, and what it said. */
  unmeasured?: string;
}

/** Packets to one target in one round. */
export interface Sample {
  sent: number;
  /** ms of each that was answered, in the order in which they were sent. */
  rtts: number[];
}

/** What one round showed of a WAN that is measured. */
export interface Measurement {
  /** s since boot. */
  at: number;
  /** By target, as configured then. */
  samples: Sample[];
}

/** What the last rounds add up to, by the target that speaks for the line. */
export interface Figures {
  /** ms. Absent: nothing was answered. */
  rtt?: { average: number; median: number; p95: number };
  /** ms; mean difference of two answers in a row within a round. Absent: never two. */
  jitter?: number;
  /** % */
  loss: number;
  /** Packets that they are made of. */
  packets: number;
}

/** What is remembered of the quality of a WAN that is measured. */
export interface Quality {
  /** The last rounds, the oldest first. */
  window: Measurement[];
  /** How many targets must answer, as configured then. */
  reliability: number;
  /** It answers, and is too slow or too lossy. */
  degraded: boolean;
  /** s since boot when it began to be so, or ceased to be; absent: it never was. */
  since?: number;
  /** s since boot since when it has been good while it is degraded. */
  goodSince?: number;
  /** How often it became degraded, each time within an hour of having been good again. */
  times: number;
}

/** How well a line is: its status, whether it is on its way up, and its quality. */
export type Health = 'starting' | 'up' | 'degraded' | 'recovering' | 'down';

/** The time by both clocks. Only uptime and boot decide anything; the wall clock is for people. */
export interface Now {
  /** s since the epoch. */
  wall: number;
  /** s since boot. */
  uptime: number;
  bootId: string;
}

/** The settings of a WAN that its counters are measured by, as they were in a round. */
export type Configured = Pick<Wan, 'targets' | 'failureThreshold' | 'recoveryThreshold'>;

/** What a round saw of a WAN without asking anybody. */
export interface Seen {
  /** As last seen, while it is away. */
  device?: string;
  /** netifd's interface, as last seen: hotplug events name no device when it goes down. */
  interface?: string;
  /** Metric of the system's own default through the device, as last seen while the line was there. */
  systemMetric?: number;
  gateway?: string;
  /** IPv6: the prefixes that it has delegated, as text. */
  delegated?: string[];
  rxBytes: number;
  txBytes: number;
  /** s since the epoch. */
  lastCheck: number;
}

/** What a WAN's probes add up to, from round to round. */
export interface Counters {
  /** Failed attempts in a row, at most failureThreshold. */
  failures: number;
  /** Good rounds in a row that were far enough apart to count, at most recoveryThreshold. */
  successes: number;
  /** Times that the line failed while it was up, each within an hour of having come back from the one before. */
  falls: number;
  /** s since boot when it began to answer again. Absent while it does not. */
  answeringSince?: number;
  /** s since boot when the last good round began that counted. Absent while it does not answer. */
  lastGood?: number;
  /** Last RTT of each target, ms; undefined before its first answer. */
  rtts: (number | undefined)[];
  /** The target that was asked first. */
  asked?: string;
  /** ms, of the target that answered first. */
  latency?: number;
  /** ms by which the RTT of a target differs from its last one. */
  jitter?: number;
  /** % of the packets of the last round. */
  loss?: number;
}

/** The status of a WAN, since when, and why. */
export interface Judgement {
  status: Status;
  /** What was told last. Absent: as it is. */
  told?: Word;
  /** Why it has this status, in words. */
  reason: string;
  /** s since the epoch, and s since boot. */
  statusSince: number;
  statusSinceUptime: number;
  /** A probe has succeeded or failed since boot. */
  judged: boolean;
}

/** What is remembered of the restarts of a WAN: as long as it is away, and for a while behind them. */
export interface Healing {
  /** s since boot since when it has neither been up nor answered. Absent: it is up, or answers. */
  silentSince?: number;
  /** s since boot since when netifd has been setting it up. Absent: it is not. */
  diallingSince?: number;
  /** s since boot since when its interface has been taken down. Absent: it is not. */
  haltedSince?: number;
  /** Times that it was restarted. */
  restarts: number;
  /** s since boot, of the last time. */
  restarted?: number;
  /** s since boot when it may be restarted. Absent: nothing of the kind is to be done now. */
  due?: number;
}

/** A WAN that is to be started again, behind a round. */
export interface Restart {
  name: string;
  device?: string;
  /** netifd's interface. */
  interface?: string;
  /** Absolute path of the user's program that does it instead. */
  program?: string;
  status: Status;
  reason: string;
  /** s that it has been silent. */
  silent: number;
  /** Which one in a row it is, from 1. */
  number: number;
}

/** An alert that a plugin has heard the beginning of. */
export interface Told {
  /** Name of the plugin. */
  plugin: string;
  /** What it is about, as `wan-down:wan1`. */
  key: string;
  /** s since boot when that was. Absent: before the router started again. */
  at?: number;
  /** It has not heard the end of it. */
  open: boolean;
}

/** What is remembered of a WAN from one round to the next. */
export interface WanState {
  name: string;
  configured: Configured;
  seen: Seen;
  counted: Counters;
  verdict: Judgement;
  /** Of one that is measured. */
  quality?: Quality;
  /** Why it is only a backup for MPTCP. */
  spare?: Spare;
  /** It has been dead for as long as its option `deprecate` says. Found in each round anew. */
  dead?: true;
  /** Of one that is restarted when it stays away. Absent: there is nothing to remember. */
  healing?: Healing;
  /** Lines of the state file that another version wrote: kept as they are. */
  others?: string[];
}

/** The state file. */
export interface State {
  mode: Config['mode'];
  /** When the round ended that probed the lines: s since the epoch. */
  timestamp: number;
  /** s. */
  checkInterval: number;
  bootId: string;
  /** When the round ended: s since boot. */
  uptime: number;
  /** ms that the round took. */
  duration: number;
  /** Routes it changed. */
  changes: number;
  /** How it ended; see EXIT. */
  exitCode: number;
  /** Of the configuration and the lines as they were then. Absent where another round comes within a minute, and after half of one. */
  fingerprint?: string;
  /** When it began to read its configuration: s since boot. Absent: an older version did not say. */
  begun?: number;
  /** Saved in the middle of a round, which goes on or was killed. */
  unfinished?: true;
  /** The boot in which the kernel was seen to take no resilient group of nexthops. */
  noGroup?: string;
  /** What it complained of; said again only when it changes. */
  complaints: string[];
  /** Where traffic is shared by what is measured. */
  balance?: Balance;
  /** What is remembered of plugins, as lines that lib/report/plugin-memory.ts writes and reads. Absent: nothing. */
  plugins?: string[];
  /** What is remembered of flows that are steered, as lines that lib/state/steering.ts writes and reads. Absent: nothing. */
  steering?: string[];
  /** As those of a WAN. */
  others?: string[];
  wans: WanState[];
}

/** A WAN that has another status than was told last. */
export interface Transition {
  name: string;
  device?: string;
  /** netifd's name for it, where it has one. */
  interface?: string;
  from: Word;
  to: Word;
  reason: string;
}

/** What the judge says of a path, as far as a choice among them needs it. */
export interface Verdict {
  path: Path;
  status: Status;
  /** It is up, and only used where no better one is. */
  degraded: boolean;
  /** It would slow a connection down that uses several lines. */
  spare?: true;
  /** It has been dead for as long as its option `deprecate` says. */
  dead?: true;
  /** Packets can be sent through it, and the system takes what leads there. */
  usable: boolean;
  /** The system has refused what leads there. */
  refused: boolean;
}

/** The part of a path in carrying the traffic. */
export interface Share {
  path: Path;
  /** The lowest one that is there carries the traffic; those of the same rank share it. */
  rank: number;
  /** 1-256, against the others of its rank. */
  weight: number;
}

/** Classes of flows, and by which WAN each goes. */
export interface Leads {
  classes: Record<FlowClass, number[]>;
  choices: Choice[];
}

/** Which paths are to carry traffic: a choice, whatever that means on a machine. */
export interface Intent {
  /** In the order of the configuration. */
  shares: Share[];
  /** No WAN is up, and these carried traffic until now: what they have stays exactly as it is. */
  held: Path[];
  /** The highest rank that anybody can have, whoever is up now. */
  highest: number;
  /** Flows stay where they are when another path comes or goes. */
  sticky: boolean;
  /** What new flows of a class go by. Absent: no flow is told from another. */
  leads?: Leads;
  /** New flows that are led by another path. */
  steers?: Steer[];
}

/** `append`: behind one of the same key, which goes on until it is removed. */
export type Verb = 'add' | 'append' | 'replace' | 'del';

/** Something that is done to a thing which is steered. */
export interface Change<T = unknown> {
  verb: Verb;
  thing: T;
  /** One line of a plan: `+` added, `~` replaced, `-` removed. */
  sentence: string;
  /** The program that does it, and its arguments. */
  command: string[];
}

/** What came of a round. */
export interface RoundResult {
  state: State;
  transitions: Transition[];
  /** Made; with `dryRun`, not made. */
  changes: Change[];
  problems: Problem[];
  paths: Path[];
  /** What is there afterwards. */
  seen: Observation;
  /** By WAN, of those that were probed. */
  probes: ReadonlyMap<string, Probe>;
  /** No ping could be understood: nothing was learned. */
  blind: boolean;
  /** The kernel did not accept a route. */
  refused: boolean;
  /** A line that is to be started again. */
  restart?: Restart;
}
