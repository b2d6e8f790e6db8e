import { HIGHEST_METRIC } from '../config/plain.js';
import type { Config, Cure, Link, NetifdInterface, Path, Problem, Route, Rule, Setting } from '../model.js';
import { distinctMetrics } from './cures.js';

/** Device, and its value of rp_filter; `all` among them. */
export type Sysctl = [string, number];

interface Shown {
  seen: { routes: Route[]; interfaces?: NetifdInterface[]; blind: string[] };
  paths: Path[];
}

/**
 * What is wrong with the configuration as a whole, and with the devices and routes that it meets.
 *
 * @param said why some of the devices have no link or gateway
 */
export function examine(config: Config, { seen, paths }: Shown, said: Problem[] = []): Problem[] {
  const enabled = paths.filter(({ wan }) => wan.enabled);
  const open = enabled.filter(({ wan }) => !said.some(({ option }) => option === `interface '${wan.name}'`));
  return [
    ...examineWans(config),
    ...seen.blind.map((text) => ({ text })),
    ...open.flatMap((path) => examineDevice(path, seen.interfaces)),
    ...examineMetrics(enabled, seen),
  ];
}

function examineWans(config: Config): Problem[] {
  const enabled = config.wans.filter((wan) => wan.enabled);
  if (!config.enabled) {
    const remedy: Cure[] = [{ section: 'settings', set: [['enabled', 1]] }];
    return [{ text: "disabled; option enabled '1' in section settings turns it on", remedy }];
  }
  if (enabled.length === 0) return [{ text: 'no WAN is left that can be used', fatal: true }];
  if (enabled.length === 1) return [{ text: 'fewer than two WANs: there is nothing to fail over to' }];
  return examineEqualMetrics(config);
}

function examineEqualMetrics({ wans }: Config): Problem[] {
  return wans.flatMap((wan, i): Problem[] => {
    const first = wans.find((other) => other.enabled && other.metric === wan.metric);
    if (!wan.enabled || !first || first === wan) return [];
    const remedy: Cure[] = [{ section: i, set: [['metric', Math.min(HIGHEST_METRIC, wan.metric + 10 * i)]] }];
    const text = `metric ${wan.metric} is that of '${first.name}' already, which goes first`;
    return [{ option: `interface '${wan.name}'`, text, remedy }];
  });
}

function examineDevice(
  { wan, device, interface: owner, link, port, gateway, pointToPoint }: Path,
  interfaces: NetifdInterface[] = [],
): Problem[] {
  const option = `interface '${wan.name}'`;
  if (device === undefined && wan.uplink) {
    return [{ option, text: 'it holds RED, which is not up', remedy: ['mini-mwan status'] }];
  }
  if (device === undefined) {
    // That netifd does not know it at all has been said already.
    if (!interfaces.some(({ name }) => name === wan.interface)) return [];
    const why = port && port.state !== 'up' ? `: ${stateWords(port)}` : '';
    const text = `netifd has no device for it at the moment${why}`;
    return [{ option, text, remedy: [`ifstatus ${wan.interface}`] }];
  }
  if (!link) return [{ option, text: `there is no device ${device} at the moment`, remedy: ['ip link show'] }];
  if (link.state !== 'up') {
    return [{ option, text: stateWords(link), remedy: [`ip link show dev ${device}`] }];
  }
  if (gateway !== undefined || pointToPoint) return [];
  const netifd = owner ?? interfaces.find((candidate) => candidate.port === device)?.name;
  return [
    {
      option,
      text: `${device} has no gateway: no default route leads through it`,
      remedy: [netifd === undefined ? `ip route show default dev ${device}` : `ifstatus ${netifd}`],
    },
  ];
}

function stateWords({ device, state }: Link): string {
  return `${device} ${state === 'down' ? 'is down' : 'has no carrier'}`;
}

