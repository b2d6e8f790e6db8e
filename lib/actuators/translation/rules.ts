import { HOSTS, isLocal, isWithin, prefixOf, prefixText } from '../../address6.js';
import { isDeviceName } from '../../config/values.js';
import type { Path, Prefix, Six } from '../../model.js';
import { heldBy, isNamed } from '../six/held.js';

/** What is done with the sources of a prefix that leave by a line. */
export interface Translation {
  device: string;
  from: Prefix;
  /** `itself`: they are the line's own. `router`: they all become the line's address of the router. */
  to: Prefix | 'itself' | 'router';
}

/** A network of the router's that no line has for itself, and the device behind which it is. */
interface Network extends Prefix {
  device: string;
}

/**
 * What becomes of sources, whichever line they leave by: those of another line's prefix get the prefix of this one, so that its provider
 * takes them and answers find the way back. Where one leaves by is for the routes to say.
 *
 * @param paths those of IPv6
 */
export function translationsOf(paths: Path[], addresses: Six['addresses']): Translation[] {
  const all = paths.filter(({ wan }) => wan.enabled);
  const lines = all.filter(({ device, link }) => link && device !== undefined && isDeviceName(device));
  const devices = new Set(lines.map(({ device }) => device));
  const networks = networksOf(addresses.filter(({ device }) => !devices.has(device)));
  return lines.flatMap((line) => {
    const [device, own] = [line.device as string, ownOf(line)];
    const others = all.filter((other) => other !== line);
    const delegated = others.flatMap(heldBy);
    const links = others.flatMap((other) => ownOf(other)).filter((prefix) => !delegated.includes(prefix));
    const isOwn = (prefix: Prefix) => own.some((mine) => isWithin(prefix.address, mine, prefix.length));
    const rules: Translation[] = [
      ...own.map((from) => ({ device, from, to: 'itself' as const })),
      ...delegated.filter((from) => !isOwn(from)).flatMap((from) => whole(from, line, networks)),
      ...networks.filter(({ address }) => isLocal(address)).flatMap((from) => ofNetwork(from, line, networks)),
      ...links.filter((from) => !isOwn(from)).flatMap((from) => toRouter(from, line)),
    ];
    const keys = rules.map(({ from }) => prefixText(from));
    return rules.filter((_, i) => keys.indexOf(keys[i] as string) === i);
  });
}

/** What a line is known by: what it has delegated, and the networks of its own addresses. */
export function ownOf({ prefixes = [], link }: Path): Prefix[] {
  const near = link?.addresses.flatMap(({ address, prefix }) =>
    isLocal(address) ? [] : (prefixOf(address, prefix) ?? []),
  );
  return [...prefixes, ...(near ?? [])];
}

/** A delegated prefix as one, where the line has a prefix that is as large; or else network by network. */
function whole(from: Prefix, line: Path, networks: Network[]): Translation[] {
  const room = line.prefixes?.find(({ length }) => length <= from.length);
  if (room) return [{ device: line.device as string, from, to: { address: room.address, length: from.length } }];
  const parts = networks.filter(({ address, length }) => isWithin(address, from, length));
  return [...parts.flatMap((part) => ofNetwork(part, line, networks)), ...toRouter(from, line)];
}

/** A network becomes the one of the line that is on the same device; or else they all become the router. */
function ofNetwork(from: Network, line: Path, networks: Network[]): Translation[] {
  const isOfLine = ({ address, length }: Prefix) => line.prefixes?.some((prefix) => isWithin(address, prefix, length));
  const twin = networks.find(
    (other) => other.device === from.device && other.length === from.length && isOfLine(other),
  );
  const own = prefixOf(from.address, from.length) as Prefix;
  return twin
    ? [{ device: line.device as string, from: own, to: prefixOf(twin.address, twin.length) as Prefix }]
    : toRouter(own, line);
}

/** Nothing, where the line has no address that the router could be known by. */
function toRouter(from: Prefix, line: Path): Translation[] {
  return isNamed(line) ? [{ device: line.device as string, from, to: 'router' }] : [];
}

function networksOf(addresses: Six['addresses']): Network[] {
  return addresses.flatMap(({ device, address, length }) => {
    const prefix = prefixOf(address, length);
    return prefix && length <= HOSTS ? [{ device, ...prefix }] : [];
  });
}
