import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import tap from 'tap';
import { parseJson } from '../../lib/json.js';
import type { Interface6, Route } from '../../lib/model.js';
import { parseAddresses6, parseInterfaces6, parseRoutes6 } from '../../lib/observe/six.js';

const sample = async (name: string) => parseJson(await readFile(`test/samples/ip6/${name}.json`, 'utf8'));

tap.test('the addresses that ip prints', async (t) => {
  const lasting = { words: ['nodad'] };
  t.strictSame(parseAddresses6(await sample('addr'))?.slice(0, 4), [
    { device: 'eth0', address: '2001:db8:200:1::1', length: 64, ...lasting },
    { device: 'eth0', address: '2001:db8:100:1::1', length: 64, ...lasting },
    {
      ...{ device: 'eth1', address: '2001:db8:100:fe:7c78:80ff:fe48:f2b8', length: 64 },
      ...{ preferred: 1799, valid: 3599, words: ['mngtmpaddr'] },
    },
    { device: 'eth1', address: '2001:db8:100:ff::2', length: 64, ...lasting },
  ]);
});

tap.test('one address', async (t) => {
  const good = { family: 'inet6', local: '2001:db8::1', prefixlen: 64, scope: '0' };
  const CASES: [what: string, info: unknown, is: boolean][] = [
    ['as ip -N prints it', good, true],
    ['its scope in words', { ...good, scope: 'global' }, true],
    ['its length as text', { ...good, prefixlen: '64' }, true],
    ['of a link', { ...good, local: 'fe80::1', scope: '253' }, false],
    ['of the router itself', { ...good, local: '::1', scope: '254' }, false],
    ['IPv4', { ...good, family: 'inet', local: '10.0.0.1', prefixlen: 24 }, false],
    ['with a scope id', { ...good, local: 'fe80::1%eth0' }, false],
    ['without a length', { ...good, prefixlen: undefined }, false],
    ['too long', { ...good, prefixlen: 129 }, false],
    ['half a bit', { ...good, prefixlen: 63.5 }, false],
    ['no text', { ...good, local: 7 }, false],
    ['no record', 'x', false],
  ];
  for (const [what, info, is] of CASES) {
    const found = parseAddresses6([{ ifname: 'eth1', addr_info: [info] }]);
    t.strictSame(found, is ? [{ device: 'eth1', address: '2001:db8::1', length: 64 }] : [], what);
  }
  const brief = parseAddresses6([
    {
      ifname: 'eth1',
      addr_info: [
        { ...good, temporary: true },
        { ...good, temporary: 1 },
      ],
    },
  ]);
  t.strictSame(
    brief?.map(({ temporary }) => temporary),
    [true, undefined],
  );
  t.strictSame(parseAddresses6([{ addr_info: [good] }, { ifname: 'eth1' }, 7, null]), [], 'devices without a part');
  for (const none of [undefined, null, {}, 'x']) t.equal(parseAddresses6(none), undefined);
});

const route = (more: Partial<Route>): Route => ({
  ...{ family: 6, destination: 'default', metric: 512, protocol: '4', type: 'unicast' },
  nexthops: [{ device: 'eth1', gateway: 'fe80::1', weight: 1, onlink: false }],
  ...more,
});

tap.test('the routes that ip prints', async (t) => {
  const specific = parseRoutes6(await sample('source-specific')) ?? [];
  t.strictSame(specific.slice(0, 2), [route({ from: '2001:db8:100:ff::/64' }), route({ from: '2001:db8:100::/56' })]);
  t.match(
    specific.find(({ type }) => type === 'unreachable'),
    { destination: '2001:db8:100::/56' },
  );
  const several = parseRoutes6(await sample('multipath')) ?? [];
  const ways = [
    { device: 'eth1', gateway: 'fe80::1', weight: 3, onlink: false },
    { device: 'eth2', gateway: 'fe80::2', weight: 1, onlink: false },
  ];
  t.match(several, [{}, route({ from: '2001:db8:100::/56', protocol: '77', metric: 10, nexthops: ways })]);
  const advertised = parseRoutes6(await sample('router-advertisement')) ?? [];
  t.match(advertised, [route({ from: '2001:db8:100:aa::/64', metric: 1024, protocol: 'boot' })]);
  const [object] = parseRoutes6(await sample('nexthop-object')) ?? [];
  t.match(object, { destination: '::/1', group: 5, metric: 5 });
  t.match(parseRoutes6(await sample('linkdown')), [{ from: '2001:db8:100:aa::/64' }, { from: '2001:db8:100:ff::2' }]);
});

