import fc from 'fast-check';
import tap from 'tap';
import { isOurs, usesDevice } from '../../../lib/actuators/routes/route.js';
import { isSteering } from '../../../lib/actuators/six/route.js';
import { PLANNER } from '../../../lib/actuators/six/six.js';
import { translationsOf } from '../../../lib/actuators/translation/rules.js';
import type { Path, Route, Rule, Status } from '../../../lib/model.js';
import { isReachable } from '../../../lib/observe/paths.js';
import { findPaths6 } from '../../../lib/observe/paths6.js';
import { plan } from '../../../lib/plan.js';
import { wayOf } from '../ways.js';
import { covers } from './bits.js';
import { Kernel6 } from './kernel.js';
import { lines, makeSystem, modes, others, type System, VPN_TABLE } from './systems.js';

/** Hosts somewhere in the Internet, one in each part that a VPN may take for itself. */
const DESTINATIONS = ['2606:4700::1', '3000::1', '1000::1', '9000::1'];
/** An address of the router or of a LAN that no line has given it. */
const STRANGERS = ['fd00:1:2:1::7', '2001:db8:f00d::7'];

const pathsOf = ({ config, seen }: System) => findPaths6(config, seen, [], isOurs, new Map());

function planFor(system: System, routes: Route[], statuses = system.statuses) {
  const seen = { ...system.seen, six: { ...system.seen.six, routes } };
  const paths = pathsOf({ ...system, seen });
  const { mode, sticky } = system.config;
  return { paths, ...plan(PLANNER, { mode, sticky }, { seen, paths }, statuses) };
}

const text = (routes: Route[]) => routes.map((route) => JSON.stringify(route)).join('\n');
const foreignOf = (routes: Route[]) => routes.filter((route) => !isOurs(route));
const wordsOf = (way: Route | undefined) => (way ? text([way]) : 'nothing');
const lookUp = (routes: Route[], rules: Rule[], from: string, to: string) =>
  wayOf([...routes, ...VPN_TABLE], rules, { from, to });

/** Sources of packets: a host in each prefix that a line has delegated, the line's own address, and others. */
function sourcesOf({ seen }: System): string[] {
  const hosts = seen.six.addresses.map(({ address }) => address.replace(/::[12]$/, '::7'));
  return [...new Set([...hosts, ...STRANGERS])];
}

interface Step {
  kernel: Kernel6;
  /** The table before and after each change. */
  tables: Route[][];
  paths: Path[];
  problems: string[];
}

/** Plans and applies, and holds what must be true at each step. */
function apply(system: System, before: Route[], statuses = system.statuses): Step {
  const [begun, kernel] = [new Kernel6(before), new Kernel6(before)];
  const { changes, things, paths, problems } = planFor(system, begun.routes, statuses);
  const foreign = text(foreignOf(kernel.routes));
  const tables = [begun.routes];
  for (const { command } of changes) {
    kernel.execute(command.slice(2));
    tables.push([...kernel.routes]);
    if (text(foreignOf(kernel.routes)) !== foreign)
      throw new Error(`a route of others was touched: ${command.join(' ')}`);
  }
  const ours = kernel.routes.filter(isOurs);
  if (ours.length !== things.length) throw new Error('not what was wanted');
  const again = planFor(system, kernel.routes, statuses).changes;
  if (again.length > 0) throw new Error(`planned again: ${again.map(({ sentence }) => sentence).join('\n')}`);
  keepsWays(system, tables, paths);
  return { kernel, tables, paths, problems: problems.map((problem) => problem.text) };
}

/** Whoever had a way by what is there has one at each step. */
function keepsWays(system: System, tables: Route[][], paths: Path[]): void {
  const { rules } = system.seen.six;
  const isGone = (path: Path) => !path.wan.enabled || !isReachable(path);
  for (const source of sourcesOf(system)) {
    for (const destination of DESTINATIONS) {
      const [first, ...more] = tables.map((routes) => lookUp(routes, rules, source, destination));
      if (first === undefined) continue;
      const lines = paths.filter(({ device }) => usesDevice(first, device));
      // By a line that carries nothing any more, or that nobody wants.
      if ((isOurs(first) || lines.length > 0) && lines.every(isGone)) continue;
      const lost = more.indexOf(undefined);
      if (lost >= 0)
        throw new Error(`${source} to ${destination} had ${wordsOf(first)}, and has none after ${lost + 1} changes`);
    }
  }
}

