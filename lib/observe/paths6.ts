import { HOSTS, isLocal, isWithin, MOST_PREFIXES, parsePrefix, prefixText } from '../address6.js';
import type { Config, Observation, Path, Prefix, Route, Six, Wan } from '../model.js';
import type { Memory } from './paths.js';

/** What all of the Internet is in (RFC 4291, 2.4). */
const INTERNET: Prefix = { address: '2000::', length: 3 };
/** Bits of a prefix; no registry gives a network one with fewer. */
const SHORTEST = 16;

/**
 * Joins the IPv6 path of every WAN that has one with what was observed of it. A second one on a device is left out.
 *
 * @param paths those of IPv4: the device of a WAN is that of both, unless it has an interface of its own for IPv6
 * @param isOurs tells our own routes: they say nothing about a gateway
 * @param memory by the path's name. It stands in for a netifd that is silent
 */
export function findPaths6(
  config: Config,
  seen: Observation,
  paths: Path[],
  isOurs: (route: Route) => boolean,
  memory: ReadonlyMap<string, Memory>,
): Path[] {
  const defaults = (seen.six?.routes ?? [])
    .filter((route) => route.destination === 'default' && route.type === 'unicast' && !isOurs(route))
    .sort((a, b) => a.metric - b.metric);
  const found: Path[] = [];
  for (const wan of config.wans.filter(({ family }) => family)) {
    const path = findPath(wan, seen, paths, defaults, memory.get(wan.name) ?? {});
    const twin = found.find(({ wan: other, device }) => other.enabled && wan.enabled && device === path.device);
    const unusable = `it has the same device as ${twin?.wan.name}`;
    found.push(path.device !== undefined && twin ? { ...path, wan: { ...wan, enabled: false, unusable } } : path);
  }
  return found;
}

function findPath(wan: Wan, seen: Observation, paths: Path[], defaults: Route[], memory: Memory): Path {
  const { addresses = [], interfaces } = seen.six ?? {};
  const named = wan.device === undefined ? interfaces?.find(({ name }) => name === wan.interface) : undefined;
  const other = paths.find(({ wan: four }) => four.interface === wan.interface && four.device === wan.device);
  const silent = seen.blind.length > 0 || seen.blind6 !== undefined ? memory : {};
  const device = wan.device ?? named?.device ?? other?.device ?? silent.device;
  if (device === undefined) return { wan, pointToPoint: false, onlink: false, ...withMemory([], memory, seen.six) };

  const link = seen.links.find((candidate) => candidate.device === device);
  const owners = interfaces?.filter((owner) => owner.device === device) ?? [];
  const knowing = [...(named ? [named] : []), ...owners];
  const via = knowing.find((one) => one.gateway !== undefined)?.gateway;
  // Scripts take what they hear of the interface of IPv4 for IPv4's.
  const owner = owners.find(
    (one) => one.name !== other?.interface && (one.gateway !== undefined || one.prefixes.length > 0),
  );
  const inKernel = defaults.filter(({ nexthops }) => nexthops.some((hop) => hop.device === device));
  const hops = inKernel.flatMap(({ nexthops }) => nexthops.filter((hop) => hop.device === device));
  const gateway = via ?? hops.find((hop) => hop.gateway !== undefined)?.gateway ?? (link ? silent.gateway : undefined);
  const own = addresses.filter((address) => address.device === device);
  const prefixes = prefixesOf(
    owners.flatMap((one) => one.prefixes),
    inKernel,
    own,
  );
  // What could not be seen may be there as before.
  const isThere = own.length > 0 || seen.blind6 !== undefined;
  // Without a global address of its own, a line knows the router by one of the prefix that it has delegated.
  const isNamed = own.some(({ address }) => !isLocal(address));
  const src = isNamed
    ? undefined
    : addresses.find(({ address }) => prefixes.some((prefix) => isWithin(address, prefix)))?.address;
  const { src: _, ...said } = inKernel[0]?.attributes ?? {};
  const attributes = { ...said, ...(src === undefined ? {} : { src }) };
  return {
    wan,
    device,
    ...(owner ? { interface: owner.name } : {}),
    // What passes is counted at the WAN, for both families.
    ...(link
      ? {
          link: {
            ...link,
            rxBytes: 0,
            txBytes: 0,
            addresses: own.map(({ address, length }) => ({ address, prefix: length })),
          },
        }
      : {}),
    ...(gateway === undefined ? {} : { gateway }),
    pointToPoint: gateway === undefined && (hops.length > 0 || (link?.pointToPoint === true && isThere)),
    onlink: false,
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    ...withMemory(prefixes, memory, seen.six),
  };
}

/** What a line delegates; or, where nobody tells of any, what it did: as long as the router has it in the LAN, hosts have it, too. */
function withMemory(
  prefixes: Prefix[],
  { delegated = [] }: Memory,
  six: Six | undefined,
): Pick<Path, 'prefixes' | 'left' | 'delegated'> {
  // A round that sees nothing of IPv6 forgets nothing.
  if (!six) return { prefixes, ...(delegated.length > 0 && { delegated }) };
  const known = distinct(delegated.slice(0, MOST_PREFIXES).flatMap((text) => parsePrefix(text) ?? []));
  const isThere = (prefix: Prefix) => six.addresses.some(({ address }) => isWithin(address, prefix));
  const left = prefixes.length > 0 ? [] : known.filter((prefix) => isDelegable(prefix) && isThere(prefix));
  const all = [...prefixes, ...left].map(prefixText);
  return { prefixes, ...(left.length > 0 && { left }), ...(all.length > 0 && { delegated: all }) };
}

/** Could a provider delegate it? What the state says may be anything: routes and translation for all of IPv6 must not come of it. */
function isDelegable({ address, length }: Prefix): boolean {
  return length >= SHORTEST && length <= HOSTS && isWithin(address, INTERNET);
}

/**
 * What was delegated by a line: netifd knows it; or else the sources that its defaults are for, but for the network of the line itself.
 */
function prefixesOf(told: Prefix[], defaults: Route[], own: Six['addresses']): Prefix[] {
  const isOwn = (prefix: Prefix) =>
    prefix.length > HOSTS || (prefix.length === HOSTS && own.some(({ address }) => isWithin(address, prefix)));
  const sources = defaults.flatMap(({ from }) => (from === undefined ? [] : (parsePrefix(from) ?? [])));
  return distinct((told.length > 0 ? told : sources).filter((prefix) => !isOwn(prefix)));
}

/** @returns each once, the largest first, and no more than MOST_PREFIXES */
function distinct(all: Prefix[]): Prefix[] {
  const texts = all.map(prefixText);
  const each = all.filter((_, i) => texts.indexOf(texts[i] as string) === i);
  return each.sort((a, b) => a.length - b.length).slice(0, MOST_PREFIXES);
}
