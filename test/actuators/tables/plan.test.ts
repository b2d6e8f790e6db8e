import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { find } from '../../../lib/actuators/tables/find.js';
import { KIND } from '../../../lib/actuators/tables/kind.js';
import { PLANNER } from '../../../lib/actuators/tables/tables.js';
import { whyNoTest } from '../../../lib/actuators/tables/testable.js';
import { change } from '../../../lib/diff.js';
import type { DhcpClient, Link, Observation, Rule, TableRoute, Verdict } from '../../../lib/model.js';
import { plan as planBy } from '../../../lib/plan.js';
import { Kernel } from './kernel.js';
import { makeRed, makeRedOn, makeSeen, makeUplink, makeVerdict } from './make.js';

const NUMBERS = [0, 1, 2, 3];
const ADDRESSES = ['10.0.1.2', '10.0.2.2', '10.0.3.2', '10.9.9.9'];

const address = fc.record({
  address: fc.constantFrom(...ADDRESSES),
  prefix: fc.constantFrom(24, 32),
  mark: fc.constantFrom(undefined, 7700, 7700, 100),
});

const linkOf = (i: number): fc.Arbitrary<Link> =>
  fc
    .record({
      state: fc.constantFrom('up' as const, 'up' as const, 'no_carrier' as const, 'down' as const),
      group: fc.constantFrom(undefined, undefined, undefined, 77, 5),
      addresses: fc.uniqueArray(address, { selector: ({ address, prefix }) => `${address}/${prefix}`, maxLength: 3 }),
    })
    .map(({ group, addresses, ...more }) =>
      makeRed(i, {
        ...more,
        ...(group && { group }),
        addresses: addresses.map(({ mark, ...rest }) => ({ ...rest, ...(mark && { mark }) })),
      }),
    );

const ownRoute: fc.Arbitrary<TableRoute> = fc.record({
  destination: fc.constant('default'),
  metric: fc.constantFrom(0, 5),
  protocol: fc.constant('77'),
  type: fc.constant('unicast'),
  nexthops: fc
    .constantFrom(...NUMBERS)
    .map((i) => [{ device: `red${i}`, gateway: '10.0.1.1', weight: 1, onlink: true }]),
  attributes: fc.constantFrom(...ADDRESSES).map((src) => ({ src })),
  table: fc.constantFrom('7700', '7701', '7702', '7709'),
});

const rule: fc.Arbitrary<Rule> = fc
  .record({
    priority: fc.constantFrom(7700, 7701, 7702, 7709),
    protocol: fc.constantFrom('77', '77', '3'),
    which: fc.constantFrom({ from: '10.0.1.2' }, { from: '10.9.9.9' }, { oif: 'red1' }, { oif: 'red2' }),
  })
  .map(({ priority, protocol, which }) => ({
    priority,
    table: `${priority}`,
    main: false,
    conditional: true,
    protocol,
    ...which,
  }));

const client: fc.Arbitrary<DhcpClient> = fc
  .record({
    device: fc.constantFrom(...NUMBERS.map((i) => `red${i}`)),
    ours: fc.boolean(),
    running: fc.boolean(),
    leased: fc.constantFrom(...ADDRESSES, undefined),
  })
  .map(({ ours, running, leased, device }) => ({
    device,
    ours,
    running: running || !ours,
    ...(ours && leased ? { lease: { address: leased, prefix: 24, gateway: '10.0.1.1', dns: [] } } : {}),
  }));

const unique = <T>(things: fc.Arbitrary<T>, key: (thing: T) => string) =>
  fc.uniqueArray(things, { selector: key, maxLength: 5 });

/** What may be there, of ours and of others. */
const observations: fc.Arbitrary<Observation> = fc
  .record({
    links: fc.tuple(...NUMBERS.map(linkOf)),
    gone: fc.constantFrom(undefined, 'red1', 'red2'),
    tables: unique(ownRoute, ({ table, metric }) => `${table} ${metric}`),
    rules: unique(rule, (thing) => JSON.stringify(thing)),
    clients: unique(client, ({ device, ours }) => `${device} ${ours}`),
    iface: fc.constantFrom('red0', 'red1', 'ppp0'),
    device: fc.constantFrom('red0', 'red1', 'red2'),
    type: fc.constantFrom('STATIC', 'DHCP', 'PPPOE'),
    holder: fc.constantFrom(undefined, 'primary', 'line1', 'line2', 'gone'),
  })
  .map(({ links, gone, tables, rules, clients, iface, device, type, holder }) => {
    const there = links.filter((link) => link.device !== gone);
    const stands = ({ nexthops, attributes }: TableRoute) =>
      there.some((link) => link.device === nexthops[0]?.device && link.state !== 'down') &&
      there.some(({ addresses }) => addresses.some((known) => known.address === attributes?.src));
    return {
      ...makeSeen({
        tables: tables.filter(stands),
        rules,
        clients,
        red: makeRedOn(device, { type, iface, ...(holder ? { holder } : {}) }),
      }),
      links: there,
    };
  });

