import fc from 'fast-check';
import tap from 'tap';
import type { Config, Nexthop, Route, Status, Uplink } from '../../lib/model.js';
import { routeWords, toArguments } from '../../lib/report/change.js';
import { diff } from '../../lib/routing/diff.js';
import { HALVES, isOurs, routeKey, usesDevice } from '../../lib/routing/route.js';
import { isReachable, wanted } from '../../lib/routing/wanted.js';
import { Kernel } from './kernel.js';
import { makeLink, makeUplink } from './make.js';

const DEVICES = ['eth1', 'eth2', 'eth3', 'eth4'];

const hop = (devices: string[]): fc.Arbitrary<Nexthop> =>
  fc.record({
    device: fc.constantFrom(...devices),
    gateway: fc.constantFrom('10.0.1.1', '10.0.2.1', '10.9.9.9'),
    weight: fc.constant(1),
    onlink: fc.boolean(),
  });

const metric = fc.oneof(fc.constantFrom(0, 1, 10, 11, 20, 100, 899, 900, 901, 1024, 2 ** 32 - 100), fc.nat(1000));

const foreignRoute: fc.Arbitrary<Route> = fc.record({
  destination: fc.constantFrom('default', 'default', 'default', ...HALVES, '10.0.0.0/8'),
  metric,
  protocol: fc.constantFrom('static', 'boot', 'dhcp'),
  type: fc.constant('unicast'),
  nexthops: fc.array(hop([...DEVICES, 'vpn0', 'eth9']), { minLength: 1, maxLength: 2 }),
});

const killSwitch: fc.Arbitrary<Route> = fc.record({
  destination: fc.constant('default'),
  metric,
  protocol: fc.constant('static'),
  type: fc.constantFrom('blackhole', 'unreachable'),
  nexthops: fc.constant([]),
});

const ownRoute: fc.Arbitrary<Route> = fc.record({
  destination: fc.constantFrom('default', ...HALVES, '10.1.0.0/16'),
  metric,
  protocol: fc.constant('77'),
  type: fc.constant('unicast'),
  nexthops: fc.array(hop([...DEVICES, 'eth9']), { minLength: 1, maxLength: 1 }),
});

/** Whoever was first keeps the key, as in the kernel. */
const table = (routes: fc.Arbitrary<Route>) => fc.uniqueArray(routes, { selector: routeKey, maxLength: 8 });

