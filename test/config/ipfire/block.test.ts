import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { blockOf, changesFor, type Placement, redBlock, sameBlock } from '../../../lib/config/ipfire/block.js';
import { broadcastOf, maskOf, networkOf, prefixOf } from '../../../lib/config/ipfire/subnet.js';
import { changeValues, readValues } from '../../../lib/config/ipfire/values.js';
import { ETHERNET } from './samples.js';

const NONE = { RED_ADDRESS: '0.0.0.0', RED_NETMASK: '0.0.0.0', RED_NETADDRESS: '0.0.0.0', DEFAULT_GATEWAY: '0.0.0.0' };
const { values: ethernet } = readValues(ETHERNET);
const MACS = new Map([
  ['red0', '02:00:00:00:00:99'],
  ['red1', '02:00:00:00:00:01'],
]);

tap.test('RED in ethernet/settings', async (t) => {
  t.strictSame(Object.keys(redBlock(ethernet)).sort(), [
    'DEFAULT_GATEWAY',
    ...['RED_ADDRESS', 'RED_DESCRIPTION', 'RED_DEV', 'RED_DRIVER', 'RED_MACADDR', 'RED_MTU', 'RED_NETADDRESS'],
    ...['RED_NETMASK', 'RED_TYPE'],
  ]);
  t.strictSame(redBlock({ GREEN_DEV: 'green0', REDX: '1', CONFIG_TYPE: '1' }), {});
});

tap.test('the block of a line', async (t) => {
  const fixed = { address: '198.51.100.10', prefix: 28, gateway: '198.51.100.1' };
  const OWN_CARD = { RED_MTU: '1480', RED_DRIVER: 'igb', RED_DESCRIPTION: '"pci: Intel (rev 01)"' };
  const red0 = { RED_DEV: 'red0', RED_MACADDR: '02:00:00:00:00:00' };
  const red1 = { RED_DEV: 'red1', RED_MACADDR: '02:00:00:00:00:01' };
  const CASES: [what: string, line: Placement, block: object][] = [
    ['DHCP', { type: 'DHCP', device: 'red1' }, { RED_TYPE: 'DHCP', ...red1, ...NONE }],
    [
      'STATIC',
      { type: 'STATIC', device: 'red1', fixed },
      {
        ...{ RED_TYPE: 'STATIC', ...red1, RED_ADDRESS: '198.51.100.10', RED_NETMASK: '255.255.255.240' },
        ...{ RED_NETADDRESS: '198.51.100.0', DEFAULT_GATEWAY: '198.51.100.1' },
      },
    ],
    ['dialled', { type: 'QMI', device: 'wwan0' }, { RED_TYPE: 'PPPOE', RED_DEV: 'wwan0', ...NONE }],
    ['the same card', { type: 'PPPOE', device: 'red0' }, { RED_TYPE: 'PPPOE', ...red0, ...OWN_CARD, ...NONE }],
    [
      'a card with its MAC address',
      { type: 'DHCP', device: 'red1', mac: '02:00:00:00:00:05' },
      { RED_TYPE: 'DHCP', RED_DEV: 'red1', RED_MACADDR: '02:00:00:00:00:05', ...NONE },
    ],
    [
      'an MTU by DHCP',
      { type: 'DHCP', device: 'red1', mtu: 1400 },
      { RED_TYPE: 'DHCP', ...red1, RED_DHCP_FORCE_MTU: '1400', ...NONE },
    ],
    [
      'an MTU of its own on the same card',
      { type: 'STATIC', device: 'red0', mtu: 1400 },
      { RED_TYPE: 'STATIC', ...red0, ...OWN_CARD, RED_MTU: '1400', ...NONE },
    ],
  ];
  for (const [what, line, block] of CASES) t.same(blockOf(line, ethernet, MACS), block, what);
});

tap.test('the same, or not', async (t) => {
  const block = redBlock(ethernet);
  const CASES: [what: string, other: Record<string, string>, same: boolean][] = [
    ['itself', block, true],
    ['in another order', Object.fromEntries(Object.entries(block).reverse()), true],
    ['with the whole file around it', ethernet, true],
    ['with an empty key more', { ...block, RED_DHCP_HOSTNAME: '' }, true],
    ['with a key more', { ...block, RED_DHCP_HOSTNAME: 'fw' }, false],
    ['another value', { ...block, DEFAULT_GATEWAY: '192.0.2.2' }, false],
    ['a key less', { ...block, RED_MTU: '' }, false],
    ['nothing', {}, false],
  ];
  for (const [what, other, same] of CASES) {
    t.equal(sameBlock(block, other), same, what);
    t.equal(sameBlock(other, block), same, `${what}, the other way round`);
  }
});

const block = fc.dictionary(
  fc.constantFrom('RED_TYPE', 'RED_DEV', 'RED_MTU', 'DEFAULT_GATEWAY'),
  fc.stringMatching(/^[a-z0-9. ]{0,8}$/),
);

tap.test('what changes one block to another does so, and to nothing else', async (t) => {
  const property = fc.property(block, block, (from, to) => {
    const text = changeValues('CONFIG_TYPE=1\nGREEN_DEV=green0\n', from);
    const before = readValues(text).values;
    const after = changeValues(text, changesFor(before, to));
    assert.deepEqual(readValues(after).values, { CONFIG_TYPE: '1', GREEN_DEV: 'green0', ...to });
    assert.deepEqual(changesFor(readValues(after).values, to), {});
    assert(sameBlock(readValues(after).values, to));
    // And back.
    assert.deepEqual(readValues(changeValues(after, changesFor(readValues(after).values, from))).values, before);
  });
  t.doesNotThrow(() => fc.assert(property));
  t.strictSame(changesFor({}, JSON.parse('{"RED_DEV":"red0"}')), { RED_DEV: 'red0' });
});

tap.test('netmasks', async (t) => {
  const CASES: [string, number][] = [
    ['0.0.0.0', 0],
    ['128.0.0.0', 1],
    ['255.0.0.0', 8],
    ['255.255.255.0', 24],
    ['255.255.255.252', 30],
    ['255.255.255.255', 32],
  ];
  for (const [mask, prefix] of CASES) {
    t.equal(prefixOf(mask), prefix);
    t.equal(maskOf(prefix), mask);
    t.equal(prefixOf(String(prefix)), prefix);
    t.equal(prefixOf(`/${prefix}`), prefix);
  }
  for (const mask of [
    '',
    '33',
    '-1',
    '255.0.255.0',
    '0.0.0.255',
    '255.255.255',
    '255.255.255.1',
    'ffffff00',
    '024x',
    '1e1',
  ])
    t.equal(prefixOf(mask), undefined, mask);
  const SUBNETS: [string, number, string, string][] = [
    ['192.0.2.10', 24, '192.0.2.0', '192.0.2.255'],
    ['192.0.2.10', 29, '192.0.2.8', '192.0.2.15'],
    ['223.255.255.254', 32, '223.255.255.254', '223.255.255.254'],
    ['10.1.2.3', 1, '0.0.0.0', '127.255.255.255'],
    ['203.0.113.77', 0, '0.0.0.0', '255.255.255.255'],
  ];
  for (const [address, prefix, first, last] of SUBNETS)
    t.strictSame([networkOf(address, prefix), broadcastOf(address, prefix)], [first, last]);
});
