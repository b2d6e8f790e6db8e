import { inSubnet, isIPv4 } from '../address.js';
import { isSix } from '../family.js';
import type { Config, Link, NetifdInterface, Observation, Path, Problem, Route, Seen, Wan } from '../model.js';
import { holderOf, sectionOf } from './interfaces.js';
import { endsOf, isEnd, withoutSure } from './targets.js';

/** What the last round knew of a WAN. */
export type Memory = Pick<Seen, 'device' | 'gateway' | 'interface' | 'systemMetric' | 'delegated'>;

/**
 * Joins every configured WAN with what was observed of it. A second WAN on a device that one has already is left out.
 *
 * @param isOurs tells our own routes: they say nothing about a gateway
 * @param memory by WAN name. It stands in for a netifd that is silent, which is no reason to leave a line that works
 */
export function findPaths(
  config: Config,
  seen: Observation,
  isOurs: (route: Route) => boolean,
  memory: ReadonlyMap<string, Memory> = new Map(),
): Path[] {
  const defaults = kernelDefaults(seen.routes.filter((route) => route.destination === 'default' && !isOurs(route)));
  const holders = holdersOf(seen.links);
  const paths: Path[] = [];
  for (const wan of config.wans.filter((one) => !isSix(one))) {
    const found = findPath(wan, seen, defaults, memory.get(wan.name) ?? {});
    const path = wan.enabled ? withoutSelf(found, holders) : found;
    // Lines that take turns in holding RED may share one.
    const isAlone = wan.uplink === undefined;
    const twin = paths.find((other) => isAlone && other.wan.enabled && wan.enabled && other.device === path.device);
    const unusable =
      twin && twin.device !== undefined ? `it has the same device as interface '${twin.wan.name}'` : undefined;
    paths.push(unusable === undefined ? path : { ...path, wan: { ...wan, enabled: false, unusable } });
  }
  return paths;
}

function findPath(wan: Wan, seen: Observation, defaults: ReadonlyMap<string, KernelDefault>, memory: Memory): Path {
  // A netifd that had this line in the last round, and is not even there to be asked now, is silent, too.
  const silent = !seen.interfaces && (seen.blind.length > 0 || memory.interface !== undefined);
  const { owner, defaultRoute } = findOwner(wan, seen.interfaces ?? [], memory);
  const remembered = (silent && wan.interface !== undefined) || wan.unusable !== undefined ? memory.device : undefined;
  const device = wan.device ?? owner?.l3Device ?? remembered;
  if (device === undefined) {
    const port = seen.links.find((candidate) => candidate.device === owner?.port);
    const starting = owner?.starting ? { starting: true as const } : {};
    return { wan, pointToPoint: false, onlink: false, ...(port ? { port } : {}), ...starting };
  }
  const link = seen.links.find((candidate) => candidate.device === device);
  const inKernel = defaults.get(device);
  const known =
    silent && memory.device === device && memory.gateway !== undefined ? { gateway: memory.gateway } : undefined;
  const found = defaultRoute ?? inKernel ?? known;
  // What it says of another gateway is not meant for this one.
  const attributes = inKernel?.gateway === found?.gateway ? inKernel?.attributes : undefined;
  const described = describe(wan, device, link, found);
  // Of a line that is there and has none, what it once had says nothing.
  const gone = link?.state !== 'up' || !(described.pointToPoint || described.gateway !== undefined);
  const systemMetric = inKernel?.metric ?? (gone && memory.device === device ? memory.systemMetric : undefined);
  return {
    ...described,
    ...(owner && !wan.uplink && { interface: owner.name }),
    ...(owner?.starting && { starting: true as const }),
    ...(attributes && { attributes }),
    ...(systemMetric === undefined ? {} : { systemMetric }),
  };
}

/** Whoever would ask the router itself, or have it send to itself, learns nothing of the line. */
function withoutSelf(path: Path, holders: ReadonlyMap<string, Link>): Path {
  const { gateway, ...without } = path;
  const ends = endsOf(path.link, gateway);
  const wan = withoutSure(path.wan, holders, ends);
  const self = gateway !== undefined && holders.has(gateway);
  const { device, link, pointToPoint } = path;
  const bare = link ? link.state === 'up' && !pointToPoint && (self || gateway === undefined) : device?.includes('@');
  const odd = bare || wan !== path.wan || wan.targets.some((target) => isEnd(target, ends));
  return { ...(self ? { ...without, selfGateway: gateway } : path), wan, ...(odd ? { odd } : {}) };
}

