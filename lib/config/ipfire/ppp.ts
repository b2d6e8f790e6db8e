import type { UplinkType, Values } from '../../uplink.js';
import { isPlainWord } from './readable.js';
import { changeValues } from './values.js';

/** IPFire has the dial profiles 1 to 5. Ours is none of them, so that its page never saves ours over one of the operator's. */
const OWN_NUMBER = '6';

/** Keys of ppp/settings that a profile of ours may set, beside those that it must. */
export const PPP_KEYS = [
  ...['AUTH', 'APN', 'MTU', 'MRU', 'SERVICENAME', 'CONCENTRATORNAME', 'MAXRETRIES', 'HOLDOFF', 'TIMEOUT'],
  ...['INET_VLAN', 'IPTV', 'IPTV_VLAN', 'PPTP_PEER', 'PPTP_NICCFG', 'PPTP_ROUTE'],
  ...['AUTOCONNECT', 'RECONNECTION'],
];

/** IPFire's TYPE of a dial profile, and what it is as a line. */
const DIALLED: Record<string, UplinkType> = {
  modem: 'MODEM',
  serial: 'SERIAL',
  pppoe: 'PPPOE',
  pppoeatm: 'PPPOE',
  pptp: 'PPTP',
  pptpatm: 'PPTP',
  vdsl: 'VDSL',
  qmi: 'QMI',
};

/** How IPFire dials by a dial profile; undefined for a TYPE that it does not have. */
export function dialledType({ TYPE = '' }: Values): UplinkType | undefined {
  return Object.hasOwn(DIALLED, TYPE) ? DIALLED[TYPE] : undefined;
}

/** Does IPFire dial lines of this type, by ppp/settings? */
export function isDialled({ type }: { type: UplinkType }): boolean {
  return type !== 'STATIC' && type !== 'DHCP';
}

/**
 * ppp/settings for a profile of ours, but for its password. Without BACKUPPROFILE: IPFire would go over to another dial profile
 * by itself.
 *
 * @param name of the profile
 * @param given those of PPP_KEYS that it sets, and USERNAME
 */
export function pppValues(type: UplinkType, name: string, given: Values): Values {
  return {
    PROFILE: OWN_NUMBER,
    PROFILENAME: name,
    TYPE: type.toLowerCase(),
    USERNAME: '',
    AUTH: 'pap-or-chap',
    MAXRETRIES: '5',
    HOLDOFF: '30',
    TIMEOUT: '15',
    RECONNECTION: 'persistent',
    AUTOCONNECT: 'on',
    DIALMODE: 'T',
    DEBUG: 'off',
    VALID: 'yes',
    ...(type === 'QMI' ? { APN: '' } : { MTU: '1492', MRU: '1492' }),
    ...(type === 'VDSL' ? { INET_VLAN: '7', IPTV: 'off', IPTV_VLAN: '8' } : {}),
    ...given,
    BACKUPPROFILE: '',
  };
}

/**
 * The text of ppp/settings. The password goes into it only for QMI, whose dialler reads it there; pppd reads it in ppp/secrets,
 * which is for root only.
 */
export function pppText(values: Values, password: string): string {
  const secret = values.TYPE === 'qmi' && isPlainWord(password) ? { PASSWORD: password } : {};
  return changeValues('', { ...values, ...secret });
}

/** The text of a dial profile as it may be in ppp/settings while we choose the line: IPFire goes over to no other by itself. */
export function withoutBackup(text: string): string {
  return changeValues(text, { BACKUPPROFILE: '' });
}
