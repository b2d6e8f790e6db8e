import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import tap from 'tap';
import { groupsOf, halvesOf, isLocal, isWithin, parsePrefix, prefixOf, prefixText, textOf } from '../lib/address6.js';
import { bitsOf, covers } from './actuators/six/bits.js';

/** As the URL parser of the engine writes it. */
const standard = (text: string) => new URL(`http://[${text}]/`).hostname.slice(1, -1);

const groups = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
/** Most of what could be taken for an address. */
const scraps = fc
  .array(
    fc.constantFrom(':', '::', '0', '1', 'f', 'ffff', '10000', '1.2.3.4', '256.1.1.1', '%eth0', '/64', ' ', 'g', '.'),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

tap.test('what is an address, and what is none', async (t) => {
  const CASES: [text: string, is: string | undefined][] = [
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::0:1:0:0:0', '2001:db8:0:0:1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['10:0:0:1:100:0:0:1', '10::1:100:0:0:1'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
    ['', undefined],
    [':', undefined],
    [':::', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1:2:3:4:5:6:7::8', undefined],
    ['1:2:3:4:5:6:7:192.0.2.1', undefined],
    ['::192.0.2.256', undefined],
    ['192.0.2.1', undefined],
    ['::g', undefined],
    ['::10000', undefined],
    ['fe80::1%eth0', undefined],
    [' ::1', undefined],
    ['::1\n', undefined],
    ['-1::', undefined],
  ];
  for (const [text, is] of CASES) {
    const found = groupsOf(text);
    t.equal(found && textOf(found), is, text);
  }
});

tap.test('each address is read as it is written, and written as others write it', async (t) => {
  const property = fc.property(groups, (list) => {
    const long = list.map((group) => group.toString(16)).join(':');
    const text = textOf(list);
    if (text !== standard(long)) throw new Error(`${long} is ${standard(long)}, and not ${text}`);
    for (const form of [text, long, long.toUpperCase()])
      if (`${groupsOf(form)}` !== `${list}`) throw new Error(`${form} is read as ${groupsOf(form)}`);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 3000 }));
});

tap.test('what others take for an address is one, and nothing else', async (t) => {
  const property = fc.property(fc.oneof(scraps, fc.string({ maxLength: 40 })), (text) => {
    const is = isIPv6(text) && !text.includes('%');
    if (is !== (groupsOf(text) !== undefined)) throw new Error(`${JSON.stringify(text)} is ${is ? 'one' : 'none'}`);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 5000 }));
});

tap.test('the prefix that an address is in', async (t) => {
  const property = fc.property(groups, groups, fc.nat(128), (list, other, length) => {
    const [address, stranger] = [textOf(list), textOf(other)];
    const prefix = prefixOf(address, length);
    if (!prefix) throw new Error('there is none');
    const [text, is] = [prefixText(prefix), covers(`${address}/${length}`, stranger)];
    if (bitsOf(text) !== bitsOf(address).slice(0, length)) throw new Error(`${address}/${length} is in ${text}`);
    if (bitsOf(prefix.address).slice(length).includes('1')) throw new Error(`${text} has bits behind`);
    if (!isWithin(address, prefix)) throw new Error(`${address} is not in ${text}`);
    if (isWithin(stranger, prefix) !== is) throw new Error(`${stranger} is ${is ? '' : 'not '}in ${text}`);
    if (`${JSON.stringify(parsePrefix(text))}` !== JSON.stringify(prefix)) throw new Error(`${text} is not read`);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 3000 }));
});

tap.test('a prefix as text', async (t) => {
  const CASES: [text: string, is: string | undefined][] = [
    ['2001:db8:100:ff::2/64', '2001:db8:100:ff::/64'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['8000::/1', '8000::/1'],
    ['2001:db8::/129', undefined],
    ['2001:db8::/1000', undefined],
    ['2001:db8::/', undefined],
    ['2001:db8::/-1', undefined],
    ['2001:db8::/1.5', undefined],
    ['2001:db8::/6 4', undefined],
    ['2001:db8::/64/64', undefined],
    ['default', undefined],
    ['10.0.0.0/8', undefined],
    ['', undefined],
  ];
  for (const [text, is] of CASES) {
    const prefix = parsePrefix(text);
    t.equal(prefix && prefixText(prefix), is, text);
  }
  for (const length of [-1, 129, 1.5, Number.NaN]) t.equal(prefixOf('2001:db8::', length), undefined, `${length} bits`);
});

tap.test('a prefix is in one that is shorter, and not the other way', async (t) => {
  const short = { address: '2001:db8::', length: 32 };
  t.ok(isWithin('2001:db8:1::', short, 48));
  t.notOk(isWithin('2001:db8::', short, 31));
  t.notOk(isWithin('2001:db9::', short, 48));
  t.notOk(isWithin('fe80::1%eth0', { address: '::', length: 0 }));
});

tap.test('addresses of a site', async (t) => {
  for (const address of ['fc00::1', 'fd00:1:2::1', 'fdff:ffff::']) t.ok(isLocal(address), address);
  for (const address of ['fbff::1', 'fe00::', 'fe80::1', '2001:db8::1', 'fd::1', 'x'])
    t.notOk(isLocal(address), address);
});

tap.test('what was worked out is remembered, but not for ever', async (t) => {
  const first = parsePrefix('2001:db8:100::/56');
  t.equal(parsePrefix('2001:db8:100::/56'), first);
  for (let i = 0; i < 1000; i++) parsePrefix(`2001:db8::${i}`);
  const again = parsePrefix('2001:db8:100::/56');
  t.not(again, first);
  t.strictSame(again, first);
});

tap.test('a prefix and its halves', async (t) => {
  for (const [from = '', ...halves] of [
    ['::/0', '::/1', '8000::/1'],
    ['::/1', '::/2', '4000::/2'],
    ['2001:db8:100::/56', '2001:db8:100::/57', '2001:db8:100:80::/57'],
    ['2001:db8:100:f::/64', '2001:db8:100:f::/65', '2001:db8:100:f:8000::/65'],
    ['2001:db8::/126', '2001:db8::/127', '2001:db8::2/127'],
    // What ip would print without its length.
    ['2001:db8::/127'],
    ['2001:db8::1'],
    ['default'],
  ])
    t.strictSame(halvesOf(from), halves, from);
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
