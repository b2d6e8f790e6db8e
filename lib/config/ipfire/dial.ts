import type { Problem } from '../../model.js';
import type { Uplink, UplinkType, Values } from '../../uplink.js';
import { choice, integer, type Reader } from '../values.js';
import { type Fail, type Keys, placeOf, readKey, reportFaults } from './keys.js';
import { dialledType, PPP_KEYS, pppValues } from './ppp.js';
import { isPlainWord, whyUnreadable } from './readable.js';
import { whyNoPassword, whyNoSecret } from './secrets.js';
import { readValues } from './values.js';

/** A profile that is being read. */
export interface DialReader {
  name: string;
  keys: Keys;
  dials: Record<number, string>;
  problems: Problem[];
  fail: Fail;
}

const optional = (lowest: number, highest: number): Reader<number | undefined> => ({
  ...integer(lowest, highest, 0),
  fallback: undefined,
});
/** Those of PPP_KEYS that are numbers, with IPFire's ranges. */
const NUMBERS: Record<string, Reader<number | undefined>> = {
  MTU: optional(576, 1500),
  MRU: optional(576, 1500),
  MAXRETRIES: optional(1, 100),
  HOLDOFF: optional(1, 3600),
  TIMEOUT: optional(0, 1440),
  INET_VLAN: optional(1, 4094),
  IPTV_VLAN: optional(1, 4094),
};
const LOGINS = ['standard-login-script', 'demon-login-script', 'other-login-script'] as const;
const AUTH = choice(['pap-or-chap', 'pap', 'chap', ...LOGINS] as const, undefined);

/** The line of one of IPFire's own dial profiles. Undefined, and said, where there is no such. */
export function readDialProfile({
  keys,
  dials,
  problems,
  fail,
}: DialReader): Pick<Uplink, 'type' | 'dial'> | undefined {
  const text = keys.values.DIAL_PROFILE ?? '';
  const number = /^[1-5]$/.test(text) ? Number(text) : 0;
  const dial = Object.hasOwn(dials, number) ? (dials[number] ?? '') : '';
  if (number === 0) fail('DIAL_PROFILE', 'not a number from 1 to 5');
  else if (dial.trim() === '') fail('DIAL_PROFILE', `IPFire's dial profile ${number} is not set up`);
  for (const key of ['USERNAME', 'PASSWORD']) {
    if (keys.values[key])
      problems.push({ ...placeOf(keys, key), text: 'DIAL_PROFILE is there as well and counts; ignored' });
  }
  if (number === 0 || dial.trim() === '') return undefined;
  const { values, faults } = readValues(dial);
  reportFaults(faults, problems, `dial profile ${number}`);
  const type = dialledType(values);
  if (!type) {
    fail('DIAL_PROFILE', `dial profile ${number} has no TYPE that IPFire could dial`);
    return undefined;
  }
  const given = (keys.values.TYPE || type).toUpperCase();
  if (given !== type)
    problems.push({ ...placeOf(keys, 'TYPE'), text: `dial profile ${number} is of type ${type}; using that` });
  return { type, dial: { number } };
}

/** What ppp/settings says while a line of ours is dialled, but for the password. */
export function readOwnDial(type: UplinkType, { name, keys, problems, fail }: DialReader): Uplink['dial'] {
  const { USERNAME: user = '', PASSWORD: password = '' } = keys.values;
  if (user === '') {
    if (type !== 'QMI') fail('USERNAME', 'there is none, as in: USERNAME=name@provider');
  } else if (!isPlainWord(user) || whyNoSecret(user) !== undefined)
    fail('USERNAME', "IPFire's scripts read only letters, digits and = / , . : % _ @ # + - of it");
  if (password === '' && type !== 'QMI')
    problems.push({ ...placeOf(keys, 'PASSWORD'), text: 'there is none; dialling without' });
  const noPassword = whyNoPassword(password, type === 'QMI' ? 'qmi' : 'pppd');
  if (noPassword !== undefined) fail('PASSWORD', noPassword);
  if (type === 'QMI' && !keys.values.APN)
    problems.push({ ...placeOf(keys, 'APN'), text: 'there is none; dialling without' });
  const given: Values = { USERNAME: user };
  for (const key of PPP_KEYS) {
    const value = readPppKey(key, keys, problems, fail);
    if (value !== undefined) given[key] = value;
  }
  return { values: pppValues(type, name, given) };
}

function readPppKey(key: string, keys: Keys, problems: Problem[], fail: Fail): string | undefined {
  const number = NUMBERS[key];
  if (number) return readKey(keys, key, number, problems)?.toString();
  if (key === 'AUTH') return readKey(keys, key, AUTH, problems);
  const value = keys.values[key];
  if (!value) return undefined;
  // Programs get it as an argument, or as a part of one.
  const blank = value.includes(' ') ? 'it may have no blank' : undefined;
  const reason = whyUnreadable(key, value) ?? blank;
  if (reason !== undefined) fail(key, reason);
  return value;
}
