import { readFile } from 'node:fs/promises';
import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import type { Route } from '../../lib/model.js';
import { parseRoutes } from '../../lib/observe/routes.js';

tap.test('what ip prints', async (t) => {
  const text = await readFile('test/samples/ip-j-route-main.json', 'utf8');
  const makeRoute = (
    destination: string,
    device: string,
    metric: number,
    protocol: string,
    gateway?: string,
  ): Route => ({
    destination,
    metric,
    protocol,
    type: 'unicast',
    nexthops: [{ device, ...(gateway === undefined ? {} : { gateway }), weight: 1, onlink: false }],
  });
  t.strictSame(parseRoutes(parseJson(text)), [
    makeRoute('default', 'eth1', 10, 'static', '198.51.100.1'),
    makeRoute('default', 'eth2', 20, 'static', '203.0.113.1'),
    { ...makeRoute('192.168.1.0/24', 'eth0', 0, 'kernel'), attributes: { src: '192.168.1.1' } },
    makeRoute('198.51.100.0/24', 'eth1', 10, 'static'),
    makeRoute('203.0.113.0/24', 'eth2', 20, 'static'),
  ]);
});

const eth1 = { device: 'eth1', weight: 1, onlink: false };

tap.test('one route', async (t) => {
  const CASES: [string, Record<string, unknown>, Partial<Route>][] = [
    ['a destination alone', {}, {}],
    ['ours', { dev: 'eth1', protocol: '77', metric: 10 }, { protocol: '77', metric: 10, nexthops: [eth1] }],
    ['point-to-point', { dev: 'eth1', scope: 'link', flags: [] }, { nexthops: [eth1] }],
    [
      'a gateway outside the subnet',
      { dev: 'eth1', gateway: '172.31.255.1', flags: ['onlink'] },
      { nexthops: [{ ...eth1, gateway: '172.31.255.1', onlink: true }] },
    ],
    [
      'a gateway of another family',
      { dev: 'eth1', via: { family: 'inet6', host: 'fe80::1' } },
      { nexthops: [{ ...eth1, gateway: 'fe80::1' }] },
    ],
    ['no carrier', { dev: 'eth1', flags: ['dead', 'linkdown'] }, { nexthops: [eth1] }],
    ['the highest metric', { dev: 'eth1', metric: 4294967295 }, { metric: 4294967295, nexthops: [eth1] }],
    [
      'multipath',
      {
        metric: 10,
        flags: [],
        nexthops: [
          { gateway: '10.0.1.1', dev: 'eth1', weight: 3, flags: [] },
          { gateway: '10.0.2.1', dev: 'eth2', weight: 1, flags: ['onlink', 'linkdown'] },
          { dev: 'tun0', weight: 256, flags: [] },
        ],
      },
      {
        metric: 10,
        nexthops: [
          { device: 'eth1', gateway: '10.0.1.1', weight: 3, onlink: false },
          { device: 'eth2', gateway: '10.0.2.1', weight: 1, onlink: true },
          { device: 'tun0', weight: 256, onlink: false },
        ],
      },
    ],
    ['unicast, in numbers', { type: '1', dev: 'eth1', protocol: '4' }, { protocol: '4', nexthops: [eth1] }],
    ['blackhole', { type: 'blackhole', metric: 5 }, { type: 'blackhole', metric: 5 }],
    [
      'unreachable, with the loopback device',
      { type: 'unreachable', dev: 'lo' },
      {
        type: 'unreachable',
        nexthops: [{ ...eth1, device: 'lo' }],
      },
    ],
    [
      'parts of a wrong type',
      { dev: 1, gateway: 2, metric: 'x', protocol: [4], type: null, flags: 'onlink' },
      { nexthops: [{ weight: 1, onlink: false }] },
    ],
    [
      'numbers as text, and names as numbers',
      { dev: 'eth1', metric: '3', protocol: 77, type: 7 },
      { metric: 3, protocol: '77', type: 'unreachable', nexthops: [eth1] },
    ],
    [
      'nexthops of a wrong type',
      { nexthops: [null, 'eth1', { dev: 'eth1', weight: 'x' }] },
      {
        nexthops: [{ weight: 1, onlink: false }, { weight: 1, onlink: false }, eth1],
      },
    ],
    ['no list of nexthops', { dev: 'eth1', nexthops: 'eth2' }, { nexthops: [eth1] }],
    ['a negative metric', { metric: -1 }, {}],
    [
      'all that stands beside a gateway',
      {
        dev: 'eth1',
        prefsrc: '203.0.113.5',
        flow: { to: '5' },
        metrics: [
          {
            mtu: 1400,
            window: 65535,
            rtt: 12,
            advmss: 1300,
            hoplimit: 33,
            ecn: null,
            rto_min: 200,
            congestion: 'reno',
          },
        ],
      },
      {
        nexthops: [eth1],
        attributes: {
          src: '203.0.113.5',
          realm: '5',
          mtu: '1400',
          window: '65535',
          rtt: '12ms',
          advmss: '1300',
          hoplimit: '33',
          rto_min: '200ms',
          congctl: 'reno',
          features: 'ecn',
        },
      },
    ],
    [
      'nothing of it makes sense',
      { dev: 'eth1', prefsrc: 'x; y', flow: 5, metrics: [{ mtu: 'a b', hoplimit: [] }] },
      { nexthops: [eth1] },
    ],
    ['a single nexthop object', { dev: 'eth1', nhid: 5 }, { nexthops: [eth1], group: 5 }],
  ];
  const plain: Route = { destination: 'default', metric: 0, protocol: 'boot', type: 'unicast', nexthops: [] };
  for (const [what, more, route] of CASES) {
    t.strictSame(parseRoutes([{ dst: 'default', ...more }]), [{ ...plain, ...route }], what);
  }
});

tap.test('types, in words and in numbers', async (t) => {
  const CASES: [string, string][] = [
    ['1', 'unicast'],
    ['6', 'blackhole'],
    ['7', 'unreachable'],
    ['8', 'prohibit'],
    ['9', 'throw'],
    ['10', '10'],
    ['unicast', 'unicast'],
    ['prohibit', 'prohibit'],
    // Which every object has.
    ['constructor', 'constructor'],
  ];
  for (const [type, word] of CASES) t.match(parseRoutes([{ dst: 'default', type }]), [{ type: word }]);
});

tap.test('routes of a type of service are left out', async (t) => {
  const routes = parseRoutes([
    { dst: 'default', tos: '0x10', dev: 'eth1' },
    { dst: '10.0.0.0/8', dev: 'eth1' },
  ]);
  t.strictSame(
    routes?.map(({ destination }) => destination),
    ['10.0.0.0/8'],
  );
});

tap.test('what is no list of routes', async (t) => {
  const route = { dst: 'default' };
  for (const json of [undefined, null, 'x', 5, {}, route, [null], [{}], [[]], ['default'], [route, {}]]) {
    t.equal(parseRoutes(json), undefined, JSON.stringify(json));
  }
  t.strictSame(parseRoutes([]), [], 'a table may be empty');
  t.match(parseRoutes([{ dst: 5 }]), [{ destination: '' }]);
});
