import tap from 'tap';
import {
  inCharge,
  isDefault,
  isOurs,
  isSteering,
  outranks,
  PARTS,
  routeKey,
  sameRoute,
  usesDevice,
} from '../../../lib/actuators/routes/route.js';
import { makeRoute } from '../../make.js';

tap.test('kinds of routes', async (t) => {
  const cases: [string, { ours: boolean; whole: boolean; steering: boolean }][] = [
    ['default via 10.0.1.1 dev eth1 metric 10 proto 77', { ours: true, whole: true, steering: true }],
    ['0.0.0.0/1 via 10.0.1.1 dev eth1 metric 10 proto 77', { ours: true, whole: true, steering: true }],
    ['default via 10.0.1.1 dev eth1 metric 900 proto 77', { ours: true, whole: true, steering: false }],
    ['10.1.0.0/16 via 10.0.1.1 dev eth1 metric 10 proto 77', { ours: true, whole: false, steering: false }],
    ['default via 10.0.1.1 dev eth1 metric 10 proto static', { ours: false, whole: true, steering: false }],
    ['128.0.0.0/2 via 10.0.1.1 dev eth1', { ours: false, whole: false, steering: false }],
  ];
  for (const [text, kind] of cases) {
    const route = makeRoute(text);
    t.strictSame({ ours: isOurs(route), whole: isDefault(route), steering: isSteering(route) }, kind, text);
  }
});

tap.test('key apart from content', async (t) => {
  const route = makeRoute('default via 10.0.1.1 dev eth1 metric 10 proto 77');
  const cases: [string, boolean, boolean][] = [
    ['default via 10.0.1.1 dev eth1 metric 10 proto 77', true, true],
    ['default via 10.0.1.2 dev eth1 metric 10 proto 77', true, false],
    ['default via 10.0.1.1 dev eth2 metric 10 proto 77', true, false],
    ['default via 10.0.1.1 dev eth1 onlink metric 10 proto 77', true, false],
    ['default dev eth1 metric 10 proto 77', true, false],
    ['default via 10.0.1.1 dev eth1 metric 10 proto static', true, false],
    ['default type blackhole metric 10 proto 77', true, false],
    ['default via 10.0.1.1 dev eth1 metric 11 proto 77', false, false],
    ['0.0.0.0/1 via 10.0.1.1 dev eth1 metric 10 proto 77', false, false],
  ];
  for (const [text, key, same] of cases) {
    const other = makeRoute(text);
    t.equal(routeKey(other) === routeKey(route), key, text);
    t.equal(sameRoute(other, route), same, text);
  }
  const hops = (...weights: number[]) => ({
    ...route,
    nexthops: weights.map((weight) => ({ device: 'eth1', weight, onlink: false })),
  });
  t.ok(sameRoute(hops(1), hops(2)), 'a single nexthop has no weight to speak of');
  t.notOk(sameRoute(hops(1, 1), hops(1, 2)));
  t.notOk(sameRoute(hops(1, 1), hops(1)));
});

tap.test('which of two the kernel takes', async (t) => {
  const cases: [string, string, boolean][] = [
    ['default metric 10', 'default metric 20', true],
    ['default metric 20', 'default metric 10', false],
    ['default metric 10', 'default metric 10', false],
    ['0.0.0.0/1 metric 999', 'default', true],
    ['default', '0.0.0.0/1 metric 999', false],
    ['0.0.0.0/1 metric 1', '128.0.0.0/1 metric 2', false],
  ];
  for (const [a, b, answer] of cases) t.equal(outranks(makeRoute(a), makeRoute(b)), answer, `${a} before ${b}`);
});

tap.test('who carries the traffic', async (t) => {
  const cases: [string[], string[]][] = [
    [[], []],
    [['10.0.0.0/8 dev eth1'], []],
    [['default dev eth1 metric 20', 'default dev eth2 metric 10'], ['eth2']],
    [
      ['default dev eth1', '0.0.0.0/1 dev eth2 metric 9', '128.0.0.0/1 dev eth2 metric 9'],
      ['eth2', 'eth2'],
    ],
    [
      ['default dev eth1', '0.0.0.0/1 dev eth2'],
      ['eth1', 'eth2'],
    ],
    [['0.0.0.0/1 dev eth1'], ['eth1']],
  ];
  for (const [table, devices] of cases) {
    t.strictSame(
      inCharge(table.map(makeRoute)).map((route) => route.nexthops[0]?.device),
      devices,
      table.join('; '),
    );
  }
  t.notOk(usesDevice(makeRoute('default type blackhole'), undefined), 'no device is not the device that nobody knows');
});

tap.test('the parts are the Internet, each address once, and none begins with 0.0.0.0', async (t) => {
  const ranges = PARTS.map((part) => {
    const [address = '', length = ''] = part.split('/');
    const first = Number(address.split('.')[0]) * 2 ** 24;
    return [first, first + 2 ** (32 - Number(length))];
  });
  t.equal(ranges[0]?.[0], 2 ** 24, 'all but 0.0.0.0/8');
  for (const [i, [, end]] of ranges.entries()) t.equal(end, ranges[i + 1]?.[0] ?? 2 ** 32);
});

tap.test('the better route, of those that lead to the same', async (t) => {
  const CASES: [string, string, boolean][] = [
    ['default metric 1', 'default metric 2', true],
    ['0.0.0.0/1 metric 9', 'default metric 2', true],
    ['2.0.0.0/7 metric 9', '0.0.0.0/1 metric 2', true],
    ['2.0.0.0/7 metric 9', 'default metric 2', true],
    ['2.0.0.0/7 metric 1', '128.0.0.0/1 metric 2', false],
    ['2.0.0.0/7 metric 1', '4.0.0.0/6 metric 2', false],
    ['0.0.0.0/1 metric 1', '2.0.0.0/7 metric 2', false],
  ];
  for (const [a, b, better] of CASES) t.equal(outranks(makeRoute(a), makeRoute(b)), better, `${a}, ${b}`);
});

tap.test('parts act as a default if they are ours', async (t) => {
  t.ok(isDefault(makeRoute('2.0.0.0/7 dev eth1 proto 77')));
  t.notOk(isDefault(makeRoute('2.0.0.0/7 dev eth1 proto 4')));
});
