import tap from 'tap';
import { withoutLoops } from '../../../lib/actuators/routes/loops.js';
import { makeLink, makePath, makeRoute } from '../../make.js';

const tunnel = makePath(2, 5, {
  link: makeLink('eth2', { server: '8.8.4.4', pointToPoint: true }),
  pointToPoint: true,
});
const line = makePath(1, 10);

const CASES: [string, string[], boolean][] = [
  ['only a default', ['default via 10.0.1.1 dev eth1 metric 1001'], true],
  ['a route of its own', ['8.8.4.4 via 10.0.1.1 dev eth1'], false],
  ['a subnet', ['8.8.0.0/16 via 10.0.1.1 dev eth1'], false],
  ['a subnet that has it not', ['8.9.0.0/16 via 10.0.1.1 dev eth1'], true],
  ['through the tunnel', ['8.8.4.4 dev eth2'], true],
  ['what leads nowhere', ['8.8.4.4 type blackhole'], true],
  ['what halves of ours would outrank', ['0.0.0.0/1 via 10.0.1.1 dev eth1 metric 5'], true],
  ['ours', ['8.8.4.4 via 10.0.1.1 dev eth1 proto 77'], true],
];

tap.test('a tunnel to 8.8.4.4 that could carry everything', async (t) => {
  for (const [what, routes, left] of CASES) {
    const [, after] = withoutLoops([line, tunnel], { routes: routes.map(makeRoute) });
    t.equal(after?.wan.enabled, !left, what);
    t.equal(after?.loop === true, left, what);
  }
  t.strictSame(withoutLoops([line], { routes: [] }), [line], 'what is no tunnel stays');
  const off = { ...tunnel, wan: { ...tunnel.wan, enabled: false } };
  t.strictSame(withoutLoops([off], { routes: [] }), [off], 'so does what is not enabled');
  t.strictSame(withoutLoops([tunnel], { routes: [], partial: true }), [tunnel], 'and all where the table is not known');
  const wireguard = makePath(3, 5, { link: makeLink('eth3', { server: '8.8.4.4', opaque: true }) });
  const marked = { priority: 5, table: '100', main: false, conditional: true };
  const rules = [marked, { priority: 32766, table: '254', main: true, conditional: false }];
  t.strictSame(withoutLoops([wireguard], { routes: [], rules }), [wireguard], 'a mark may give it another table');
  t.match(withoutLoops([wireguard], { routes: [] }), [{ loop: true }]);
});
