import type { Problem } from '../../model.js';
import type { Uplink, UplinkType, Values } from '../../uplink.js';
import { integer, isDeviceName, type Reader } from '../values.js';
import { blockOf } from './block.js';
import { type DialReader, readDialProfile, readOwnDial } from './dial.js';
import { readFixed } from './fixed.js';
import { type Fail, type Keys, placeOf, readKey, readKeys, reportUnknownKeys } from './keys.js';
import { type Lan, zoneOf } from './lans.js';
import { isDialled, PPP_KEYS } from './ppp.js';

/** What the meaning of a profile depends on. */
export interface Surroundings {
  /** The RED_* keys and DEFAULT_GATEWAY of the primary. */
  primary: Values;
  lans: Lan[];
  /** MAC addresses by device. */
  macs: ReadonlyMap<string, string>;
  /** Network devices by the character device of their modem. */
  modems: Record<string, string>;
  /** The texts of IPFire's dial profiles, by their number. */
  dials: Record<number, string>;
}

/** What became of a profile: how RED gets up through its line, or why it is left out. */
export type Profile = { uplink: Uplink } | { unusable: string };

/** Those that a profile of ours may have. */
export const TYPES: UplinkType[] = ['DHCP', 'STATIC', 'PPPOE', 'PPTP', 'VDSL', 'QMI'];
const BY_MODEM = ['MODEM', 'SERIAL'];
/** Names that IPFire has for the same. */
const ALIASES: Record<string, string> = {
  RED_TYPE: 'TYPE',
  RED_DEV: 'DEVICE',
  RED_MACADDR: 'MAC',
  RED_ADDRESS: 'IP',
  RED_NETMASK: 'NETMASK',
  DEFAULT_GATEWAY: 'GATEWAY',
  RED_MTU: 'MTU',
  RED_DHCP_FORCE_MTU: 'MTU',
};
/** RED_NETADDRESS follows from others. */
const KNOWN = [
  ...['TYPE', 'DEVICE', 'IP', 'NETMASK', 'GATEWAY', 'USERNAME', 'PASSWORD', 'DIAL_PROFILE', 'MAC'],
  ...PPP_KEYS,
  'RED_NETADDRESS',
];
const MTU: Reader<number | undefined> = { ...integer(576, 9000, 0), fallback: undefined };
const MAC: Reader<string | undefined> = {
  read: (text) =>
    /^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(text) ? text.replaceAll('-', ':').toLowerCase() : undefined,
  legal: 'a MAC address, as 00:11:22:33:44:55',
  fallback: undefined,
};

/** Is it a name that a profile may have? It is that of a file, too, and of a WAN. */
export function isProfileName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(text) && text !== 'primary';
}

/** What a profile means. All that is wrong with it is a problem. */
export function readProfile(name: string, text: string, around: Surroundings, problems: Problem[]): Profile {
  const keys = translate(readKeys(text, problems, `profile ${name}`));
  const reasons: string[] = [];
  const fail: Fail = (key, what) => {
    problems.push({ ...placeOf(keys, key), text: `${what}; left out` });
    reasons.push(`${key}: ${what}`);
  };
  const from: DialReader = { name, keys, dials: around.dials, problems, fail };
  const known = keys.values.DIAL_PROFILE ? readDialProfile(from) : undefined;
  const type = known?.type ?? readType(keys, fail);
  const device = readDevice(keys, type, around, fail);
  const fixed = type === 'STATIC' ? readFixed(keys, around.lans, fail) : undefined;
  const dial = known?.dial ?? (type && isDialled({ type }) && !known ? readOwnDial(type, from) : undefined);
  const mac = readKey(keys, 'MAC', MAC, problems);
  // Of a line that is dialled, it is that of the line, and not of the card below.
  const mtu = type && isDialled({ type }) ? undefined : readKey(keys, 'MTU', MTU, problems);
  reportUnknownKeys(keys, KNOWN, problems);
  const [unusable] = reasons;
  if (unusable !== undefined || !type || device === undefined) return { unusable: unusable ?? 'it says nothing' };
  const line = { type, device, ...(fixed ? { fixed } : {}) };
  const card = { ...(mac === undefined ? {} : { mac }), ...(mtu === undefined ? {} : { mtu }) };
  const block = blockOf({ ...line, ...card }, around.primary, around.macs);
  return { uplink: { ...line, block, ...(dial ? { dial } : {}) } };
}

/** With our names in place of IPFire's. Where both are there, ours count. */
function translate(keys: Keys): Keys {
  const values = { ...keys.values };
  const lines = new Map(keys.lines);
  for (const [theirs, ours] of Object.entries(ALIASES)) {
    const [value, line] = [values[theirs], lines.get(theirs)];
    if (value === undefined || line === undefined) continue;
    delete values[theirs];
    lines.delete(theirs);
    if (values[ours] !== undefined) continue;
    values[ours] = value;
    lines.set(ours, line);
  }
  return { ...keys, values, lines };
}

function readType(keys: Keys, fail: Fail): UplinkType | undefined {
  // IPFire has small letters for some, and capitals for others.
  const text = (keys.values.TYPE ?? '').toUpperCase();
  const type = TYPES.find((candidate) => candidate === text);
  if (type) return type;
  if (text === '') fail('TYPE', 'there is none, as in: TYPE=DHCP');
  else if (BY_MODEM.includes(text))
    fail('TYPE', "a modem is set up on IPFire's page for dialling; name its dial profile, as in: DIAL_PROFILE=2");
  else fail('TYPE', `not ${TYPES.join(' or ')}`);
  return undefined;
}

/** Of QMI, it may be the character device of the modem. */
function readDevice(keys: Keys, type: UplinkType | undefined, around: Surroundings, fail: Fail): string | undefined {
  // A dial profile of IPFire says nothing of a device: IPFire dials through RED's.
  const fallback = keys.values.DIAL_PROFILE ? around.primary.RED_DEV : undefined;
  const text = keys.values.DEVICE || fallback || '';
  if (text === '') fail('DEVICE', 'there is none, as in: DEVICE=red1');
  else if (type === 'QMI' && /^\/dev\/cdc-wdm\d{1,3}$/.test(text)) {
    if (Object.hasOwn(around.modems, text)) return around.modems[text];
    fail('DEVICE', 'no such modem is there');
  } else if (!isDeviceName(text))
    fail('DEVICE', 'not the name of a network device (1 to 15 letters, digits, . _ - @ +)');
  else if (/^(ppp\d+|lo)$/.test(text)) fail('DEVICE', 'dialling makes it; name the network card below, as red1');
  else {
    const zone = zoneOf(text, around.lans, around.macs);
    if (zone === undefined) return text;
    fail('DEVICE', `it is ${zone}'s`);
  }
  return undefined;
}