const systems = fc.tuple(modes, lines, others).map(([mode, list, rest]) => makeSystem(mode, list, rest));

/** Holds it for many systems. @returns what is wrong with the simplest one for which it does not hold, and how that is */
function fails(hold: (system: System) => void): string | undefined {
  const property = fc.property(systems, hold);
  const { failed, counterexample, errorInstance } = fc.check(property, RUNS);
  if (!failed) return undefined;
  const [system] = counterexample as [System];
  const { six } = system.seen;
  const wans = pathsOf(system).map(({ wan, device, gateway, link, prefixes }) =>
    JSON.stringify({
      device,
      gateway,
      metric: wan.metric,
      tier: wan.tier,
      enabled: wan.enabled,
      state: link?.state,
      status: system.statuses.get(wan.name),
      prefixes,
      addresses: link?.addresses,
    }),
  );
  const routes = new Kernel6(six.routes).routes.map(
    ({ destination, from = '', metric, nexthops: [hop] }) => `${destination} ${from} ${hop?.device} ${metric}`,
  );
  return [
    (errorInstance as Error).message,
    system.config.mode,
    ...wans,
    ...routes,
    JSON.stringify(six.rules.map(({ suppress }) => suppress)),
  ].join('\n');
}
const RUNS = { numRuns: Number(process.env.RUNS ?? 500) };

const isWay = (way: Route, paths: Path[]) =>
  way.nexthops.every(({ device }) => paths.some((path) => path.device === device));

/** Those that are up, and in which order they are used. */
function carriersOf({ config, statuses }: System, paths: Path[]): Path[] {
  const up = paths.filter((path) => path.wan.enabled && isReachable(path) && statuses.get(path.wan.name) === 'up');
  if (config.mode === 'failover') {
    const sorted = [...up].sort((a, b) => a.wan.metric - b.wan.metric);
    return sorted.slice(0, 1);
  }
  const tier = Math.min(...up.map(({ wan }) => wan.tier));
  return up.filter(({ wan }) => wan.tier === tier);
}

/** Those whose own networks are not led elsewhere: in mode failover all that are up. */
function nearOf({ config, statuses }: System, paths: Path[], carriers: Path[]): Path[] {
  if (config.mode !== 'failover') return carriers;
  return paths.filter((path) => path.wan.enabled && isReachable(path) && statuses.get(path.wan.name) === 'up');
}

tap.test('from any system and any verdicts', async (t) => {
  const wrong = fails((system) => {
    apply(system, system.seen.six.routes);
  });
  t.equal(wrong, undefined);
});

tap.test('whoever is no WAN and in charge stays in charge', async (t) => {
  const wrong = fails((system) => {
    const { routes, rules } = system.seen.six;
    const { kernel, paths } = apply(system, routes);
    for (const source of sourcesOf(system)) {
      for (const destination of DESTINATIONS) {
        const was = lookUp(routes, rules, source, destination);
        if (was === undefined || isWay(was, paths)) continue;
        const is = lookUp(kernel.routes, rules, source, destination);
        if (wordsOf(is) !== wordsOf(was))
          throw new Error(`${source} to ${destination}: ${wordsOf(was)}, and now ${wordsOf(is)}`);
      }
    }
  });
  t.equal(wrong, undefined);
});

tap.test('what a line has delegated leaves by lines that are up, and is theirs then', async (t) => {
  const wrong = fails((system) => {
    const { routes, rules, addresses } = system.seen.six;
    const { kernel, paths } = apply(system, routes);
    const carriers = carriersOf(system, paths);
    if (carriers.length === 0) return;
    const translations = translationsOf(paths, addresses);
    for (const source of sourcesOf(system)) {
      for (const destination of DESTINATIONS) {
        const was = lookUp(routes, rules, source, destination);
        if (was !== undefined && !isWay(was, paths)) continue;
        // A route of somebody else for a part of the Internet counts.
        if (was && was.destination !== 'default') continue;
        // Who has switched a line off has its prefix for something else.
        if (was?.from && paths.some(({ wan, device }) => !wan.enabled && usesDevice(was, device))) continue;
        const is = lookUp(kernel.routes, rules, source, destination);
        const say = `${source} to ${destination}, ${wordsOf(was)} before:`;
        if (!is) throw new Error(`${say} nothing`);
        const ways = paths.filter(({ device }) => usesDevice(is, device));
        const owners = ownersOf(source, paths);
        const own = carriers.find((path) => owners.includes(path));
        const isTold = was?.from !== undefined && usesDevice(was, own?.device);
        const near = nearOf(system, paths, carriers).find(
          ({ device, link }) =>
            was &&
            usesDevice(was, device) &&
            Number(was.from?.split('/')[1] ?? 0) >= 64 &&
            link?.addresses.some(({ address }) => covers(was.from as string, address)),
        );
        const meant = near ? [near] : own && isTold ? [own] : carriers;
        if (!ways.every((path) => meant.includes(path)))
          throw new Error(`${say} not by ${meant.map(({ device }) => device)}: ${wordsOf(is)}`);
        if (owners.length === 0) continue;
        for (const way of ways) becomesTheirs(source, way, translations, owners);
      }
    }
  });
  t.equal(wrong, undefined);
});

