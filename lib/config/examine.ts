import type { Config, NetifdInterface, Problem, Route, Rule, Uplink } from '../model.js';

/** Device, and its value of rp_filter; `all` among them. */
export type Sysctl = [string, number];

interface Shown {
  seen: { routes: Route[]; interfaces?: NetifdInterface[]; blind: string[] };
  uplinks: Uplink[];
}

/** What is wrong with the configuration as a whole, and with the devices and routes that it meets. */
export function examine(config: Config, { seen, uplinks }: Shown): Problem[] {
  const enabled = uplinks.filter(({ wan }) => wan.enabled);
  return [
    ...examineWans(config),
    ...seen.blind.map((text) => ({ text })),
    ...enabled.flatMap((uplink) => examineDevice(uplink, seen.interfaces)),
    ...examineMetrics(enabled, seen),
  ];
}

function examineWans(config: Config): Problem[] {
  const enabled = config.wans.filter((wan) => wan.enabled);
  if (!config.enabled) {
    const remedy = ['uci set mini-mwan.settings.enabled=1; uci commit mini-mwan'];
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
    // The index names anonymous sections, too.
    const remedy = [
      `uci set mini-mwan.@interface[${i}].metric=${Math.min(899, wan.metric + 10 * i)}; uci commit mini-mwan`,
    ];
    const text = `metric ${wan.metric} is that of '${first.name}' already, which goes first`;
    return [{ option: `interface '${wan.name}'`, text, remedy }];
  });
}

function examineDevice(
  { wan, device, link, gateway, pointToPoint }: Uplink,
  interfaces: NetifdInterface[] = [],
): Problem[] {
  const option = `interface '${wan.name}'`;
  if (device === undefined) {
    // That netifd does not know it at all has been said already.
    if (!interfaces.some(({ name }) => name === wan.interface)) return [];
    return [{ option, text: 'netifd has no device for it at the moment', remedy: [`ifstatus ${wan.interface}`] }];
  }
  if (!link) return [{ option, text: `there is no device ${device} at the moment`, remedy: ['ip link show'] }];
  if (link.state !== 'up') {
    const text = `${device} ${link.state === 'down' ? 'is down' : 'has no carrier'}`;
    return [{ option, text, remedy: [`ip link show dev ${device}`] }];
  }
  if (gateway !== undefined || pointToPoint) return [];
  return [
    {
      option,
      text: `${device} has no gateway: no default route leads through it`,
      remedy: [`ip route show default dev ${device}`],
    },
  ];
}

/** A default without a metric wins over every other: halves get round that, but the network configuration misleads its reader. */
function examineMetrics(enabled: Uplink[], { routes, interfaces = [] }: Shown['seen']): Problem[] {
  return enabled.flatMap(({ wan, device }): Problem[] => {
    const owner = interfaces.find(
      (candidate) => device !== undefined && candidate.l3Device === device && candidate.defaultRoute,
    );
    const bare = routes.some(
      ({ destination, metric, nexthops }) =>
        destination === 'default' && metric === 0 && nexthops.some((hop) => hop.device === device),
    );
    if (!bare && owner?.metric !== 0) return [];
    const remedy = owner
      ? [`uci set network.${owner.name}.metric=${1000 + wan.metric}; uci commit network; /etc/init.d/network reload`]
      : [`give the default route of ${device} a metric above 899 where it is configured`];
    const text = `the default route of ${device} has no metric, so nothing outranks it; two more specific halves are used`;
    return [{ option: `interface '${wan.name}'`, text, remedy }];
  });
}

/** Defaults that are not ours and come before all of ours: a VPN that is meant to, or a route that nobody remembers. */
export function examineStrangers(strangers: Route[]): Problem[] {
  return strangers.map(({ destination, metric, type, nexthops: [hop] }) => {
    const via = hop?.gateway === undefined ? '' : ` via ${hop.gateway}`;
    const which = hop ? `${destination}${via} dev ${hop.device}` : `${type} ${destination}`;
    const remedy = [`if it is not meant to: ip route del ${which} metric ${metric}`];
    const whose = hop?.device ?? `type ${type}`;
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
        "uci set firewall.@defaults[0].flow_offloading_hw='0'; uci commit firewall; /etc/init.d/firewall restart",
        'or have option notify forget them: conntrack -D --reply-dst ADDRESS_OF_THE_WAN',
      ],
    },
  ];
}