tap.test('the source of a route is read as it is written, so that it is known again', async (t) => {
  const said = [{ dst: 'default', dev: 'eth1', metric: 9, prefsrc: '2001:db8:100:1::1', protocol: '77' }];
  t.match(parseRoutes6(said), [{ attributes: { src: '2001:db8:100:1::1' } }]);
  t.equal(parseRoutes6({}), undefined);
  t.strictSame(parseRoutes6([{ dst: 'default', from: 'x;y', dev: 'eth1' }]), [], 'whose source is no prefix');
});

const wan6 = {
  interface: 'wan6',
  l3_device: 'eth1',
  route: [
    { target: '2001:db8:100:ff::', mask: 64, nexthop: '::', metric: 256 },
    { target: '::', mask: 0, nexthop: 'fe80::1', metric: 512, source: '2001:db8:100:ff::2/64' },
  ],
  'ipv6-prefix': [{ address: '2001:db8:100::', mask: 56, preferred: 1, valid: 2, class: 'wan6', assigned: {} }],
};
const known: Interface6 = {
  ...{ name: 'wan6', device: 'eth1', gateway: 'fe80::1' },
  prefixes: [{ address: '2001:db8:100::', length: 56 }],
};

tap.test("netifd's answer, whole and without its parts", async (t) => {
  const { gateway: _, ...bare } = known;
  const CASES: [what: string, entry: unknown, is: Interface6[]][] = [
    ['whole', wan6, [known]],
    ['without routes', { ...wan6, route: undefined }, [bare]],
    ['a gateway that is none', { ...wan6, route: [{ target: '::', mask: 0, nexthop: '::' }] }, [bare]],
    ['a gateway with a scope', { ...wan6, route: [{ target: '::', mask: 0, nexthop: 'fe80::1%eth1' }] }, [bare]],
    ['a gateway of IPv4', { ...wan6, route: [{ target: '::', mask: 0, nexthop: '10.0.0.1' }] }, [bare]],
    ['a default of IPv4', { ...wan6, route: [{ target: '0.0.0.0', mask: 0, nexthop: '10.0.0.1' }] }, [bare]],
    ['a route that is no record', { ...wan6, route: [7, ...wan6.route] }, [known]],
    ['numbers as text', { ...wan6, 'ipv6-prefix': [{ address: '2001:db8:100::', mask: '56' }] }, [known]],
    ['without prefixes', { ...wan6, 'ipv6-prefix': undefined }, [{ ...known, prefixes: [] }]],
    ['bits behind the prefix', { ...wan6, 'ipv6-prefix': [{ address: '2001:db8:100::7', mask: 56 }] }, [known]],
    [
      'prefixes that are none',
      { ...wan6, 'ipv6-prefix': [7, {}, { address: 'x', mask: 56 }, { address: '::' }] },
      [{ ...known, prefixes: [] }],
    ],
    [
      'half a bit',
      { ...wan6, 'ipv6-prefix': [{ address: '2001:db8:100::', mask: 56.5 }] },
      [{ ...known, prefixes: [] }],
    ],
    ['a list that is none', { ...wan6, 'ipv6-prefix': {}, route: 'x' }, [{ ...bare, prefixes: [] }]],
    ['down', { ...wan6, l3_device: undefined }, []],
    ['without a name', { ...wan6, interface: 7 }, []],
    ['a name that goes to no program', { ...wan6, interface: '-wan6\n' }, []],
    ['a device that goes to no program', { ...wan6, l3_device: 'eth1; reboot' }, []],
    ['no record', 'x', []],
  ];
  for (const [what, entry, is] of CASES) t.strictSame(parseInterfaces6({ interface: [entry] }), is, what);
  for (const none of [undefined, null, [], 'x', {}, { interface: {} }]) t.strictSame(parseInterfaces6(none), []);
});

tap.test('whatever is answered, it is read', async (t) => {
  const hostile = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, -1, 1e99, 64, 'inet6', '::', '2001:db8::1', '0', true),
      tie('list'),
      tie('record'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    record: fc.dictionary(
      fc.constantFrom(
        'interface',
        'l3_device',
        'route',
        'target',
        'mask',
        'nexthop',
        'ipv6-prefix',
        'address',
        'ifname',
        'addr_info',
        'local',
        'prefixlen',
        'scope',
        'family',
        'dst',
        'from',
        'dev',
        'nexthops',
        'metrics',
      ),
      tie('value'),
    ),
  })).value;
  const property = fc.property(hostile, (json) => {
    for (const parse of [parseAddresses6, parseRoutes6, parseInterfaces6]) parse(json);
    for (const parse of [parseAddresses6, parseRoutes6]) parse([json]);
    parseInterfaces6({ interface: [json] });
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }));
});
