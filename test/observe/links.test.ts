import { readFile } from 'node:fs/promises';
import tap from 'tap';
import { asList, asName, asNumber, asRecord, asText, parseJson } from '../../lib/json.js';
import type { Link } from '../../lib/model.js';
import { parseLinks } from '../../lib/observe/links.js';

tap.test('what ip prints', async (t) => {
  const text = await readFile('test/samples/ip-j-addr.json', 'utf8');
  const makeLink = (device: string, address: string, prefix: number): Link => ({
    device,
    state: 'up',
    pointToPoint: false,
    addresses: [{ address, prefix }],
    rxBytes: 0,
    txBytes: 0,
  });
  t.strictSame(parseLinks(parseJson(text)), [
    makeLink('lo', '127.0.0.1', 8),
    makeLink('eth1', '198.51.100.2', 24),
    makeLink('eth2', '203.0.113.2', 24),
    makeLink('eth0', '192.168.1.1', 24),
  ]);
});

tap.test('one link', async (t) => {
  const CASES: [string, Record<string, unknown>, Partial<Link>][] = [
    ['up', { flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'] }, { state: 'up' }],
    ['no carrier', { flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'UP'] }, { state: 'no_carrier' }],
    ['down', { flags: ['BROADCAST', 'MULTICAST'] }, { state: 'down' }],
    // A veth whose peer is up, itself taken down.
    ['down, with a carrier', { flags: ['LOWER_UP'] }, { state: 'down' }],
    // A tunnel has no operstate worth the name.
    ['operstate unknown', { flags: ['UP', 'LOWER_UP'], operstate: 'UNKNOWN' }, { state: 'up' }],
    [
      'point-to-point',
      {
        flags: ['POINTOPOINT', 'MULTICAST', 'NOARP', 'UP', 'LOWER_UP'],
        addr_info: [{ family: 'inet', local: '100.64.0.7', address: '100.64.0.1', prefixlen: 32 }],
      },
      { pointToPoint: true, addresses: [{ address: '100.64.0.7', prefix: 32, peer: '100.64.0.1' }] },
    ],
    ['a group', { group: '77' }, { group: 77 }],
    ['the group of most', { group: '0' }, {}],
    ['the same by its name', { group: 'default' }, {}],
    [
      'addresses that bring no route along',
      {
        addr_info: [
          { family: 'inet', local: '10.0.0.1', prefixlen: 32, noprefixroute: true, metric: 7700 },
          { family: 'inet', local: '10.0.0.2', prefixlen: 24, metric: 7700 },
          { family: 'inet', local: '10.0.0.3', prefixlen: 24, noprefixroute: true },
        ],
      },
      {
        addresses: [
          { address: '10.0.0.1', prefix: 32, mark: 7700 },
          { address: '10.0.0.2', prefix: 24 },
          { address: '10.0.0.3', prefix: 24 },
        ],
      },
    ],
    ['a port of a bridge', { master: 'br-wan' }, { master: 'br-wan' }],
    [
      'bytes',
      { stats64: { rx: { bytes: 123456789012, packets: 5 }, tx: { bytes: 7 } } },
      { rxBytes: 123456789012, txBytes: 7 },
    ],
    ['bytes of one direction', { stats64: { tx: { bytes: 7 } } }, { txBytes: 7 }],
    ['bytes that are none', { stats64: { rx: { bytes: 'x' }, tx: { bytes: -1 } } }, {}],
    ['statistics that are none', { stats64: [] }, {}],
    ['directions that are none', { stats64: { rx: null, tx: 3 } }, {}],
    [
      'several addresses',
      {
        addr_info: [
          { family: 'inet', local: '10.0.0.1', prefixlen: 24 },
          { family: 'inet6', local: 'fe80::1', prefixlen: 64 },
          { family: 'inet', local: '10.0.1.1', prefixlen: 16, secondary: true },
        ],
      },
      {
        addresses: [
          { address: '10.0.0.1', prefix: 24 },
          { address: '10.0.1.1', prefix: 16 },
        ],
      },
    ],
    [
      'addresses that are none',
      {
        addr_info: [
          null,
          'inet',
          {},
          { family: 'inet', local: '10.0.0.1' },
          { family: 'inet', local: 5, prefixlen: 24 },
          { family: 'inet', local: '10.0.0.1', prefixlen: '/24' },
        ],
      },
      {},
    ],
    ['no list of addresses', { addr_info: { family: 'inet' } }, {}],
  ];
  const plain: Link = { device: 'eth1', state: 'up', pointToPoint: false, addresses: [], rxBytes: 0, txBytes: 0 };
  for (const [what, more, link] of CASES) {
    const links = parseLinks([{ ifname: 'eth1', flags: ['UP', 'LOWER_UP'], ...more }]);
    t.strictSame(links, [{ ...plain, ...link }], what);
  }
});

tap.test('what is no list of links', async (t) => {
  const eth1 = { ifname: 'eth1', flags: [] };
  const CASES = [undefined, null, 'x', 5, true, {}, eth1, [null], [{}], [[]], ['eth1'], [eth1, {}]];
  for (const json of [...CASES, [{ ifname: 'eth1' }], [{ ifname: 5, flags: [] }], [{ ifname: 'eth1', flags: 'UP' }]]) {
    t.equal(parseLinks(json), undefined, JSON.stringify(json));
  }
  t.strictSame(parseLinks([]), []);
});

tap.test('names that would reach a screen as more than a name', async (t) => {
  const name = (text: string) => parseLinks([{ ifname: text, flags: [] }])?.[0]?.device;
  t.strictSame(['eth0.2', 'a\u001b[2J', 'a b', 'a\b', 'a\u202eb', '\ud800', 'x'.repeat(99)].map(name), [
    'eth0.2',
    'a?[2J',
    'a?b',
    'a?',
    'a?b',
    '?',
    'x'.repeat(64),
  ]);
});

tap.test('JSON, with nothing taken for granted', async (t) => {
  t.strictSame(parseJson('{"a":[1]}'), { a: [1] });
  t.strictSame(parseJson('{"a\u001b\nb\u0000":\n1}'), { 'a  b ': 1 }, 'ip escapes nothing in a name');
  for (const text of ['', ' ', '{', '[1,]', 'Object "x" is unknown', '\0', '{}{}']) t.equal(parseJson(text), undefined);
  const VALUES = [
    undefined,
    null,
    true,
    0,
    1.5,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    'x',
    [],
    [1],
    {},
    { a: 1 },
  ];
  const taken = (read: (value: unknown) => unknown) => VALUES.filter((value) => read(value) !== undefined);
  t.strictSame(taken(asRecord), [{}, { a: 1 }]);
  t.strictSame(taken(asList), [[], [1]]);
  t.strictSame(taken(asText), ['', 'x']);
  t.strictSame(taken(asNumber), [0, 1.5]);
  t.strictSame(['7', '1.5', '-1', '1e3', '0x10', ' 1', '9'.repeat(17)].map(asNumber), [7, 1.5, ...Array(5)]);
  t.strictSame(
    VALUES.map(asName).filter((name) => name !== undefined),
    ['0', '1.5', '', 'x'],
  );
  for (const value of VALUES) {
    for (const read of [asRecord, asList, asText, asNumber])
      t.ok([undefined, value].includes(read(value) as typeof value));
  }
});

tap.test('where tunnels lead', async (t) => {
  const tunnel = { ifname: 'vpn0', flags: ['POINTOPOINT', 'NOARP', 'UP', 'LOWER_UP'] };
  const CASES: [Record<string, unknown>, { server?: string; opaque?: boolean }][] = [
    [{ link_type: 'ipip', broadcast: '8.8.4.4' }, { server: '8.8.4.4' }],
    [{ link_type: '[778]', broadcast: '8.8.4.4' }, { server: '8.8.4.4' }],
    [{ link_type: 'gre', broadcast: '8.8.4.4', link: 'eth1' }, {}],
    [{ link_type: 'gre', broadcast: '0.0.0.0' }, {}],
    [{ link_type: 'sit', broadcast: '8.8.4.4; x' }, {}],
    [{ link_type: '[769]', broadcast: '2606:4700::9' }, { server: '2606:4700::9' }],
    [{ link_type: '[769]', broadcast: '2606:4700:1:2:3:4:5:9' }, { server: '2606:4700:1:2:3:4:5:9' }],
    [{ link_type: '[769]', broadcast: '::' }, {}],
    [{ link_type: 'ether', broadcast: 'ff:ff:ff:ff:ff:ff' }, {}],
    [{ link_type: '[32]', broadcast: 'ff:12:40:1b:ff:ff:0:0:0:0:0:0:ff:ff:ff:ff:ff:ff:ff:ff' }, {}],
    [{ link_type: 'ether', broadcast: 'ffffffffffff' }, {}],
    [{ link_type: 'none' }, { opaque: true }],
    [{ link_type: '[65534]' }, { opaque: true }],
    [{ link_type: 'ppp' }, {}],
    [{ link_type: '[512]', broadcast: '8.8.4.4' }, {}],
  ];
  for (const [more, { server, opaque }] of CASES) {
    const [link] = parseLinks([{ ...tunnel, ...more }]) ?? [];
    t.strictSame([link?.server, link?.opaque], [server, opaque], JSON.stringify(more));
  }
  const [ether] = parseLinks([{ ifname: 'eth1', flags: ['UP'], link_type: 'ether', broadcast: '8.8.4.4' }]) ?? [];
  t.equal(ether?.server, undefined);
});
