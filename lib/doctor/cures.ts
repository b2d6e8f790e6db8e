import type { Cure, NetifdInterface, Observation, Path, Route, Setting } from '../model.js';
import { sectionOf } from '../observe/interfaces.js';

/** Behind every metric of ours, and behind those that are advised for the WANs. */
const BEHIND = 2000;

/** For the interface of each WAN, by name, a metric that no other has: behind ours, and in their order. */
export function distinctMetrics(paths: Path[], interfaces: NetifdInterface[]): Map<string, number> {
  const wans = new Set(paths.map((path) => path.interface));
  const taken = new Set(interfaces.filter(({ name }) => !wans.has(name)).map(({ metric }) => metric));
  const metrics = new Map<string, number>();
  for (const { interface: name, wan } of paths) {
    if (name === undefined) continue;
    let metric = 1000 + wan.metric;
    while (taken.has(metric)) metric += 1;
    taken.add(metric);
    metrics.set(name, metric);
  }
  return metrics;
}

/**
 * What cures a default that is in charge though it is no WAN's, if netifd made it: it puts back what `ip` removes, so its
 * section is to be changed. Undefined if it is not netifd's.
 */
export function curesOf(
  stranger: Route,
  { interfaces = [], routes = [] }: Partial<Pick<Observation, 'interfaces' | 'routes'>>,
  paths: Path[],
): (string | Cure)[] | undefined {
  const found = interfaces.find((candidate) => isMaker(candidate, stranger));
  const owner = sectionOf(found, interfaces);
  if (!found || !owner || owner.dynamic) return undefined;
  const { name, proto, metric } = owner;
  const head = `it is the default of netifd's interface '${name}'.`;
  // Only a section of its own gives a route another metric than its interface has.
  if (found.defaultRoute?.metric !== undefined) {
    return [`${head} If it is not meant to, remove its section, config route:`, 'uci show network | grep @route'];
  }
  const metrics = distinctMetrics(paths, interfaces);
  const known = [
    ...interfaces.map((other) => other.metric),
    ...routes.filter((route) => isThrough(route, paths)).map((route) => route.metric),
  ];
  const behind = Math.max(BEHIND, 1 + Math.max(...known, ...metrics.values()));
  // Of equal metrics netifd has kept one only, and puts the other back only when it changes.
  const lost = interfaces.filter((other) => other.metric === metric && metrics.has(other.name));
  return [
    `${head} If that is no way to the Internet:`,
    { network: [proto === 'static' ? [`${name}.gateway`, undefined] : [`${name}.defaultroute`, 0]] },
    'if it is one, behind the WANs:',
    {
      network: [
        [`${name}.metric`, behind],
        ...lost.map((other): Setting => [`${other.name}.metric`, metrics.get(other.name) as number]),
      ],
    },
  ];
}

function isThrough({ destination, nexthops }: Route, paths: Path[]): boolean {
  return destination === 'default' && nexthops.some((hop) => paths.some(({ device }) => device === hop.device));
}

function isMaker({ l3Device, table, defaultRoute }: NetifdInterface, { destination, nexthops: [hop] }: Route): boolean {
  if (!hop || l3Device !== hop.device || table !== undefined || !defaultRoute) return false;
  return destination === 'default' && hop.gateway === defaultRoute.gateway;
}