/** Defaults of the WANs that netifd, or whoever made them, had better given another metric, or another table. */
function examineMetrics(enabled: Path[], { routes, interfaces = [] }: Shown['seen']): Problem[] {
  const metrics = distinctMetrics(enabled, interfaces);
  const owners = enabled.flatMap((path) => {
    const owner = interfaces.find(({ name }) => name === path.interface);
    const device = path.device;
    const asked = interfaces.some(({ l3Device, defaultRoute }) => l3Device === device && defaultRoute);
    return owner && device !== undefined && asked ? [{ ...path, device, owner }] : [];
  });
  return [
    ...enabled.flatMap(({ wan, device }): Problem[] => {
      const owner = owners.find((candidate) => candidate.wan === wan)?.owner;
      const bare = routes.some(
        ({ destination, metric, nexthops }) =>
          destination === 'default' && metric === 0 && nexthops.some((hop) => hop.device === device),
      );
      if (!bare && (owner?.metric !== 0 || owner.table !== undefined)) return [];
      const remedy: string | Cure = owner
        ? { network: [[`${owner.name}.metric`, metrics.get(owner.name) as number]] }
        : `give the default route of ${device} a metric above ${HIGHEST_METRIC} where it is configured`;
      const text = `the default route of ${device} has no metric, so nothing outranks it; two more specific halves are used`;
      return [{ option: `interface '${wan.name}'`, text, remedy: [remedy] }];
    }),
    // Without a metric, they are named already.
    ...owners.flatMap(({ wan, owner }): Problem[] => {
      const equal = owners.filter((other) => other.owner.metric === owner.metric && other.owner.table === owner.table);
      if (owner.metric === 0 || equal.length < 2 || equal[0]?.wan !== wan) return [];
      const names = equal.map((other) => `'${other.wan.name}'`).join(', ');
      const text = `netifd has metric ${owner.metric} for the defaults of ${names}, and keeps only one of them`;
      // Each gets another one: netifd puts back what it has lost only when it changes.
      const network = equal.map(({ owner: { name } }): Setting => [`${name}.metric`, metrics.get(name) as number]);
      return [{ text, remedy: [{ network }] }];
    }),
    ...owners.flatMap(({ wan, device, owner: { name, table } }): Problem[] => {
      if (table === undefined) return [];
      const text =
        `netifd has the default of ${device} in table ${table}, and none in table main: ` +
        'without mini-mwan, the traffic does not go there';
      const remedy = ['if nothing needs that table:', { network: [[`${name}.ip4table`, undefined] as Setting] }];
      return [{ option: `interface '${wan.name}'`, text, remedy }];
    }),
  ];
}

/**
 * Defaults that are not ours and come before all of ours: a VPN that is meant to, or a route that nobody remembers.
 *
 * @param wordsOf a route in the words of `ip route`
 * @param curesOf what its maker has to be told, where that would put the route back
 */
export function examineStrangers(
  strangers: Route[],
  wordsOf: (route: Route) => string[],
  curesOf: (route: Route) => (string | Cure)[] | undefined = () => undefined,
): Problem[] {
  return strangers.map((route) => {
    const { destination, type, nexthops } = route;
    const remedy = curesOf(route) ?? [`if it is not meant to: ip route del ${wordsOf(route).join(' ')}`];
    const whose = nexthops[0]?.device ?? `type ${type}`;
    return {
      text: `a ${destination} route of ${whose} is not ours and outranks every WAN: nothing fails over`,
      remedy,
    };
  });
}

/** rp_filter 1 on a WAN that is not the best one drops the answers to its probes. The kernel takes the higher of `all` and the device. */
export function examineProbing(devices: string[], filters: ReadonlyMap<string, number>): Problem[] {
  return devices.flatMap((device): Problem[] => {
    const effective = Math.max(filters.get('all') ?? 0, filters.get(device) ?? 0);
    if (effective !== 1) return [];
    // In the name of a sysctl, a dot of the device is a slash.
    const text = `rp_filter of ${device} is 1: while another WAN is the better one, the answers to its probes are dropped`;
    return [{ text, remedy: [`sysctl -w net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter=2`] }];
  });
}

/** Priorities of mwan3's rules: 1000 and up by the device, 2000 by the mark, 3000 for what is left. */
const MWAN3 = { lowest: 1001, highest: 3999 };

/**
 * Rules of a policy router or a VPN come before every route of table main.
 *
 * @param rules such rules
 * @param suppressors those of them that let only longer routes of table main count, for those behind them
 */
export function examineRules(rules: Rule[], suppressors: Rule[]): Problem[] {
  if (rules.length === 0) return [];
  const priorities = [...new Set(rules.map(({ priority }) => priority))];
  const shown = `${priorities.slice(0, 5).join(', ')}${priorities.length > 5 ? ', …' : ''}`;
  const left = priorities.filter((priority) => priority >= MWAN3.lowest && priority <= MWAN3.highest);
  if (suppressors.length > 0 && left.length === 0) {
    const text = `a VPN or a policy goes before all default routes (ip rule, priority ${shown}): what it matches does not fail over`;
    return [{ text }];
  }
  const remedy = left.slice(0, 1).map((priority) => `if mwan3 has left it behind: ip rule del pref ${priority}`);
  return [
    {
      text: `rules come before all routes (ip rule, priority ${shown}): what they match does not fail over`,
      ...(remedy.length > 0 ? { remedy } : {}),
    },
  ];
}

/** Flows in hardware keep to their WAN, dead or not, as long as they send. @param flowtables what `nft list flowtables` prints */
export function examineOffload(flowtables: string): Problem[] {
  if (!/^\s*flags offload\b/m.test(flowtables)) return [];
  return [
    {
      text: 'hardware flow offload is on: connections that run through it stay on a WAN that is dead',
      remedy: [
        { offload: 'hardware' },
        'or have option notify forget them: conntrack -D --reply-dst ADDRESS_OF_THE_WAN',
      ],
    },
  ];
}