const down = new Map<string, Status>();

tap.test('while no line is up, what carries traffic stays', async (t) => {
  const wrong = fails((system) => {
    const { kernel } = apply(system, system.seen.six.routes);
    const { rules } = system.seen.six;
    // The first line loses its link, too, or it does not.
    for (const links of [system.seen.links, unplugged(system)]) {
      const later = { ...system, seen: { ...system.seen, links } };
      const { kernel: held } = apply(later, kernel.routes, down);
      const linked = links.filter(({ state }) => state === 'up').map(({ device }) => device);
      for (const source of sourcesOf(system)) {
        for (const destination of DESTINATIONS) {
          const ways = [kernel, held].map(({ routes }) => lookUp(routes, rules, source, destination));
          const [was, is] = ways.map((way) =>
            devicesOf(way)
              .filter((device) => linked.includes(device))
              .join(),
          );
          if (was !== '' && was !== is)
            throw new Error(`${source} to ${destination}: ${wordsOf(ways[0])}, and now ${wordsOf(ways[1])}`);
        }
      }
      const keys = new Set(held.routes.filter(isSteering).map(keyOf));
      const gone = kernel.routes.find((route) => isSteering(route) && !keys.has(keyOf(route)));
      if (gone && system.config.wans.every(({ enabled }) => enabled)) throw new Error(`gone: ${wordsOf(gone)}`);
    }
  });
  t.equal(wrong, undefined);
});

const devicesOf = (way: Route | undefined) => (way?.nexthops ?? []).map(({ device = '' }) => device);

const unplugged = ({ seen: { links } }: System) =>
  links.map((link, i) => (i === 0 && link.state === 'up' ? { ...link, state: 'no_carrier' as const } : link));

