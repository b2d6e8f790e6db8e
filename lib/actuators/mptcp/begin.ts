import { inSubnet } from '../../address.js';
import { isLocal } from '../../address6.js';
import { isSix } from '../../family.js';
import type { Endpoint, Path, Six, Verdict } from '../../model.js';

/**
 * Where connections can begin on a line that is up.
 *
 * @param present endpoints that there are
 * @param six addresses of IPv6
 */
export function addressOf(
  { path, status, usable }: Verdict,
  present: Endpoint[],
  six: Six['addresses'],
): string | undefined {
  const { wan, device, link, gateway } = path;
  if (!wan.mptcp || !usable || status !== 'up' || device === undefined) return undefined;
  if (isSix(wan)) return addressOf6(path, present, six);
  const { addresses = [] } = link ?? {};
  // One that reaches the gateway: a modem's own network may be there, too.
  const own = addresses.find(({ address, prefix }) => gateway !== undefined && inSubnet(gateway, address, prefix));
  return (own ?? addresses[0])?.address;
}

/**
 * Of the many that a line may have, one that hosts take for new connections, and that is no temporary one, as subflows end with their
 * endpoint; what is in use stays.
 */
function addressOf6({ link, attributes }: Path, present: Endpoint[], six: Six['addresses']): string | undefined {
  const own = (link?.addresses ?? []).map(({ address }) => address).filter((address) => !isLocal(address));
  const known = (address: string) => six.find((one) => one.address === address);
  const good = own.filter((address) => known(address)?.preferred !== 0);
  const lasting = good.filter((address) => !known(address)?.temporary);
  const best = [lasting, good].find((list) => list.length > 0) ?? own;
  // Without one of its own, the line knows the router by one of the prefix that it has delegated.
  return best.find((address) => present.some((endpoint) => endpoint.address === address)) ?? best[0] ?? attributes?.src;
}
