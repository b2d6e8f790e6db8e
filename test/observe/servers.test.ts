import tap from 'tap';
import { parseServers } from '../../lib/observe/servers.js';

tap.test('what wg prints', async (t) => {
  const key = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';
  const text = [
    `wg0\t${key}\t203.0.113.9:51820`,
    `wg1\t${key}\t(none)`,
    `wg2\t${key}\t[2001:db8::1]:51820`,
    `wg3\t${key}\t203.0.113.7:51820`,
    `wg3\t${key}\t203.0.113.8:51820`,
    'Unable to access interface: No such device',
    '',
  ].join('\n');
  const found = [
    ['wg0', '203.0.113.9'],
    ['wg2', '2001:db8::1'],
  ];
  t.strictSame([...parseServers(text)], found);
  t.equal(parseServers('').size, 0);
});
