import { readFile } from 'node:fs/promises';
import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import type { NetifdInterface } from '../../lib/model.js';
import { parseInterfaces } from '../../lib/observe/interfaces.js';

tap.test('what ubus prints', async (t) => {
  const text = await readFile('test/samples/network.interface.dump.json', 'utf8');
  const wan = (name: string, metric: number, device: string, gateway: string) =>
    ({ name, metric, proto: 'static', port: device, l3Device: device, defaultRoute: { gateway } }) as NetifdInterface;
  t.strictSame(parseInterfaces(parseJson(text)), [
    { name: 'lan', metric: 0, proto: 'static', port: 'eth0', l3Device: 'eth0' },
    { name: 'loopback', metric: 0, proto: 'static', port: 'lo', l3Device: 'lo' },
    wan('wan', 10, 'eth1', '198.51.100.1'),
    wan('wanb', 20, 'eth2', '203.0.113.1'),
  ]);
});

tap.test('one interface', async (t) => {
  const via = (nexthop: unknown, more: Record<string, unknown> = {}) => ({
    target: '0.0.0.0',
    mask: 0,
    nexthop,
    ...more,
  });
  const GATEWAY = { gateway: '10.0.1.1' };
  const CASES: [string, Record<string, unknown>, Partial<NetifdInterface>][] = [
    ['a name alone', {}, {}],
    ['down', { up: false, pending: true, device: 'eth1' }, { port: 'eth1', dialling: true }],
    ['taken down', { up: false, autostart: false }, { halted: true }],
    ['to be started', { autostart: true, pending: false }, {}],
    ['PPPoE', { l3_device: 'pppoe-wan', device: 'eth1' }, { l3Device: 'pppoe-wan', port: 'eth1' }],
    ['made by another one', { dynamic: true, proto: 'dhcp' }, { dynamic: true, proto: 'dhcp' }],
    ['not made by another one', { dynamic: false }, {}],
    ['a table of its own', { ip4table: 100, route: [via('10.0.1.1')] }, { table: 100, defaultRoute: GATEWAY }],
    ['a metric of its own', { route: [via('10.0.1.1', { metric: 7 })] }, { defaultRoute: { ...GATEWAY, metric: 7 } }],
    ['of another table', { route: [via('10.0.1.9', { table: 5 }), via('10.0.1.1')] }, { defaultRoute: GATEWAY }],
    ['of another table only', { route: [via('10.0.1.9', { table: 5 })] }, {}],
    ['one that leads nowhere', { route: [via('0.0.0.0', { type: 6 })] }, {}],
    ['one that says that it leads somewhere', { route: [via('10.0.1.1', { type: 1 })] }, { defaultRoute: GATEWAY }],
    ['a short name', { l3_device: 'a' }, { l3Device: 'a' }],
    ['a device with all that a name may hold', { l3_device: 'a_b-c+d.e@f' }, { l3Device: 'a_b-c+d.e@f' }],
    ['a gateway', { route: [via('10.0.1.1')] }, { defaultRoute: { gateway: '10.0.1.1' } }],
    ['point-to-point', { route: [via('0.0.0.0')] }, { defaultRoute: {} }],
    [
      'among other routes',
      {
        route: [
          { target: '10.9.0.0', mask: 16, nexthop: '10.0.1.9' },
          { target: '0.0.0.0', mask: 1, nexthop: '10.0.1.8' },
          { target: '::', mask: 0, nexthop: 'fe80::1' },
          via('10.0.1.1', { source: '10.0.1.2/32' }),
        ],
      },
      { defaultRoute: { gateway: '10.0.1.1' } },
    ],
    ['the first of two', { route: [via('10.0.1.1'), via('10.0.1.2')] }, { defaultRoute: { gateway: '10.0.1.1' } }],
    [
      'defaultroute 0',
      { route: [], inactive: { route: [via('10.0.1.1')] } },
      { defaultRoute: { gateway: '10.0.1.1' } },
    ],
    [
      'an active one before an inactive one',
      { route: [via('10.0.1.1')], inactive: { route: [via('10.0.1.2')] } },
      { defaultRoute: { gateway: '10.0.1.1' } },
    ],
    ['no default', { route: [{ target: '10.9.0.0', mask: 16, nexthop: '10.0.1.9' }] }, {}],
    ['a gateway that is none', { route: [via('fe80::1'), via(''), via(5), via(undefined)] }, {}],
    ['routes that are none', { route: [null, 'x', [], {}, { target: '0.0.0.0' }, via('10.0.1.1', { mask: 'x' })] }, {}],
    ['no list of routes', { route: via('10.0.1.1'), inactive: [] }, {}],
    [
      'parts of a wrong type',
      { metric: [5], l3_device: 7, inactive: null, dynamic: 1, device: [], proto: 5, ip4table: {} },
      {},
    ],
    [
      'numbers as text',
      { metric: '5', route: [via('10.0.1.1', { mask: '0' })] },
      { metric: 5, defaultRoute: { gateway: '10.0.1.1' } },
    ],
  ];
  for (const [what, more, expected] of CASES) {
    const interfaces = parseInterfaces({ interface: [{ interface: 'wan', ...more }] });
    t.strictSame(interfaces, [{ name: 'wan', metric: 0, ...expected }], what);
  }
});

tap.test('what is no answer, and entries without a name', async (t) => {
  for (const json of [undefined, null, 'x', 5, [], {}, { interface: {} }, { interface: 'wan' }]) {
    t.equal(parseInterfaces(json), undefined, JSON.stringify(json));
  }
  t.strictSame(parseInterfaces({ interface: [] }), []);
  const nameless = [null, 'wan', [], {}, { interface: 5 }, { l3_device: 'eth1', up: true }];
  t.match(parseInterfaces({ interface: [...nameless, { interface: 'wan' }] }), [{ name: 'wan' }]);
  t.strictSame(parseInterfaces({ interface: nameless }), []);
});

tap.test('what no kernel names a device', async (t) => {
  for (const device of ['', 'abcdefghijklmnop', 'a/b', 'a:b', 'a b', 'a\nb', 'e\u001b[2J', 'ü', '\u007f']) {
    const interfaces = parseInterfaces({ interface: [{ interface: 'wan', l3_device: device }] });
    t.strictSame(interfaces, [{ name: 'wan', metric: 0 }], JSON.stringify(device));
  }
});
