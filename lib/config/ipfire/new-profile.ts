import type { Values } from '../../uplink.js';
import { changeValues } from './values.js';

/** Something that a profile of some type must say. */
export interface Field {
  key: string;
  question: string;
  secret?: true;
}

/** Those that can be chosen by their numbers, from 1. */
export const CHOICES = ['DHCP', 'STATIC', 'PPPOE', 'QMI'];
const DEVICE: Field = { key: 'DEVICE', question: 'network device, as red1: ' };
const FIXED: Field[] = [
  { key: 'IP', question: 'IPv4 address: ' },
  { key: 'NETMASK', question: 'netmask, as 255.255.255.0: ' },
  { key: 'GATEWAY', question: 'gateway: ' },
];
const DIALLED: Field[] = [
  { key: 'USERNAME', question: 'user name: ' },
  { key: 'PASSWORD', question: 'password (not shown): ', secret: true },
];

/** What to ask for, in this order, for a type in capitals. */
export function fieldsOf(type: string): Field[] {
  if (type === 'DHCP') return [DEVICE];
  if (type === 'STATIC') return [DEVICE, ...FIXED];
  if (type !== 'QMI') return [DEVICE, ...DIALLED];
  return [
    { key: 'DEVICE', question: 'modem or its network device, as /dev/cdc-wdm0 or wwan0: ' },
    { key: 'APN', question: 'APN of the provider: ' },
  ];
}

/** A type as it was chosen: its number, or its name in any letters. */
export function typeOf(answer: string): string {
  return CHOICES[Number(answer) - 1] ?? answer.toUpperCase();
}

/** The text of a profile. What is empty is left out, but for a modem's user name and password. */
export function profileText(values: Values): string {
  const blank = values.TYPE === 'QMI' ? { USERNAME: '', PASSWORD: '' } : {};
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  return changeValues('', { ...blank, ...given, AUTOCONNECT: 'on', RECONNECTION: 'persistent' }, { ours: true });
}

/** Has a value something in it that no line of a file can hold? */
export function isOneLine(value: string): boolean {
  return !/[\0\r\n]/.test(value);
}
