import fc from 'fast-check';
import tap from 'tap';
import { leadsTo } from '../../../lib/actuators/six/look-up.js';
import { halvesOf, parsePrefix } from '../../../lib/address6.js';
import type { Route } from '../../../lib/model.js';
import { wayIn } from '../ways.js';
import { covers } from './bits.js';
import { Kernel6 } from './kernel.js';

const SOURCES = ['2001:db8::/32', '2001:db8:100::/48', '2001:db8:100::/56', '2001:db8:100:1::/64', '2001:db8:200::/56'];

const route: fc.Arbitrary<Route> = fc
  .record({
    destination: fc.constantFrom('default', 'default', '::/1', '2001:db8:9::/48'),
    from: fc.option(fc.constantFrom(...SOURCES), { nil: undefined }),
    metric: fc.integer({ min: 1, max: 5 }),
    device: fc.constantFrom('eth1', 'eth2', 'vpn0'),
  })
  .map(({ device, from: source, ...rest }) => ({
    ...rest,
    ...{ family: 6, protocol: 'static', type: 'unicast' },
    // Nobody has halves for sources: the kernel passes over those for all then.
    ...(source === undefined || rest.destination === '::/1' ? {} : { from: source }),
    nexthops: [{ device, weight: 1, onlink: false }],
  }));
const table = fc.uniqueArray(route, {
  selector: ({ destination, from, metric }) => `${destination} ${from} ${metric}`,
  maxLength: 8,
});

tap.test('what is said of a prefix is what the kernel does with it', async (t) => {
  const property = fc.property(table, fc.constantFrom(...SOURCES), (routes, source) => {
    // Both halves are there, or none; what is for a part of the prefix says nothing of the whole.
    const halves = routes.filter(({ destination }) => destination === '::/1');
    const all = [...routes, ...halves.map((half) => ({ ...half, destination: '8000::/1' }))].filter(
      ({ from }) => from === undefined || from === source || !covers(source, from),
    );
    for (const order of [all, [...all].reverse()]) {
      const is = leadsTo(order, parsePrefix(source));
      const host = source.replace(/::\/\d+$/, '::7');
      for (const destination of ['2606:4700::1', 'a000::1']) {
        const meant = wayIn(new Kernel6(all).routes, { from: host, to: destination })?.nexthops ?? [];
        if (JSON.stringify(is) !== JSON.stringify(meant))
          throw new Error(`${source} to ${destination}: ${JSON.stringify(is)}, and not ${JSON.stringify(meant)}`);
      }
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});

tap.test('who has no prefix goes by what is for all', async (t) => {
  const make = (device: string, from?: string): Route => ({
    ...{ destination: 'default', metric: 5, protocol: 'static', type: 'unicast', ...(from ? { from } : {}) },
    nexthops: [{ device, weight: 1, onlink: false }],
  });
  t.match(leadsTo([make('eth1', '2001:db8::/32'), make('eth2')]), [{ device: 'eth2' }]);
  t.strictSame(leadsTo([make('eth1', '2001:db8::/32')]), []);
  t.strictSame(leadsTo([]), []);
  const halves = (from = '::/0') =>
    halvesOf(from).map((half) => ({ ...make('eth2', half), protocol: '77', metric: 20 }));
  t.match(leadsTo([make('eth1'), ...halves()]), [{ device: 'eth2' }], 'by halves of ours, where there are any');
  const source = '2001:db8:100::/56';
  const both = [make('eth1', source), ...halves(source)];
  t.match(leadsTo(both, parsePrefix(source)), [{ device: 'eth2' }], 'a prefix, too');
  t.match(leadsTo(both.slice(0, 2), parsePrefix(source)), [{ device: 'eth1' }], 'a half alone may be of another line');
  t.match(leadsTo([...both, make('eth3', '2001:db8:100:80::/57')], parsePrefix('2001:db8:100:80::/58')), [
    { device: 'eth3' },
  ]);
});
