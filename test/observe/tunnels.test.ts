import tap from 'tap';
import { withServers } from '../../lib/observe/tunnels.js';
import { makeLink } from '../make.js';

tap.test('a server is that of a tunnel of which the kernel does not know it', async (t) => {
  const links = [makeLink('wg0', { opaque: true }), makeLink('wg9', { opaque: true }), makeLink('eth1')];
  const seen = withServers(
    { links, routes: [], blind: [] },
    new Map([
      ['wg0', '203.0.113.9'],
      ['eth1', '203.0.113.1'],
    ]),
  );
  t.strictSame(
    seen.links.map(({ server }) => server),
    ['203.0.113.9', undefined, undefined],
  );
});