const uplinks: fc.Arbitrary<Uplink[]> = fc
  .array(
    fc.record({
      metric: fc.oneof(fc.constantFrom(1, 10, 20, 898, 899), fc.integer({ min: 1, max: 899 })),
      enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
      state: fc.constantFrom('up' as const, 'up' as const, 'up' as const, 'no_carrier' as const, 'down' as const),
      kind: fc.constantFrom('gateway', 'gateway', 'onlink', 'tunnel', 'none'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) =>
    list.map(({ metric, enabled, state, kind }, i) => {
      const uplink = makeUplink(i + 1, metric, { link: makeLink(`eth${i + 1}`, { state }) }, { enabled });
      if (kind === 'gateway') return uplink;
      if (kind === 'onlink') return { ...uplink, onlink: true };
      const { gateway: _, ...bare } = uplink;
      return { ...bare, pointToPoint: kind === 'tunnel' };
    }),
  );

const verdicts = fc.array(fc.constantFrom<Status>('up', 'up', 'down', 'unknown', 'interface_down'), {
  minLength: 4,
  maxLength: 4,
});

type Mode = Config['mode'];
const modes = fc.constantFrom<Mode>('failover', 'multiuplink');

const named = (list: Status[]) => new Map(list.map((status, i) => [`wan${i + 1}`, status]));
const foreignOf = (routes: Route[]) => routes.filter((route) => !isOurs(route));
const words = (route: Route | undefined) => (route ? routeWords(route, ['proto', route.protocol]).join(' ') : 'none');
const keys = (routes: Route[]) => routes.map(words).sort();
/** The route that a packet to this half of the Internet takes. */
const carrier = (routes: Route[], half: string) =>
  routes
    .filter((route) => route.destination === 'default' || route.destination === half)
    .sort((a, b) => a.metric - b.metric)
    .sort((a, b) => Number(a.destination === 'default') - Number(b.destination === 'default'))[0];
const covered = (routes: Route[]) => HALVES.every((half) => carrier(routes, half) !== undefined);

/** Plans and applies; checks what must hold at every step. Returns the table that it ends with. */
function apply(mode: Mode, links: Uplink[], routes: Route[], statuses: ReadonlyMap<string, Status>): Route[] {
  const kernel = new Kernel(structuredClone(routes));
  const plan = wanted(mode, links, kernel.routes, statuses);
  const tables = [structuredClone(kernel.routes)];
  for (const change of diff(plan.routes, kernel.routes)) {
    kernel.execute(toArguments(change));
    tables.push(structuredClone(kernel.routes));
  }
  const last = tables.at(-1) as Route[];
  if (covered(routes) && covered(last))
    for (const step of tables) if (!covered(step)) throw new Error('a moment without a default');
  for (const step of tables) {
    if (`${keys(foreignOf(step))}` !== `${keys(foreignOf(routes))}`) throw new Error('a foreign route was touched');
  }
  if (`${keys(last.filter(isOurs))}` !== `${keys(plan.routes)}`) throw new Error('not what was wanted');
  const again = diff(wanted(mode, links, last, statuses).routes, last);
  if (again.length > 0) throw new Error(`planning again: ${again.map((change) => toArguments(change).join(' '))}`);
  return last;
}

const RUNS = { numRuns: 3000 };

tap.test('from any table and any verdicts', async (t) => {
  const property = fc.property(
    modes,
    uplinks,
    table(fc.oneof(foreignRoute, foreignRoute, ownRoute, killSwitch)),
    verdicts,
    (mode, links, routes, list) => {
      apply(mode, links, routes, named(list));
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('own routes on a key that somebody else holds, too', async (t) => {
  const property = fc.property(
    modes,
    uplinks,
    table(foreignRoute),
    table(ownRoute),
    verdicts,
    (mode, links, foreign, own, list) => {
      apply(mode, links, [...foreign, ...own], named(list));
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('whoever is no WAN and in charge stays in charge', async (t) => {
  const property = fc.property(
    modes,
    uplinks,
    table(fc.oneof(foreignRoute, killSwitch)),
    verdicts,
    (mode, links, foreign, list) => {
      const after = apply(mode, links, foreign, named(list));
      for (const half of HALVES) {
        const master = carrier(foreign, half);
        if (!master || links.some(({ device }) => usesDevice(master, device))) continue;
        const now = carrier(after, half);
        if (words(now) !== words(master)) throw new Error(`${words(master)} lost ${half} to ${words(now)}`);
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('the best WAN that is up carries everything, unless somebody else is in charge', async (t) => {
  const throughWans = foreignRoute.map(
    (route): Route => ({
      ...route,
      destination: 'default',
      nexthops: route.nexthops.map((nexthop) => ({ ...nexthop, device: DEVICES[route.metric % 4] as string })),
    }),
  );
  const property = fc.property(modes, uplinks, table(throughWans), verdicts, (mode, links, foreign, list) => {
    fc.pre(foreign.every((route) => links.some(({ device }) => usesDevice(route, device))));
    const statuses = named(list);
    const after = apply(mode, links, foreign, statuses);
    const [best] = links
      .filter((link) => link.wan.enabled && isReachable(link) && statuses.get(link.wan.name) === 'up')
      .sort((a, b) => a.wan.metric - b.wan.metric);
    if (!best) return;
    for (const half of HALVES) {
      const route = carrier(after, half);
      if (!route || !usesDevice(route, best.device)) throw new Error(`${half}: ${words(route)}, not ${best.device}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('when no WAN is up, what carries the traffic stays', async (t) => {
  const down = new Map<string, Status>();
  const property = fc.property(modes, uplinks, table(foreignRoute), verdicts, (mode, links, foreign, list) => {
    const before = apply(mode, links, foreign, named(list));
    const after = apply(mode, links, before, down);
    for (const half of HALVES) {
      const [was, is] = [carrier(before, half), carrier(after, half)];
      if (JSON.stringify(was) !== JSON.stringify(is))
        throw new Error(`${JSON.stringify(was)} became ${JSON.stringify(is)}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('every WAN that can be probed has a default through its device', async (t) => {
  const property = fc.property(modes, uplinks, table(foreignRoute), verdicts, (mode, links, foreign, list) => {
    const after = apply(mode, links, foreign, named(list));
    for (const link of links.filter((candidate) => candidate.wan.enabled && isReachable(candidate))) {
      if (!inTable(after, link.device)) throw new Error(`${link.device} has none`);
    }
  });
  const inTable = (routes: Route[], device: string | undefined) =>
    routes.some((route) => ['default', ...HALVES].includes(route.destination) && usesDevice(route, device));
  t.doesNotThrow(() => fc.assert(property, RUNS));
});
