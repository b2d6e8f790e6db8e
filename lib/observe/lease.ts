import { isIPv4 } from '../address.js';
import { prefixOf } from '../config/ipfire/subnet.js';
import type { DhcpClient, Lease } from '../model.js';

/** More than any server gives. */
const MAX_LENGTH = 10_000;

/**
 * Parses what a script of dhcpcd has written down: lines `ip_address=`, `subnet_cidr=` or `subnet_mask=`, `routers=`,
 * `domain_name_servers=`, and others. Ours writes them, and IPFire's, to dhcpcd-DEVICE.info. What a server says is not trusted.
 *
 * @returns undefined if there is no lease
 */
export function parseLease(text: string): Lease | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const values = new Map(text.split('\n').map(parseLine));
  const address = values.get('ip_address');
  const prefix = prefixOf(values.get('subnet_cidr') ?? '') ?? prefixOf(values.get('subnet_mask') ?? '') ?? 0;
  if (!isHost(address) || prefix === 0) return undefined;
  const [gateway] = addressesIn(values.get('routers'));
  return {
    address,
    prefix,
    ...(gateway === undefined || gateway === address ? {} : { gateway }),
    dns: addressesIn(values.get('domain_name_servers')),
  };
}

/** What our own client of a device has, while it runs. */
export function ownLease(device: string, clients: DhcpClient[] = []): Lease | undefined {
  return clients.find((client) => client.device === device && client.ours && client.running)?.lease;
}

function parseLine(line: string): [key: string, value: string] {
  const [, key = '', value = ''] = /^([a-z_]+)=(.*?)\s*$/.exec(line) ?? [];
  return [key, value.replace(/^'(.*)'$/, '$1')];
}

function addressesIn(text = ''): string[] {
  return text.split(/[ ,]+/).filter(isHost);
}

/** One that a single machine can have: not of 0.0.0.0/8, the machine itself, groups and what is reserved. */
function isHost(text: string | undefined): text is string {
  return text !== undefined && isIPv4(text) && !/^(0|127|22[4-9]|2[345]\d)\./.test(text);
}
