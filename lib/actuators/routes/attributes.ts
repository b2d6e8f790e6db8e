import { inSubnet } from '../../address.js';
import type { Attributes, Path } from '../../model.js';

/** Sizes: the smallest one suits every way. */
const SIZES = ['mtu', 'advmss'];

/** What one route over several ways can say of what each of them should: what is the same for all, and the smallest sizes. */
export function shareAttributes(each: Attributes[]): Attributes {
  const shared: Attributes = {};
  const [first = {}] = each;
  for (const [word, value] of Object.entries(first)) {
    if (each.every((attributes) => attributes[word] === value)) shared[word] = value;
  }
  for (const word of SIZES) {
    const sizes = each.flatMap((attributes) => (attributes[word] === undefined ? [] : [Number(attributes[word])]));
    if (sizes.length > 0) shared[word] = String(Math.min(...sizes));
  }
  return shared;
}

/**
 * Does the system's default name another source than the kernel would take by itself? That is the first address of the device in
 * the subnet of the gateway, or else the first of all (inet_select_addr in net/ipv4/devinet.c).
 */
export function hasSourceOfItsOwn({ attributes, link, gateway }: Path): boolean {
  const source = attributes?.src;
  if (source === undefined) return false;
  const addresses = link?.addresses ?? [];
  const near = addresses.find(({ address, prefix }) => gateway !== undefined && inSubnet(gateway, address, prefix));
  return source !== (near ?? addresses[0])?.address;
}
