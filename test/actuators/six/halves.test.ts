import fc from 'fast-check';
import tap from 'tap';
import { halvesOf } from '../../../lib/actuators/six/halves.js';
import { prefixOf, prefixText } from '../../../lib/address6.js';
import { bitsOf } from './bits.js';

tap.test('a prefix and its halves', async (t) => {
  for (const [from, ...halves] of [
    [undefined, '::/1', '8000::/1'],
    ['::/1', '::/2', '4000::/2'],
    ['2001:db8:100::/56', '2001:db8:100::/57', '2001:db8:100:80::/57'],
    ['2001:db8:100:f::/64', '2001:db8:100:f::/65', '2001:db8:100:f:8000::/65'],
    ['2001:db8::/126', '2001:db8::/127', '2001:db8::2/127'],
    // What ip would print without its length.
    ['2001:db8::/127'],
    ['2001:db8::1'],
    ['default'],
  ])
    t.strictSame(halvesOf(from), halves, `${from}`);
});

tap.test('they are the prefix with either bit', async (t) => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const property = fc.property(
    fc.array(group, { minLength: 8, maxLength: 8 }),
    fc.integer({ min: 0, max: 126 }),
    (groups, length) => {
      const prefix = prefixOf(groups.map((number) => number.toString(16)).join(':'), length);
      if (!prefix) throw new Error('no prefix');
      const bits = bitsOf(prefixText(prefix));
      return halvesOf(prefixText(prefix)).map(bitsOf).join() === [`${bits}0`, `${bits}1`].join();
    },
  );
  t.doesNotThrow(() => fc.assert(property));
});
