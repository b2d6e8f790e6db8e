import type { Uplink } from '../../uplink.js';
import { isTarget } from '../values.js';
import type { Fail, Keys } from './keys.js';
import { type Lan, zoneAround } from './lans.js';
import { broadcastOf, networkOf, prefixOf } from './subnet.js';

type Fixed = NonNullable<Uplink['fixed']>;

/** The address of a STATIC line, its netmask (dotted, or as a prefix length, also behind the address) and its gateway. */
export function readFixed({ values }: Keys, lans: Lan[], fail: Fail): Fixed | undefined {
  const [address = '', length] = (values.IP ?? '').split('/', 2);
  const gateway = values.GATEWAY ?? '';
  const prefix = prefixOf(length ?? values.NETMASK ?? '') ?? 0;
  if (!isTarget(address)) fail('IP', 'needed: the IPv4 address of a host, as in: IP=192.0.2.10');
  if (prefix === 0)
    fail(length === undefined ? 'NETMASK' : 'IP', 'needed: a netmask, as in: NETMASK=255.255.255.0 or NETMASK=24');
  if (!isTarget(gateway)) fail('GATEWAY', 'needed: the IPv4 address of a host, as in: GATEWAY=192.0.2.1');
  if (!isTarget(address) || prefix === 0 || !isTarget(gateway)) return undefined;
  const fixed = { address, prefix, gateway };
  const reason = whyNoLine(fixed, lans);
  if (reason === undefined) return fixed;
  fail('IP', reason);
  return undefined;
}

function whyNoLine(fixed: Fixed, lans: Lan[]): string | undefined {
  const { address, prefix, gateway } = fixed;
  if (address === gateway) return 'it is that of the gateway, too';
  const ends = [networkOf(address, prefix), broadcastOf(address, prefix)];
  if (prefix < 31 && ends.includes(address)) return 'the first and the last address of a network are no host';
  const zone = zoneAround(fixed, lans);
  return zone === undefined ? undefined : `it is in ${zone}'s network`;
}
