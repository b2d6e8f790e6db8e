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
