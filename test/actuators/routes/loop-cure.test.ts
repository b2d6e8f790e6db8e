import tap from 'tap';
import { loopProblems } from '../../../lib/actuators/routes/loop-cure.js';
import { withoutLoops } from '../../../lib/actuators/routes/loops.js';
import { withoutLoops6 } from '../../../lib/actuators/six/loops.js';
import type { Path } from '../../../lib/model.js';
import { linuxWords, openwrtWords } from '../../../lib/platform/words.js';
import { linesOf, makeLink, makePath } from '../../make.js';

const tunnel = makePath(2, 5, {
  link: makeLink('eth2', { server: '8.8.4.4', pointToPoint: true }),
  pointToPoint: true,
});
const line = makePath(1, 10);

tap.test('what is said, and what cures it', async (t) => {
  t.strictSame(loopProblems([line, tunnel]), []);
  const left = withoutLoops([line, tunnel], { routes: [] });
  t.match(loopProblems(left), [{ text: /^its server 8\.8\.4\.4 has no route of its own .*; left out$/ }]);
  const cure = (paths: Path[], words = openwrtWords) => linesOf(loopProblems(paths)[0]?.remedy, words);
  t.strictSame(cure(left), ['ip route add 8.8.4.4 via 10.0.1.1 dev eth1']);
  const [, loop] = left;
  t.strictSame(cure(loop ? [loop] : []), ['give 8.8.4.4 a route by the line that is to carry the tunnel']);
  const owned = { ...line, interface: 'wan' };
  const ofNetifd = withoutLoops([owned, tunnel], { routes: [] });
  t.strictSame(cure(ofNetifd, linuxWords), cure(left));
  t.match(cure(ofNetifd), [
    'uci add network route',
    /interface=wan; uci set network\.@route\[-1\]\.target=8\.8\.4\.4$/,
    /gateway=10\.0\.1\.1; uci commit network/,
  ]);
});

tap.test('a tunnel of IPv6 goes by a line of IPv6', async (t) => {
  const line6 = makePath(1, 10, { gateway: 'fe80::1' }, { name: 'wan1/ipv6', family: 6 });
  const link = makeLink('eth2', { server: '2606:4700::9', pointToPoint: true });
  const tunnel6 = makePath(2, 5, { link, pointToPoint: true }, { name: 'wan2/ipv6', family: 6 });
  const six = { addresses: [], routes: [], rules: [], translation: {} };
  const cure = (paths: Path[], words = openwrtWords) =>
    linesOf(loopProblems([line, ...withoutLoops6(paths, { six })])[0]?.remedy, words);
  t.strictSame(cure([line6, tunnel6]), ['ip -6 route add 2606:4700::9 via fe80::1 dev eth1']);
  t.strictSame(cure([tunnel6]), ['give 2606:4700::9 a route by the line that is to carry the tunnel']);
  const owned = { ...line6, interface: 'wan6' };
  t.strictSame(cure([owned, tunnel6], linuxWords), cure([line6, tunnel6]));
  t.match(cure([owned, tunnel6]), [
    'uci add network route6',
    /route6\[-1\]\.interface=wan6; uci set network\.@route6\[-1\]\.target=2606:4700::9$/,
    /route6\[-1\]\.gateway=fe80::1; uci commit network/,
  ]);
});
