import { isIPv4 } from '../../address.js';
import type { Uplink, Values } from '../../uplink.js';
import { networkOf, prefixOf } from './subnet.js';

/** A network of IPFire that is not RED. */
export interface Lan {
  zone: string;
  /** Its device, and of a bridge or bond what else is in it: devices, or their MAC addresses in small letters. */
  devices: string[];
  subnet?: { address: string; prefix: number };
}

/** CONFIG_TYPE of ethernet/settings: which zones there are. What is left in it of others means nothing. */
const ZONES = new Map([
  ['1', ['GREEN']],
  ['2', ['GREEN', 'ORANGE']],
  ['3', ['GREEN', 'BLUE']],
  ['4', ['GREEN', 'BLUE', 'ORANGE']],
]);
const ALL = ['GREEN', 'BLUE', 'ORANGE'];

/** The networks that ethernet/settings has beside RED. */
export function lansOf(ethernet: Values): Lan[] {
  const zones = ZONES.get(ethernet.CONFIG_TYPE ?? '') ?? ALL;
  return zones.flatMap((zone): Lan[] => {
    const [device = '', slaves = ''] = [ethernet[`${zone}_DEV`], ethernet[`${zone}_SLAVES`]];
    const devices = [device, ...slaves.toLowerCase().split(/\s+/)].filter(Boolean);
    const [address = '', prefix] = [ethernet[`${zone}_ADDRESS`], prefixOf(ethernet[`${zone}_NETMASK`] ?? '')];
    const subnet = isIPv4(address) && prefix !== undefined && prefix > 0 ? { subnet: { address, prefix } } : {};
    return devices.length === 0 ? [] : [{ zone, devices, ...subnet }];
  });
}

/** The zone that has a device, if one has. */
export function zoneOf(device: string, lans: Lan[], macs: ReadonlyMap<string, string>): string | undefined {
  const mac = macs.get(device)?.toLowerCase();
  return lans.find(({ devices }) => devices.includes(device) || (mac !== undefined && devices.includes(mac)))?.zone;
}

/** The zone whose addresses are those of a line, if one is. */
export function zoneAround({ address, prefix }: NonNullable<Uplink['fixed']>, lans: Lan[]): string | undefined {
  return lans.find(({ subnet }) => {
    if (!subnet) return false;
    const shorter = Math.min(prefix, subnet.prefix);
    return networkOf(address, shorter) === networkOf(subnet.address, shorter);
  })?.zone;
}

/** MAC addresses by device: those of further network cards in ethernet/settings, by which udev names them, come first. */
export function macsOf(ethernet: Values, seen: Record<string, string>): Map<string, string> {
  return new Map([...Object.entries(seen), ...cardsOf(ethernet)]);
}

/** Network cards that ethernet/settings names beside those of its zones: MAC addresses by device. */
export function cardsOf(ethernet: Values): Map<string, string> {
  const macs = new Map<string, string>();
  for (const card of ['INTF0', 'INTF1', 'INTF2', 'INTF3']) {
    const [device, mac] = [ethernet[`${card}_DEV`], ethernet[`${card}_MACADDR`]];
    if (device && mac) macs.set(device, mac);
  }
  return macs;
}
