import tap from 'tap';
import { readShapers } from '../../lib/config/shaper.js';
import type { UciOption } from '../../lib/config/uci.js';
import { parseFilters, parseQdiscs } from '../../lib/observe/qdiscs.js';
import { makeWan } from '../make.js';

/** As tc of iproute2 6.1 prints it. */
const CAKE = {
  kind: 'cake',
  handle: '7700:',
  dev: 'eth1',
  root: true,
  refcnt: 2,
  options: {
    bandwidth: 2_500_000,
    diffserv: 'diffserv4',
    flowmode: 'triple-isolate',
    nat: true,
    wash: true,
    ingress: false,
    'ack-filter': 'enabled',
    split_gso: true,
    rtt: 100_000,
    raw: false,
    atm: 'atm',
    overhead: 44,
    mpu: 64,
    fwmark: '0',
  },
};
const PLAIN = { ...CAKE, options: { ...CAKE.options, raw: true, atm: undefined, overhead: 0, mpu: undefined } };

tap.test('roots, and who treats what comes', async (t) => {
  const list = [
    { kind: 'noqueue', handle: '0:', dev: 'lo', root: true, refcnt: 2, options: {} },
    CAKE,
    { kind: 'ingress', handle: 'ffff:', dev: 'eth1', parent: 'ffff:fff1', options: {} },
    { kind: 'mq', handle: '0:', dev: 'eth2', root: true, options: {} },
    { kind: 'fq_codel', handle: '0:', dev: 'eth2', parent: ':1', options: {} },
    { kind: 'clsact', handle: 'ffff:', dev: 'eth2', parent: 'ffff:fff1', options: {} },
    { ...PLAIN, kind: 'cake_mq', handle: '8001:', dev: 'eth3' },
  ];
  const words = ['diffserv4', 'nat', 'wash', 'ack-filter', 'egress'];
  t.strictSame(parseQdiscs(list), {
    roots: [
      { device: 'lo', kind: 'noqueue', handle: '0:' },
      {
        device: 'eth1',
        kind: 'cake',
        handle: '7700:',
        rate: 20_000,
        words: [...words, 'overhead', '44', 'atm', 'mpu', '64'],
      },
      { device: 'eth2', kind: 'mq', handle: '0:' },
      { device: 'eth3', kind: 'cake_mq', handle: '8001:', rate: 20_000, words: [...words, 'raw'] },
    ],
    arrivals: [
      { device: 'eth1', kind: 'ingress' },
      { device: 'eth2', kind: 'clsact' },
    ],
  });
  t.strictSame(parseQdiscs([]), { roots: [], arrivals: [] });
});

tap.test('its rate is in bytes per second', async (t) => {
  const CASES: [bandwidth: unknown, rate: number | undefined][] = [
    [125, 1],
    [2_500_000, 20_000],
    ['2500000', 20_000],
    [12_500_000_000, 100_000_000],
    [154, 1.2],
    ['unlimited', undefined],
    [0, undefined],
    [-1, undefined],
    ['20Mbit', undefined],
    [undefined, undefined],
  ];
  for (const [bandwidth, rate] of CASES) {
    const found = parseQdiscs([{ ...CAKE, options: { ...CAKE.options, bandwidth } }]);
    t.equal(found?.roots[0]?.rate, rate, `${bandwidth}`);
  }
});

tap.test('the words of the configuration are those that are read', async (t) => {
  const options = { overhead: '44', link_layer: 'atm', mpu: '64', diffserv: 'diffserv4', wash: '1', ack_filter: '1' };
  const given = Object.entries({ interface: 'wan1', ...options }).map(([name, value]): [string, UciOption] => {
    return [name, { name, values: [value], line: 1, lines: [1], overruled: [] }];
  });
  const read = (all: typeof given) =>
    readShapers([{ type: 'shaper', line: 1, options: new Map(all) }], [makeWan()], [])[0]?.words?.up;
  t.strictSame(parseQdiscs([CAKE])?.roots[0]?.words, read(given));
  const plain = given.filter(([name]) => !['overhead', 'link_layer', 'mpu'].includes(name));
  t.strictSame(parseQdiscs([PLAIN])?.roots[0]?.words, read(plain));
});

tap.test('what is none of it', async (t) => {
  for (const other of [undefined, null, {}, 'x', [1], [{}], [{ kind: 'cake' }], [{ kind: 1, handle: '0:' }]]) {
    t.equal(parseQdiscs(other), undefined, JSON.stringify(other));
  }
  for (const handle of ['', '7700', '7700:1', 'x; rm', '-1:']) {
    t.equal(parseQdiscs([{ ...CAKE, handle }])?.roots[0]?.handle, '?:', 'what is no handle goes into no command');
  }
  t.strictSame(parseQdiscs([{ ...CAKE, options: 'x' }])?.roots[0]?.rate, undefined);
  t.strictSame(parseQdiscs([{ ...CAKE, dev: undefined }]), { roots: [], arrivals: [] });
});

tap.test('filters', async (t) => {
  const head = { protocol: 'all', pref: 7700, kind: 'matchall', chain: 0 };
  const actions = [{ order: 1, kind: 'mirred', mirred_action: 'redirect', to_dev: 'mwan-eth1' }];
  const CASES: [json: unknown, filters: unknown][] = [
    [[], []],
    [[head, { ...head, options: { handle: 1, actions } }], [{ preference: 7700, to: 'mwan-eth1' }]],
    [
      [
        { ...head, pref: 5 },
        { ...head, pref: 5, options: { actions: [{ kind: 'gact' }] } },
        { ...head, pref: 10 },
      ],
      [{ preference: 5 }, { preference: 10 }],
    ],
    [[{ ...head, pref: 'x' }], undefined],
    [[1], undefined],
    [{}, undefined],
    [undefined, undefined],
  ];
  for (const [json, filters] of CASES) t.strictSame(parseFilters(json), filters, JSON.stringify(json));
});
