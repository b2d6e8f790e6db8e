import { isIPv4 } from '../address.js';
import type { Lease } from '../model.js';

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
  const prefix = parsePrefix(values.get('subnet_cidr')) ?? parseMask(values.get('subnet_mask'));
  if (!isHost(address) || prefix === undefined) return undefined;
  const [gateway] = addressesIn(values.get('routers'));
  return {
    address,
    prefix,
    ...(gateway === undefined || gateway === address ? {} : { gateway }),
    dns: addressesIn(values.get('domain_name_servers')),
  };
}

function parseLine(line: string): [key: string, value: string] {
  const [, key = '', value = ''] = /^([a-z_]+)=(.*?)\s*$/.exec(line) ?? [];
  return [key, value.replace(/^'(.*)'$/, '$1')];
}

function parsePrefix(text = ''): number | undefined {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 32 ? Number(text) : undefined;
}

/** Bits of a mask such as 255.255.255.0: ones, and then zeros. */
function parseMask(text = ''): number | undefined {
  if (!isIPv4(text)) return undefined;
  const bits = text.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'));
  const [, ones] = /^(1+)0*$/.exec(bits.join('')) ?? [];
  return ones?.length;
}

function addressesIn(text = ''): string[] {
  return text.split(/[ ,]+/).filter(isHost);
}

/** One that a single machine can have: not of 0.0.0.0/8, the machine itself, groups and what is reserved. */
function isHost(text: string | undefined): text is string {
  return text !== undefined && isIPv4(text) && !/^(0|127|22[4-9]|2[345]\d)\./.test(text);
}
