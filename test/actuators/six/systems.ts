import fc from 'fast-check';
import type { Config, Nexthop, Observation, Route, Rule, Six, Status, TableRoute, Wan } from '../../../lib/model.js';
import { makeConfig, makeLink, makeRoute, makeWan } from '../../make.js';

/** Random routers with several lines of IPv6, and what others have put into their tables. */
export interface System {
  config: Config;
  seen: Observation & { six: Six };
  statuses: ReadonlyMap<string, Status>;
}

/** What others than the WANs have: a device of a VPN, which is no WAN, and its table. */
export const VPN = 'vpn0';
export const VPN_TABLE: TableRoute[] = [{ ...makeRoute(`default dev ${VPN}`), table: '51820' }];
export const LAN = 'eth0';
export const ULA = 'fd00:1:2:1::/64';

export interface Line {
  metric: number;
  weight: number;
  tier: number;
  enabled: boolean;
  state: 'up' | 'no_carrier' | 'down';
  gateway: boolean;
  /** Of its own: a network, an address alone, or none. */
  address: 64 | 128 | undefined;
  prefixes: string[];
  /** Of the system's defaults; undefined: there is none. */
  systemMetric: number | undefined;
  defaults: 'sources' | 'plain' | 'both';
  status: Status;
}

const metric = fc.oneof(fc.constantFrom(1, 10, 11, 20, 512, 899, 900, 1024), fc.integer({ min: 1, max: 1100 }));

export const prefixesOf = (i: number) =>
  fc.uniqueArray(
    fc.constantFrom(
      `2001:db8:${i}00::/56`,
      `2001:db8:${i}00::/48`,
      `2001:db8:${i}10:8000::/60`,
      `2001:db8:${i}20:1::/64`,
      // These are, or overlap with, what other lines have.
      '2001:db8:900::/56',
      '2001:db8:900::/48',
      '2001:db8:900:10::/60',
    ),
    { maxLength: 2 },
  );

export const line = (i: number): fc.Arbitrary<Line> =>
  fc.record({
    metric: fc.oneof(fc.constantFrom(1, 10, 10, 20, 899), fc.integer({ min: 1, max: 899 })),
    weight: fc.integer({ min: 1, max: 5 }),
    tier: fc.constantFrom(1, 1, 1, 2),
    enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    state: fc.constantFrom(
      'up' as const,
      'up' as const,
      'up' as const,
      'up' as const,
      'no_carrier' as const,
      'down' as const,
    ),
    gateway: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
    address: fc.constantFrom(64 as const, 64 as const, 128 as const, undefined),
    prefixes: prefixesOf(i),
    systemMetric: fc.oneof(metric, metric, fc.constantFrom(512, undefined)),
    defaults: fc.constantFrom('sources' as const, 'sources' as const, 'plain' as const, 'both' as const),
    status: fc.constantFrom<Status>('up', 'up', 'down', 'unknown'),
  });

export interface Others {
  vpn: Partial<Route>[];
  /** Of a rule before table main, and another table behind it. */
  suppress: number | undefined;
  netifd: boolean;
}

/** What a VPN, a kill switch or a policy has in table main, and as rules. */
const vpnRoute: fc.Arbitrary<Partial<Route>> = fc.oneof(
  fc.record({ destination: fc.constant('default'), metric }),
  fc.record({
    destination: fc.constant('default'),
    from: fc.constantFrom(ULA, '2001:db8:100:1::/64', '2001:db8:900::/56'),
    metric,
  }),
  fc.record({
    destination: fc.constantFrom('::/1', '8000::/1', '2000::/3', '2000::/4', '::/3', '2001:db8:abcd::/48'),
    metric,
  }),
);

/** What somebody has made by hand, through the first line. */
const handmade = fc
  .record({
    route: fc.oneof(
      fc.record({ destination: fc.constantFrom('::/1', '8000::/1'), metric }),
      fc.record({ destination: fc.constant('default'), metric: fc.constantFrom(4_000_000_001, 4_000_000_002) }),
    ),
  })
  .map(({ route }): Partial<Route> => ({ ...route, nexthops: [{ device: 'eth1', weight: 1, onlink: false }] }));

export const others: fc.Arbitrary<Others> = fc.record({
  vpn: fc.oneof(fc.constant<Partial<Route>[]>([]), fc.array(fc.oneof(vpnRoute, vpnRoute, handmade), { maxLength: 4 })),
  suppress: fc.constantFrom<number | undefined>(undefined, undefined, undefined, 0, 1),
  netifd: fc.boolean(),
});

