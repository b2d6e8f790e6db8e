import fc from 'fast-check';
import tap from 'tap';
import { hasSourceOfItsOwn } from '../../../lib/actuators/routes/attributes.js';
import { HALVES, isOurs, PARTS, routeKey, usesDevice } from '../../../lib/actuators/routes/route.js';
import { PLANNER } from '../../../lib/actuators/routes/routes.js';
import { isRoute } from '../../../lib/actuators/routes/thing.js';
import { routeWords } from '../../../lib/actuators/routes/words.js';
import { inSubnet } from '../../../lib/address.js';
import type { Attributes, Nexthop, NexthopObject, Observation, Path, Route, Status } from '../../../lib/model.js';
import { findPaths, isReachable } from '../../../lib/observe/paths.js';
import { plan as planBy } from '../../../lib/plan.js';
import type { Course } from '../../../lib/policy/course.js';
import { makeConfig, makeLink, makePath, makeRoute } from '../../make.js';
import { Kernel } from './kernel.js';

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
  destination: fc.constantFrom(
    'default',
    'default',
    'default',
    ...HALVES,
    '10.0.0.0/8',
    '0.0.0.0/2',
    '64.0.0.0/2',
    '16.0.0.0/4',
  ),
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
  destination: fc.constantFrom('default', ...HALVES, ...PARTS, '10.1.0.0/16'),
  metric,
  protocol: fc.constant('77'),
  type: fc.constant('unicast'),
  nexthops: fc.array(hop([...DEVICES, 'eth9']), { minLength: 1, maxLength: 1 }),
});

/** Whoever was first keeps the key, as in the kernel. */
const table = (routes: fc.Arbitrary<Route>) => fc.uniqueArray(routes, { selector: routeKey, maxLength: 8 });