tap.test('from one state to another, killed at any moment, and to nothing', async (t) => {
  const step = fc.record({ lines, others, mode: modes, kill: fc.option(fc.nat(20), { nil: undefined }) });
  const property = fc.property(fc.array(step, { minLength: 2, maxLength: 5 }), (steps) => {
    let ours: Route[] = [];
    for (const { lines: list, others: rest, mode, kill } of steps) {
      const system = makeSystem(mode, list, rest);
      // What others have is as it is now; ours is where it was left, unless the kernel has taken it with its device.
      const gone = system.seen.links.filter(({ state }) => state === 'down').map(({ device }) => device);
      const there = ours.filter(({ nexthops }) => !nexthops.every(({ device = '' }) => gone.includes(device)));
      const foreign = system.seen.six.routes;
      const mine = there.filter((route) => !foreign.some((other) => keyOf(other) === keyOf(route)));
      const { kernel, tables } = apply(system, [...foreign, ...mine]);
      ours = (kill === undefined ? kernel.routes : (tables[kill % tables.length] ?? [])).filter(isOurs);
      const end = apply(withoutWans(system), kernel.routes).kernel.routes;
      if (end.some(isOurs)) throw new Error(`left: ${text(end.filter(isOurs))}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, RUNS));
});

const keyOf = ({ destination, from, metric }: Route) => `${destination} ${from} ${metric}`;

/** As `restore` sees it. */
function withoutWans(system: System): System {
  return { ...system, config: { ...system.config, wans: [] } };
}

/** The lines that have delegated the prefix of a source; those that have the longest. */
function ownersOf(source: string, paths: Path[]): Path[] {
  const lengths = paths.map(({ prefixes = [] }) =>
    Math.max(
      -1,
      ...prefixes.filter((prefix) => covers(`${prefix.address}/${prefix.length}`, source)).map(({ length }) => length),
    ),
  );
  const longest = Math.max(...lengths);
  return longest < 0 ? [] : paths.filter((path, i) => path.wan.enabled && lengths[i] === longest);
}

/** What leaves by a line bears an address of that line, where it has one. */
function becomesTheirs(
  source: string,
  way: Path,
  translations: ReturnType<typeof translationsOf>,
  owners: Path[],
): void {
  const { device, prefixes = [], link, attributes } = way;
  const within = (prefix: { address: string; length: number }) => covers(`${prefix.address}/${prefix.length}`, source);
  const rule = translations.find((one) => one.device === device && within(one.from));
  const isItsOwn = prefixes.some(within);
  if (isItsOwn) {
    if (rule && rule.to !== 'itself')
      throw new Error(`${source} is ${device}'s own and becomes ${JSON.stringify(rule.to)}`);
    return;
  }
  if (owners.length === 0) return;
  const named = (link?.addresses ?? []).length > 0 || attributes?.src !== undefined;
  if (!rule) {
    if (named || prefixes.length > 0) throw new Error(`${source} leaves by ${device} as it is`);
    return;
  }
  if (rule.to === 'itself') throw new Error(`${source} is not ${device}'s own, and leaves as it is`);
  if (rule.to === 'router') return;
  const to = `${rule.to.address}/${rule.to.length}`;
  if (rule.to.length !== rule.from.length) throw new Error(`${source} becomes ${to}, of another size`);
  if (!prefixes.some(({ address, length }) => covers(`${address}/${length}`, to)))
    throw new Error(`${source} becomes ${to}, which ${device} has not`);
}

tap.test('what has no halves that could go before it stays, and it is said', async (t) => {
  const make = (i: number, status: Status) => ({
    ...{
      metric: 10 * i,
      weight: 1,
      tier: 1,
      enabled: true,
      state: 'up' as const,
      gateway: true,
      address: 128 as const,
    },
    ...{ prefixes: [`2001:db8:${i}00::/56`], systemMetric: 5, defaults: 'both' as const, status },
  });
  const none = { vpn: [], suppress: undefined, netifd: true };
  const stays = (metric: number, vpn: Partial<Route>[] = []) => {
    const lines = [{ ...make(1, 'down'), systemMetric: metric }, make(2, 'up')];
    const { problems } = planFor(...both(makeSystem('failover', lines, { ...none, vpn })));
    return problems.map(({ text }) => text);
  };
  const both = (system: System) => [system, system.seen.six.routes] as const;
  const said = (from: string) => `IPv6: ${from} stays with wan1/ipv6, whose default for it has a low metric`;
  t.strictSame(stays(5), [said('2001:db8:100:ff00::2')], 'a single address');
  t.strictSame(stays(512), [], 'whose default has a higher metric');
  const half = { destination: 'default', from: '2001:db8:100:80::/57', metric: 5 };
  t.strictSame(stays(5, [half]), [said('2001:db8:100::/56'), said('2001:db8:100:ff00::2')], 'a VPN has a half');
  const whole = ['::/1', '8000::/1'].map((from) => ({ destination: 'default', from, metric: 1024 }));
  const led = 'IPv6: the defaults of the WANs have low metrics, and others lead halves of all sources';
  t.strictSame(stays(5, whole), [led, said('2001:db8:100:ff00::2')], 'a VPN has all');
});

tap.test('a thousand prefixes of each line cost no minute', async (t) => {
  const many = (i: number) => Array.from({ length: 1000 }, (_, n) => `2001:db8${i}:${(n + 1).toString(16)}::/48`);
  const line = { metric: 10, weight: 1, tier: 1, enabled: true, state: 'up' as const, gateway: true };
  const more = { address: 64 as const, systemMetric: 5, defaults: 'sources' as const };
  const make = (i: number, status: Status) => ({ ...line, ...more, status, prefixes: many(i) });
  for (const netifd of [true, false]) {
    const system = makeSystem('failover', [make(1, 'up'), make(2, 'down')], { vpn: [], suppress: undefined, netifd });
    const begun = Date.now();
    const { changes, paths } = planFor(system, system.seen.six.routes);
    t.ok(translationsOf(paths, system.seen.six.addresses).length > 32);
    t.ok(changes.length >= 32);
    t.ok(Date.now() - begun < 10_000, `${Date.now() - begun} ms`);
  }
});
