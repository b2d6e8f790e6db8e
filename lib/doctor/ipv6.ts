import { isOurs, usesDevice } from '../actuators/routes/route.js';
import { isLocal } from '../address6.js';
import { parseUci } from '../config/uci.js';
import type { Cure, Observation, Path, Problem, Route, Setting, View } from '../model.js';
import { examineRuleset } from './ipv6-rules.js';

/** What else decides whether IPv6 works. */
export interface Sight6 {
  /** net.ipv6.conf.all.forwarding. Absent: nobody can say. */
  forwarding?: number;
  /** net.ipv6.conf.DEVICE.accept_ra, by device. */
  acceptRa: ReadonlyMap<string, number>;
  /** What `nft list ruleset` prints. */
  ruleset: string;
  /** Configuration of odhcpd. Absent: there is none. */
  dhcp?: string;
  /** Configuration of radvd. Absent: there is none. */
  radvd?: string;
}

/** Routes that the kernel has made of a router advertisement, as `ip -N` numbers them (RTPROT_RA of linux/rtnetlink.h). */
const ADVERTISED = ['9', 'ra'];
/** How odhcpd announces a router, by `option ra`. */
const ANNOUNCING = ['server', 'relay', 'hybrid'];

/** What keeps IPv6 from failing over that a round does not say. @param view with the paths of both families */
export function examineSix({ seen, paths: all }: View, sight: Sight6): Problem[] {
  const { six } = seen;
  const paths = all.filter(({ wan }) => wan.family && wan.enabled);
  if (!six || paths.length === 0) return [];
  const devices = paths.flatMap(({ device }) => device ?? []);
  const lans = lansOf(seen, new Set(all.flatMap(({ device }) => device ?? [])));
  return [
    ...examineForwarding(sight),
    ...paths.flatMap((path) => examinePath(path, seen, sight)),
    ...examineDefaults(paths, six.routes, seen),
    ...examineLans(lans, seen),
    ...examineAnnouncing(lans, seen, sight),
    ...examineTelling(paths, sight),
    ...examineRuleset(sight.ruleset, devices),
  ];
}

function examineForwarding({ forwarding }: Sight6): Problem[] {
  if (forwarding !== 0) return [];
  const remedy = ['sysctl -w net.ipv6.conf.all.forwarding=1, and the same in /etc/sysctl.conf'];
  return [{ text: 'the kernel forwards no IPv6: no host behind the router has any', remedy }];
}

function examinePath(path: Path, seen: Observation, { forwarding, acceptRa }: Sight6): Problem[] {
  const { wan, device, link, gateway, pointToPoint, prefixes = [], interface: owner } = path;
  const option = `interface '${wan.name}'`;
  if (device === undefined) {
    const name = wan.interface ?? '';
    const isKnown = seen.interfaces?.some((one) => one.name === name);
    const text = isKnown
      ? `netifd has no device for '${name}' at the moment`
      : `there is no netifd interface '${name}'`;
    return [
      { option, text, remedy: [isKnown ? `ifstatus ${name}` : "name the one that has IPv6: option interface6 'wan6'"] },
    ];
  }
  // That the link is not up is said of IPv4.
  if (link?.state !== 'up') return [];
  const advertised = seen.six?.routes.some(
    ({ protocol, ...route }) => ADVERTISED.includes(protocol) && usesDevice({ protocol, ...route }, device),
  );
  const isDeaf = forwarding === 1 && (acceptRa.get(device) ?? 2) < 2;
  const hasNone = gateway === undefined && !pointToPoint;
  if (owner === undefined && isDeaf && (advertised || hasNone)) {
    const value = acceptRa.get(device);
    const text = `${device} has accept_ra ${value}: a router takes no default from advertisements unless it is 2`;
    return [{ option, text, remedy: [`sysctl -w net.ipv6.conf.${device}.accept_ra=2`] }];
  }
  if (hasNone) {
    const text = `${device} has no IPv6 gateway: no IPv6 default leads through it`;
    return [
      { option, text, remedy: [owner === undefined ? `ip -6 route show default dev ${device}` : `ifstatus ${owner}`] },
    ];
  }
  return prefixes.length > 0 ? [] : [{ option, ...noPrefix(path, seen) }];
}

function noPrefix({ device, interface: owner }: Path, { interfaces }: Observation): Pick<Problem, 'text' | 'remedy'> {
  const netifd = interfaces?.find(({ name }) => name === owner);
  const text = `no prefix is delegated by it: hosts that leave by it all have the router's address on ${device}`;
  if (netifd?.proto !== 'dhcpv6')
    return { text, remedy: [`if there is one: ip -6 route add default from PREFIX via GATEWAY dev ${device}`] };
  return { text, remedy: ['if the provider has one to give:', { network: [[`${netifd.name}.reqprefix`, 'auto']] }] };
}

