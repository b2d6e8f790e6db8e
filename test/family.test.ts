import tap from 'tap';
import { isSix, isSixName, nameOfWan } from '../lib/family.js';
import { makeWan } from './make.js';

tap.test('which path of a WAN it is', async (t) => {
  t.ok(isSix(makeWan({ family: 6 })));
  t.notOk(isSix(makeWan()));
  t.ok(isSixName('wan/ipv6'));
  for (const name of ['wan', 'ipv6', 'wan_ipv6', 'wan/ipv6/x']) t.notOk(isSixName(name), name);
});

tap.test('the WAN that a path is of', async (t) => {
  t.equal(nameOfWan({ name: 'wan/ipv6', family: 6 }), 'wan');
  t.equal(nameOfWan({ name: 'wan' }), 'wan');
});