function describe(wan: Wan, device: string, link: Link | undefined, found: { gateway?: string } | undefined): Path {
  const pointToPoint = link?.pointToPoint === true || (found !== undefined && found.gateway === undefined);
  const gateway = pointToPoint ? undefined : found?.gateway;
  return {
    wan,
    device,
    ...(link && { link }),
    ...(gateway === undefined ? {} : { gateway }),
    pointToPoint,
    // One of the other family is a neighbour by its kind.
    onlink: gateway !== undefined && isIPv4(gateway) && !isNeighbour(gateway, link),
  };
}

/** WANs that the configuration allows, and that turned out to be no line of their own. */
export function twinProblems(config: Config, paths: Path[]): Problem[] {
  const useless = new Set(config.wans.flatMap(({ name, unusable }) => (unusable === undefined ? [] : [name])));
  return paths.flatMap(({ wan, loop }): Problem[] => {
    if (loop || wan.unusable === undefined || useless.has(wan.name)) return [];
    return [{ option: `interface '${wan.name}'`, text: `${wan.unusable}; left out` }];
  });
}

/** What the configuration asks of netifd and netifd does not have. */
export function missingInterfaces(config: Config, seen: Observation): Problem[] {
  // That it is silent is said once, and not for each.
  if (seen.blind.length > 0) return [];
  return config.wans.flatMap(({ name, family, enabled, interface: wanted }): Problem[] => {
    if (family || !enabled || wanted === undefined || seen.interfaces?.some((known) => known.name === wanted))
      return [];
    const option = `interface '${name}'`;
    if (!seen.interfaces) {
      const text = `option interface '${wanted}' needs netifd, which does not answer here; use option device`;
      return [{ option, text }];
    }
    const known = seen.interfaces
      .filter((candidate) => candidate.name !== 'loopback' && !candidate.dynamic)
      .map((candidate) => candidate.name);
    return [{ option, text: `'${wanted}' is not known to netifd; it has: ${known.join(', ')}` }];
  });
}

/**
 * By name, or by device. There may be several on one device (wan and wan6; wwan, and wwan_4 that its protocol made), of which
 * one has the default route: its own comes first.
 */
function findOwner(wan: Wan, interfaces: NetifdInterface[], memory: Memory) {
  const named = wan.device === undefined ? interfaces.find((candidate) => candidate.name === wan.interface) : undefined;
  const device = wan.device ?? named?.l3Device;
  // Of lines that take turns on a device, each has a gateway of its own.
  const isShared = wan.uplink !== undefined;
  const onDevice = interfaces.filter(({ l3Device }) => !isShared && l3Device !== undefined && l3Device === device);
  const source = [...(named ? [named] : []), ...onDevice].find(({ defaultRoute }) => defaultRoute);
  const owner = named ?? source ?? (isShared ? undefined : holderOf(device, interfaces, memory.interface));
  return { owner: sectionOf(owner, interfaces), defaultRoute: source?.defaultRoute };
}

/** The router's own addresses, and whose they are. */
export function holdersOf(links: Link[]): Map<string, Link> {
  return new Map(links.flatMap((link) => link.addresses.map(({ address }) => [address, link])));
}

type KernelDefault = Pick<Path, 'gateway' | 'attributes'> & { metric: number };

/** What the best default through each device says. */
function kernelDefaults(foreign: Route[]): Map<string, KernelDefault> {
  const best = new Map<string, KernelDefault>();
  for (const { metric, attributes, nexthops } of [...foreign].sort((a, b) => a.metric - b.metric)) {
    for (const { device, gateway } of nexthops) {
      if (device === undefined || best.has(device)) continue;
      best.set(device, {
        metric,
        ...(gateway === undefined ? {} : { gateway }),
        ...(attributes && { attributes }),
      });
    }
  }
  return best;
}

function isNeighbour(gateway: string, link: Link | undefined): boolean {
  return link?.addresses.some(({ address, prefix }) => inSubnet(gateway, address, prefix)) ?? false;
}

/** Can packets be sent through it? It has a link, and a gateway or no need of one. */
export function isReachable(path: Path): boolean {
  return path.link?.state === 'up' && (path.pointToPoint || path.gateway !== undefined);
}
