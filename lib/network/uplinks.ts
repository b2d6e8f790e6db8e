import type { Config, Link, NetifdInterface, Observation, Problem, Route, Uplink, Wan } from '../model.js';
import { inSubnet, isIPv4 } from './address.js';

/**
 * Joins every configured WAN with what was observed of it.
 *
 * @param isOurs tells our own routes: they say nothing about a gateway
 * @param lastDevices device of each WAN in the round before, for a netifd that does not answer
 */
export function findUplinks(
  config: Config,
  seen: Observation,
  isOurs: (route: Route) => boolean,
  lastDevices: ReadonlyMap<string, string> = new Map(),
): Uplink[] {
  const foreign = seen.routes.filter((route) => route.destination === 'default' && !isOurs(route));
  return config.wans.map((wan) => {
    const owner = findInterface(wan, seen.interfaces ?? []);
    const remembered = wan.interface !== undefined && !seen.interfaces ? lastDevices.get(wan.name) : undefined;
    const device = wan.device ?? owner?.l3Device ?? remembered;
    if (device === undefined) return { wan, pointToPoint: false, onlink: false };
    const link = seen.links.find((candidate) => candidate.device === device);
    const uplink = describe(wan, device, link, owner?.defaultRoute ?? kernelDefault(device, foreign));
    return owner ? { ...uplink, interface: owner.name } : uplink;
  });
}

function describe(wan: Wan, device: string, link: Link | undefined, found: { gateway?: string } | undefined): Uplink {
  const pointToPoint = link?.pointToPoint === true || (found !== undefined && found.gateway === undefined);
  const gateway = pointToPoint ? undefined : found?.gateway;
  return {
    wan,
    device,
    ...(link ? { link } : {}),
    ...(gateway === undefined ? {} : { gateway }),
    pointToPoint,
    onlink: gateway !== undefined && !isNeighbour(gateway, link),
  };
}

/** What the configuration asks of netifd and netifd does not have. */
export function missingInterfaces(config: Config, seen: Observation): Problem[] {
  return config.wans.flatMap(({ name, enabled, interface: wanted }): Problem[] => {
    if (!enabled || wanted === undefined || seen.interfaces?.some((known) => known.name === wanted)) return [];
    const option = `interface '${name}'`;
    if (!seen.interfaces) {
      const text = `option interface '${wanted}' needs netifd, which does not answer here; use option device`;
      return [{ option, text }];
    }
    const known = seen.interfaces.map((candidate) => candidate.name).filter((candidate) => candidate !== 'loopback');
    return [{ option, text: `'${wanted}' is not known to netifd; it has: ${known.join(', ')}` }];
  });
}

/** By name, or by device; there may be several on one device (wan and wan6), of which one has the default route. */
function findInterface(wan: Wan, interfaces: NetifdInterface[]): NetifdInterface | undefined {
  if (wan.device === undefined) return interfaces.find((candidate) => candidate.name === wan.interface);
  const onDevice = interfaces.filter((candidate) => candidate.l3Device === wan.device);
  return onDevice.find((candidate) => candidate.defaultRoute) ?? onDevice[0];
}

function kernelDefault(device: string, foreign: Route[]): { gateway?: string } | undefined {
  const [best] = foreign
    .flatMap((route) => route.nexthops.map((hop) => ({ ...hop, metric: route.metric })))
    .filter((hop) => hop.device === device && (hop.gateway === undefined || isIPv4(hop.gateway)))
    .sort((a, b) => a.metric - b.metric);
  if (!best) return undefined;
  return best.gateway === undefined ? {} : { gateway: best.gateway };
}

function isNeighbour(gateway: string, link: Link | undefined): boolean {
  return link?.addresses.some(({ address, prefix }) => inSubnet(gateway, address, prefix)) ?? false;
}