/** Defaults for all sources lead a prefix by any line. */
function examineDefaults(paths: Path[], routes: Route[], { interfaces = [] }: Observation): Problem[] {
  const plain = routes.filter((route) => route.destination === 'default' && route.from === undefined && !isOurs(route));
  const concerned = paths.filter(({ device }) => plain.some((route) => usesDevice(route, device)));
  if (concerned.length < 2) return [];
  const names = concerned.map(({ wan }) => `'${wan.name}'`).join(', ');
  const text =
    `the IPv6 defaults of ${names} are for all sources: every host leaves by the WAN in charge, translated, ` +
    'and without mini-mwan those with the prefix of another line are dropped by the provider';
  const owners = concerned.flatMap(({ interface: owner }) =>
    interfaces.some(({ name, dynamic }) => name === owner && !dynamic) ? [owner as string] : [],
  );
  const network = owners.map((name): Setting => [`${name}.sourcefilter`, undefined]);
  const remedy: (string | Cure)[] =
    network.length > 0
      ? ["netifd makes them for its own prefixes only, unless option sourcefilter is '0':", { network }]
      : ['give each the prefix of its line: ip -6 route add default from PREFIX via GATEWAY dev DEVICE'];
  return [{ text, remedy }];
}

/** A network of hosts: its device, and whether they can have an address. */
interface Lan {
  device: string;
  /** netifd's interface. */
  name?: string;
  numbered: boolean;
}

function lansOf({ links, six, interfaces = [] }: Observation, ways: ReadonlySet<string>): Lan[] {
  const lans = links.filter(
    ({ device, state, addresses, pointToPoint }) =>
      state === 'up' && addresses.length > 0 && !pointToPoint && device !== 'lo' && !ways.has(device),
  );
  return lans.map(({ device }) => {
    const name = interfaces.find(({ l3Device, dynamic }) => l3Device === device && !dynamic)?.name;
    const numbered = six?.addresses.some((address) => address.device === device) ?? false;
    return { device, ...(name === undefined ? {} : { name }), numbered };
  });
}

function examineLans(lans: Lan[], { six }: Observation): Problem[] {
  const hasLocal = six?.addresses.some(({ address }) => isLocal(address));
  return lans.flatMap(({ device, name, numbered }): Problem[] => {
    if (numbered) return [];
    const text = `${device} has no IPv6 address, neither of a delegated prefix nor of the site's own: its hosts have no IPv6`;
    const own = hasLocal
      ? []
      : ['where no line delegates a prefix, the site can have its own: option ula_prefix of netifd'];
    const remedy: (string | Cure)[] =
      name === undefined ? [`ip -6 addr add PREFIX::1/64 dev ${device}`] : [{ network: [[`${name}.ip6assign`, 60]] }];
    return [{ text, remedy: [...remedy, ...(name === undefined ? [] : own)] }];
  });
}

/** Where odhcpd announces, it must be told to. */
function examineAnnouncing(lans: Lan[], { interfaces }: Observation, { dhcp }: Sight6): Problem[] {
  const parsed = interfaces && dhcp !== undefined ? parseUci(dhcp) : { sections: [] };
  const sections = 'sections' in parsed ? parsed.sections.filter(({ type }) => type === 'dhcp') : [];
  return sections.flatMap(({ name: section, options }): Problem[] => {
    const value = (option: string) => options.get(option)?.values.at(-1);
    const lan = lans.find(({ name, numbered }) => numbered && name !== undefined && name === value('interface'));
    if (!lan || ANNOUNCING.includes(value('ra') ?? '')) return [];
    const text = `router advertisements are off on ${lan.device} (/etc/config/dhcp): its hosts give themselves no address`;
    return [
      { text, remedy: [`uci set dhcp.${section ?? lan.name}.ra=server; uci commit dhcp; /etc/init.d/odhcpd restart`] },
    ];
  });
}

/** radvd announces the lifetimes of its own file, whatever the router's addresses have (2.19). */
function examineTelling(paths: Path[], { radvd }: Sight6): Problem[] {
  if (radvd === undefined || !paths.some(({ wan }) => wan.deprecate)) return [];
  const text =
    'option deprecate: radvd (/etc/radvd.conf) does not tell hosts that an address of the router is deprecated';
  return [
    { text, remedy: ['dnsmasq does, in place of radvd: enable-ra, and dhcp-range=::,constructor:DEVICE,ra-only'] },
  ];
}