const paths: fc.Arbitrary<Path[]> = fc
  .array(
    fc.record({
      metric: fc.oneof(fc.constantFrom(1, 10, 20, 898, 899), fc.integer({ min: 1, max: 899 })),
      enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
      state: fc.constantFrom('up' as const, 'up' as const, 'up' as const, 'no_carrier' as const, 'down' as const),
      kind: fc.constantFrom('gateway', 'gateway', 'onlink', 'tunnel', 'none'),
      attributes: fc.constantFrom<Attributes | undefined>(
        undefined,
        { hoplimit: '64' },
        { hoplimit: '64', mtu: '1400' },
        { src: '10.9.9.9', mtu: '1300' },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) =>
    list.map(({ metric, enabled, state, kind, attributes }, i) => {
      const link = makeLink(`eth${i + 1}`, { state });
      const path = makePath(i + 1, metric, { link, ...(attributes && { attributes }) }, { enabled });
      if (kind === 'gateway') return path;
      if (kind === 'onlink') return { ...path, onlink: true };
      const { gateway: _, ...bare } = path;
      return { ...bare, pointToPoint: kind === 'tunnel' };
    }),
  );

const verdicts = fc.array(fc.constantFrom<Status>('up', 'up', 'down', 'unknown', 'interface_down'), {
  minLength: 4,
  maxLength: 4,
});

const courses = fc.constantFrom<Course>(
  { mode: 'failover', sticky: false },
  { mode: 'multiuplink', sticky: false },
  { mode: 'multiuplink', sticky: true },
);

const named = (list: Status[]) => new Map(list.map((status, i) => [`wan${i + 1}`, status]));
const foreignOf = (routes: Route[]) => routes.filter((route) => !isOurs(route));
/** A route in words, what it says beside its nexthops in one order. */
const words = (route: Route | undefined) => {
  if (!route) return 'none';
  const attributes = Object.fromEntries(Object.entries(route.attributes ?? {}).sort());
  return routeWords({ ...route, attributes }, ['proto', route.protocol]).join(' ');
};
const keys = (routes: Route[]) => routes.map(words).sort();
/** Does the destination have the whole part? */
const leadsTo = (destination: string, part: string) => {
  const [network = '', length = '32'] = destination.split('/');
  const [inside = '', shortest = '32'] = part.split('/');
  return destination === 'default' || (Number(length) <= Number(shortest) && inSubnet(inside, network, Number(length)));
};
const prefixLength = (destination: string) => Number(destination.split('/')[1] ?? 0);
/** The route that a packet to this part of the Internet takes. */
const carrier = (routes: Route[], part: string) =>
  routes
    .filter(({ destination }) => leadsTo(destination, part))
    .sort((a, b) => prefixLength(b.destination) - prefixLength(a.destination) || a.metric - b.metric)[0];
const covered = (routes: Route[]) => PARTS.every((part) => carrier(routes, part) !== undefined);

interface Table {
  routes: Route[];
  objects: NexthopObject[];
}

const plan = (course: Course, links: Path[], seen: Partial<Observation>, statuses: ReadonlyMap<string, Status>) =>
  planBy(PLANNER, course, { paths: links, seen: { links: [], routes: [], blind: [], ...seen } }, statuses);

/** Plans and applies; checks what must hold at every step. Returns what it ends with. */
function applyTo(course: Course, links: Path[], { routes, objects }: Table, statuses: ReadonlyMap<string, Status>) {
  const kernel = new Kernel(structuredClone(routes), structuredClone(objects));
  const { things, changes } = plan(course, links, kernel, statuses);
  const all = { routes: things.filter(isRoute), objects: things.filter((thing) => !isRoute(thing)) };
  const tables = [structuredClone(kernel.routes)];
  for (const { command } of changes) {
    kernel.execute(command.slice(1));
    tables.push(structuredClone(kernel.routes));
  }
  const last = tables.at(-1) as Route[];
  if (covered(routes) && covered(last))
    for (const step of tables) if (!covered(step)) throw new Error('a moment without a default');
  for (const step of tables) {
    if (`${keys(foreignOf(step))}` !== `${keys(foreignOf(routes))}`) throw new Error('a foreign route was touched');
  }
  if (`${keys(last.filter(isOurs))}` !== `${keys(all.routes)}`) throw new Error('not what was wanted');
  if (kernel.objects.length !== all.objects.length) throw new Error('objects are missing or left');
  const again = plan(course, links, kernel, statuses).changes;
  if (again.length > 0) throw new Error(`planning again: ${again.map(({ sentence }) => sentence)}`);
  return kernel;
}

/** The same for a table without nexthop objects; only the routes of the end count. */
function apply(course: Course, links: Path[], routes: Route[], statuses: ReadonlyMap<string, Status>): Route[] {
  return applyTo(course, links, { routes, objects: [] }, statuses).routes;
}

/** `RUNS=30000` for more. */
const RUNS = { numRuns: Number(process.env.RUNS ?? 1500) };

tap.test('from any table and any verdicts', async (t) => {
  const property = fc.property(
    courses,
    paths,
    table(fc.oneof(foreignRoute, foreignRoute, ownRoute, killSwitch)),
    verdicts,
    (course, links, routes, list) => {
      apply(course, links, routes, named(list));
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('own routes on a key that somebody else holds, too', async (t) => {
  const property = fc.property(
    courses,
    paths,
    table(foreignRoute),
    table(ownRoute),
    verdicts,
    (course, links, foreign, own, list) => {
      apply(course, links, [...foreign, ...own], named(list));
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('whoever is no WAN and in charge stays in charge', async (t) => {
  const property = fc.property(
    courses,
    paths,
    table(fc.oneof(foreignRoute, killSwitch)),
    verdicts,
    (course, links, foreign, list) => {
      const after = apply(course, links, foreign, named(list));
      for (const part of PARTS) {
        const master = carrier(foreign, part);
        if (!master || links.some(({ device }) => usesDevice(master, device))) continue;
        const now = carrier(after, part);
        if (words(now) !== words(master)) throw new Error(`${words(master)} lost ${part} to ${words(now)}`);
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('whatever is remembered, too', async (t) => {
  const some = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const memory = fc.record(
    {
      device: some(...DEVICES, 'vpn0'),
      gateway: some('10.0.1.1', '10.0.2.1'),
      interface: some('wan', 'lan'),
      systemMetric: some(0, 5, 1001),
    },
    { noNullPrototype: true },
  );
  const property = fc.property(
    courses,
    table(fc.oneof(foreignRoute, killSwitch)),
    fc.array(memory, { minLength: 2, maxLength: 2 }),
    fc.constantFrom<string[]>([], ['netifd is silent']),
    verdicts,
    (course, foreign, memories, blind, list) => {
      const wans = DEVICES.slice(0, 2).map((device, i) => makePath(i + 1, 5 + i, {}, { device }).wan);
      // All lines are there: of one that went, the metric that it had still counts.
      const seen = { links: DEVICES.map((device) => makeLink(device, { pointToPoint: true })), routes: foreign, blind };
      const known = new Map(wans.map(({ name }, i) => [name, defined(memories[i] ?? {})]));
      const links = findPaths(makeConfig(wans), seen, isOurs, known);
      const after = apply(course, links, foreign, named(list));
      for (const part of PARTS) {
        const master = carrier(foreign, part);
        if (!master || links.some(({ device }) => usesDevice(master, device))) continue;
        if (words(carrier(after, part)) !== words(master)) throw new Error(`${words(master)} lost ${part}`);
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

const defined = (record: object) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

tap.test('no route of ours is longer than rules let pass', async (t) => {
  const property = fc.property(
    courses,
    paths,
    table(foreignRoute),
    verdicts,
    fc.constantFrom(0, 1, 4, 8, 24),
    (course, links, routes, list, suppress) => {
      const rule = { priority: 6, table: '254', main: true, conditional: false, suppress };
      const rules = [rule, { priority: 7, table: '51820', main: false, conditional: true }];
      const main = { priority: 9, table: '254', main: true, conditional: false };
      const { changes } = plan(course, links, { routes, objects: [], rules: [...rules, main] }, named(list));
      for (const { verb, thing } of changes) {
        if (!isRoute(thing) || verb === 'del') continue;
        if (prefixLength(thing.destination) > suppress) throw new Error(words(thing));
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
  const property = fc.property(courses, paths, table(throughWans), verdicts, (course, links, foreign, list) => {
    fc.pre(foreign.every((route) => links.some(({ device }) => usesDevice(route, device))));
    const statuses = named(list);
    const after = apply(course, links, foreign, statuses);
    const up = links.filter((link) => link.wan.enabled && isReachable(link) && statuses.get(link.wan.name) === 'up');
    // One route has one source: a line that needs its own shares with nobody.
    const sharing = up.filter((link) => !hasSourceOfItsOwn(link));
    const shared = sharing.length > 0 ? sharing : up.slice(0, 1);
    const [best] = [...(course.mode === 'failover' ? up : shared)].sort((a, b) => a.wan.metric - b.wan.metric);
    if (!best) return;
    for (const part of PARTS) {
      const route = carrier(after, part);
      if (!route || !usesDevice(route, best.device)) throw new Error(`${part}: ${words(route)}, not ${best.device}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('when no WAN is up, what carries the traffic stays', async (t) => {
  const down = new Map<string, Status>();
  const property = fc.property(courses, paths, table(foreignRoute), verdicts, (course, links, foreign, list) => {
    const before = apply(course, links, foreign, named(list));
    const after = apply(course, links, before, down);
    for (const part of PARTS) {
      const [was, is] = [carrier(before, part), carrier(after, part)];
      if (JSON.stringify(was) !== JSON.stringify(is))
        throw new Error(`${JSON.stringify(was)} became ${JSON.stringify(is)}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('every WAN that can be probed has a default through its device', async (t) => {
  const property = fc.property(courses, paths, table(foreignRoute), verdicts, (course, links, foreign, list) => {
    const after = apply(course, links, foreign, named(list));
    for (const link of links.filter((candidate) => candidate.wan.enabled && isReachable(candidate))) {
      if (!inTable(after, link.device)) throw new Error(`${link.device} has none`);
    }
  });
  const inTable = (routes: Route[], device: string | undefined) =>
    routes.some((route) => ['default', ...HALVES, ...PARTS].includes(route.destination) && usesDevice(route, device));
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('from one course to another, through groups and back, and to nothing', async (t) => {
  const step = fc.record({ course: courses, list: verdicts });
  const property = fc.property(
    paths,
    table(foreignRoute),
    fc.array(step, { maxLength: 5 }),
    (links, foreign, steps) => {
      let now: Table = { routes: foreign, objects: [] };
      for (const { course, list } of steps) now = applyTo(course, links, now, named(list));
      const end = applyTo({ mode: 'failover', sticky: false }, [], now, new Map());
      if (`${keys(end.routes)}` !== `${keys(foreign)}` || end.objects.length > 0) throw new Error('something is left');
    },
  );
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

tap.test('a key that somebody takes between the look and the change stays with him', async (t) => {
  const paths = [makePath(1, 10, { gateway: '10.0.1.254' })];
  const ours = 'default via 10.0.1.1 dev eth1 metric 10 proto 77';
  const { changes } = plan(
    { mode: 'failover', sticky: false },
    paths,
    { routes: [makeRoute(ours)] },
    new Map([['wan1', 'up']]),
  );
  const taken = makeRoute('default via 10.0.1.254 dev eth1 metric 10 proto static');
  const kernel = new Kernel([taken]);
  kernel.execute(changes[0]?.command.slice(1) ?? []);
  t.throws(() => kernel.execute(changes[1]?.command.slice(1) ?? []));
  t.strictSame(kernel.routes[0], taken);
});