/** Line i of a router: ethI, with the gateway fe80::I. */
function linkRoutes(one: Line, i: number): Route[] {
  const { state, gateway, address, prefixes, systemMetric, defaults } = one;
  // netifd has none for a line that is down.
  if (state === 'down' || systemMetric === undefined) return [];
  const hop: Nexthop = { device: `eth${i}`, ...(gateway ? { gateway: `fe80::${i}` } : {}), weight: 1, onlink: false };
  const make = (from?: string): Route => ({
    destination: 'default',
    ...(from === undefined ? {} : { from }),
    metric: systemMetric,
    protocol: 'static',
    type: 'unicast',
    nexthops: [hop],
  });
  const own = address === 64 ? [`2001:db8:${i}00:ff00::/64`] : address === 128 ? [`2001:db8:${i}00:ff00::2`] : [];
  return [
    ...(defaults === 'plain' ? [] : [...prefixes, ...own].map((from) => make(from))),
    ...(defaults === 'sources' ? [] : [make()]),
  ];
}

/** The first of a key keeps it, as in the kernel. */
function keyed(routes: Route[]): Route[] {
  const keyOf = ({ destination, from, metric: number }: Route) => `${destination} ${from} ${number}`;
  const keys = routes.map(keyOf);
  return routes.filter((_, i) => keys.indexOf(keys[i] as string) === i);
}

/** An address for each network of a prefix that a LAN has: the first and the second. */
const lanAddresses = (prefix: string) => {
  const [network = ''] = prefix.split('/');
  return [{ device: LAN, address: `${network}1`, length: 64 }];
};

export function makeSystem(mode: Config['mode'], lines: Line[], { vpn, suppress, netifd }: Others): System {
  const wans = lines.map(
    ({ metric: number, weight, tier, enabled }, at): Wan =>
      makeWan({
        ...{ name: `wan${at + 1}/ipv6`, family: 6, device: `eth${at + 1}`, targets: ['2606:4700::1'] },
        ...{ metric: number, weight, tier, enabled },
      }),
  );
  const routes = keyed([
    ...vpn.map(
      (route): Route => ({
        ...{ destination: 'default', metric: 0, protocol: 'static', type: 'unicast' },
        nexthops: [{ device: VPN, weight: 1, onlink: false }],
        ...route,
      }),
    ),
    ...lines.flatMap((one, at) => linkRoutes(one, at + 1)),
  ]);
  const addresses = lines.flatMap(({ address, state, prefixes }, at) => [
    ...(address === undefined || state === 'down'
      ? []
      : [{ device: `eth${at + 1}`, address: `2001:db8:${at + 1}00:ff00::2`, length: address }]),
    ...prefixes.flatMap(lanAddresses),
  ]);
  const main: Rule = { priority: 32766, table: '254', main: true, conditional: false };
  const quick: Rule[] =
    suppress === undefined
      ? []
      : [
          { ...main, priority: 5, suppress },
          { priority: 6, table: '51820', main: false, conditional: true },
        ];
  const interfaces = lines.map(({ prefixes, gateway }, at) => ({
    ...{ name: `wan${at + 1}`, device: `eth${at + 1}` },
    ...(gateway ? { gateway: `fe80::${at + 1}` } : {}),
    prefixes: prefixes.map((text) => ({ address: text.split('/')[0] as string, length: Number(text.split('/')[1]) })),
  }));
  return {
    config: makeConfig(wans, { mode }),
    seen: {
      links: lines.map(({ state, gateway }, at) =>
        makeLink(`eth${at + 1}`, { state, pointToPoint: !gateway, addresses: [] }),
      ),
      routes: [],
      blind: [],
      six: {
        addresses: [...addresses, { device: LAN, address: 'fd00:1:2:1::1', length: 64 }],
        routes,
        rules: [...quick, main],
        ...(netifd ? { interfaces } : {}),
        translation: {},
      },
    },
    statuses: new Map(lines.map(({ status }, at) => [`wan${at + 1}/ipv6`, status])),
  };
}

export const modes = fc.constantFrom<Config['mode']>('failover', 'multiuplink');
export const lines = fc
  .integer({ min: 1, max: 3 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => line(at + 1))));
