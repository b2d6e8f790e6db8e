/** The nouns of IPFire's one uplink, RED. Types only. Files and keys are those of IPFire 2.29, core update 199. */

/** What a KEY=VALUE file says, in its order. */
export type Values = Record<string, string>;

/** RED_TYPE; for those that IPFire dials (RED_TYPE PPPOE) the TYPE of its ppp/settings, in capitals. */
export type UplinkType = 'STATIC' | 'DHCP' | 'PPPOE' | 'PPTP' | 'VDSL' | 'QMI' | 'MODEM' | 'SERIAL';

/** How IPFire brings RED up through a line: what is to be in its own files for that. */
export interface Uplink {
  type: UplinkType;
  /** RED_DEV: the network device below the line. */
  device: string;
  /** Of STATIC. */
  fixed?: { address: string; prefix: number; gateway: string };
  /** All RED_* keys and DEFAULT_GATEWAY of ethernet/settings while this line holds RED. */
  block: Values;
  /** Of those that IPFire dials: one of its own dial profiles, or the values of a profile of ours, without its password. */
  dial?: { number: number } | { values: Values };
}

/** What ppp/settings is to be. */
export type Dial =
  /** A link to one of IPFire's dial profiles, as its web interface makes it; or a copy without a backup profile of its own. */
  | { link: number }
  | { copy: number }
  /** A profile of ours, whose password is in its file only. */
  | { profile: string; values: Values }
  /** The file that was there before, which was no link. */
  | { kept: true };

/** A start of RED that is under way: by us, or by IPFire's own dialler. */
export interface Start {
  bootId: string;
  /** s since boot when it has failed. */
  deadline: number;
  /** Absent: RED has been stopped for it, or will be, and its settings are not all written yet. */
  begun?: true;
}

/** What must outlast a round and a power cut while RED is not simply the primary's. */
export interface Role {
  /** The line that is to hold RED. */
  holder: string;
  /** The block of the primary, as the operator has it, and the dial profile that its ppp/settings is a link to. */
  primary: { block: Values; dial?: number };
  /** Blocks that ethernet/settings may have by our doing: the holder's, and the one before it. Any other is the operator's. */
  ours: Values[];
  /** The profile of ours that ppp/settings has been written from. */
  dialled?: string;
  start?: Start;
  /** The operator has hung up: nothing is done until RED is there again. */
  hungUp?: true;
}

/** Where RED is, as IPFire's files have it. */
export interface Red {
  now: { uptime: number; bootId: string };
  /** s that IPFire's own dialler gets, once the line is lost. */
  patience: number;
  /** What ethernet/settings says of it. */
  block: Values;
  /** Number of the dial profile that ppp/settings is a link to. Absent: it is a file of its own, or there is none. */
  dial?: number;
  /** Absent: the primary holds RED, and nothing is under way. */
  role?: Role;
  /** IPFire takes it for online. */
  active: boolean;
  /** Its network device, addresses and gateway: what they were while it is not active. */
  iface?: string;
  local?: string;
  remote?: string;
  /** Devices of lines on which IPFire's own DHCP client runs. */
  leasing?: string[];
  /** IPFire's dialler is meant to go on: nobody has hung up. */
  kept: boolean;
  /** While it is not active: a program is at work for it, as connectd, pppd or dhcpcd. */
  working?: boolean;
}