const lines: fc.Arbitrary<Verdict[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('STATIC' as const, 'STATIC' as const, 'DHCP' as const, 'DHCP' as const, 'PPPOE' as const),
      enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
      device: fc.constantFrom(0, 1, 2, 3),
    }),
    { maxLength: 4 },
  )
  .map((list) =>
    list.map(({ type, enabled, device }, i) => {
      const verdict = makeVerdict(i, makeUplink(device, type));
      return { ...verdict, path: { ...verdict.path, wan: { ...verdict.path.wan, enabled } } };
    }),
  );

const course = { mode: 'failover' as const, sticky: false };
const plan = (seen: Observation, list: Verdict[]) =>
  planBy(PLANNER, course, { seen, paths: list.map(({ path }) => path) }, new Map());

/** Does what is planned until nothing is; a look sees what has gone with something else. */
function settle(kernel: Kernel, list: Verdict[], stopAfter = Number.POSITIVE_INFINITY): Observation {
  let done = 0;
  for (let looks = 0; looks < 4; looks++) {
    const { changes } = plan(kernel.look(), list);
    if (changes.length === 0) return kernel.look();
    for (const { command } of changes) {
      if (done++ >= stopAfter) return kernel.look();
      kernel.execute(command);
    }
  }
  throw new Error('it never comes to an end');
}

const foreign = ({ links, rules = [], tables = [], clients = [] }: Observation) => ({
  links: links.map(({ device, group, state, addresses }) => ({
    device,
    group: group === 77 ? undefined : group,
    // Ours may be up or down.
    state: group === 77 || group === undefined ? undefined : state,
    addresses: addresses.filter(({ prefix, mark }) => prefix !== 32 || mark !== 7700),
  })),
  rules: rules.filter(({ protocol }) => protocol !== '77'),
  tables: tables.filter(({ protocol }) => protocol !== '77'),
  clients: clients.filter(({ ours }) => !ours),
});

tap.test('what is planned is possible, touches nothing of others, and leaves nothing to do', async () => {
  fc.assert(
    fc.property(observations, lines, fc.nat(12), (seen, list, stopAfter) => {
      const kernel = new Kernel(seen);
      // Killed anywhere in between, the next round goes on.
      settle(kernel, list, stopAfter);
      const after = settle(kernel, list);
      assert.deepEqual(foreign(after), foreign(seen));
      for (const device of [seen.red?.iface, seen.red?.block.RED_DEV]) {
        const isDown = ({ links }: Observation) => links.find((link) => link.device === device)?.state === 'down';
        assert.ok(isDown(seen) || !isDown(after), 'what RED stands on stays up');
      }
      return plan(after, list).changes.length === 0;
    }),
    { numRuns: 600 },
  );
});

tap.test('without a line that stands by, nothing is left, in whatever order it goes', async () => {
  fc.assert(
    fc.property(observations, lines, fc.nat(1000), (seen, list, seed) => {
      const { red: _, ...without } = seen;
      const kernel = new Kernel(without);
      settle(kernel, list);
      const gone = find(kernel.look()).map((thing) => change(KIND, 'del', thing));
      gone.sort((a, b) => ((a.sentence.length * seed) % 7) - ((b.sentence.length * seed) % 7));
      for (const { command } of gone) {
        try {
          kernel.execute(command);
        } catch {
          // It has gone with another one.
        }
      }
      assert.deepEqual(find(kernel.look()), []);
      assert.deepEqual(foreign(kernel.look()), foreign(seen));
      const links = kernel.look().links.filter((link, i) => link.state !== without.links[i]?.state);
      // What was down, or is so for having been ours.
      for (const { device, state } of links) {
        const before = without.links.find((link) => link.device === device);
        assert.ok(state === 'down' && before?.group === 77, device);
      }
    }),
    { numRuns: 400 },
  );
});

tap.test('each line that is wanted can be tested, and no packet of RED takes its table', async (t) => {
  let tested = 0;
  fc.assert(
    fc.property(observations, lines, (seen, list) => {
      const after = settle(new Kernel(seen), list);
      const { things } = plan(after, list);
      for (const thing of things) {
        if (thing.kind !== 'route') continue;
        const [{ device = '' } = {}] = thing.route.nexthops;
        assert.equal(whyNoTest(device, after), undefined);
        assert.notEqual(device, seen.red?.iface);
        const holders = after.links.filter(({ addresses }) =>
          addresses.some((known) => known.address === thing.route.attributes?.src),
        );
        assert.deepEqual(
          holders.map((link) => link.device),
          [device],
        );
        tested += 1;
      }
    }),
    { numRuns: 1000 },
  );
  t.ok(tested > 50, `${tested} lines`);
});
