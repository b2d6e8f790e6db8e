import type { Uplink, Values } from '../../uplink.js';
import { maskOf, networkOf } from './subnet.js';

/** How a line is to hold RED, as far as ethernet/settings says it. */
export type Placement = Pick<Uplink, 'type' | 'device' | 'fixed'> & {
  /** Of the network card. */
  mac?: string;
  /** Bytes of a packet, on STATIC and DHCP. */
  mtu?: number;
};

/** What IPFire's setup writes where the line itself brings an address. */
const NONE = '0.0.0.0';
/** Keys of RED that say how the line gets its address; the others are about its network card. */
const ADDRESSING = [
  'RED_TYPE',
  'RED_DEV',
  'RED_MACADDR',
  'RED_ADDRESS',
  'RED_NETMASK',
  'RED_NETADDRESS',
  'DEFAULT_GATEWAY',
];

/** All of ethernet/settings that is about RED. */
export function redBlock(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => isRed(key)));
}

function isRed(key: string): boolean {
  return key.startsWith('RED_') || key === 'DEFAULT_GATEWAY';
}

/** Do both say the same of RED? What is empty says nothing, as IPFire's pages write it. */
export function sameBlock(a: Values, b: Values): boolean {
  const said = (values: Values) => Object.entries(redBlock(values)).filter(([, value]) => value !== '');
  const [first, second] = [said(a), new Map(said(b))];
  return first.length === second.size && first.every(([key, value]) => second.get(key) === value);
}

/**
 * The block of a backup line. RED_DEV and RED_MACADDR come as a pair, because udev names network cards by it at boot. What
 * the primary's block says of its card goes along on the same card only.
 *
 * @param macs MAC addresses by device
 */
export function blockOf(line: Placement, primaryBlock: Values, macs: ReadonlyMap<string, string>): Values {
  const { type, device, fixed } = line;
  const sameCard = primaryBlock.RED_DEV === device;
  const card = Object.entries(redBlock(primaryBlock)).filter(([key]) => sameCard && !ADDRESSING.includes(key));
  const mac = line.mac ?? (sameCard ? primaryBlock.RED_MACADDR : undefined) ?? macs.get(device);
  return {
    ...Object.fromEntries(card),
    RED_TYPE: type === 'STATIC' || type === 'DHCP' ? type : 'PPPOE',
    RED_DEV: device,
    ...(mac === undefined ? {} : { RED_MACADDR: mac }),
    ...(line.mtu === undefined ? {} : { [type === 'DHCP' ? 'RED_DHCP_FORCE_MTU' : 'RED_MTU']: String(line.mtu) }),
    RED_ADDRESS: fixed?.address ?? NONE,
    RED_NETMASK: fixed ? maskOf(fixed.prefix) : NONE,
    RED_NETADDRESS: fixed ? networkOf(fixed.address, fixed.prefix) : NONE,
    DEFAULT_GATEWAY: fixed?.gateway ?? NONE,
  };
}

/** For changeValues: what makes the block in `current` be exactly that. */
export function changesFor(current: Values, block: Values): Record<string, string | undefined> {
  const gone = Object.keys(redBlock(current)).filter((key) => !Object.hasOwn(block, key));
  const other = Object.entries(redBlock(block)).filter(
    ([key, value]) => !Object.hasOwn(current, key) || current[key] !== value,
  );
  return Object.fromEntries([...gone.map((key) => [key, undefined] as const), ...other]);
}
