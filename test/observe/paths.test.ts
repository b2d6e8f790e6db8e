import tap from 'tap';
import { isOurs } from '../../lib/actuators/routes/route.js';
import type { Config, Link, NetifdInterface, Observation, Path, Wan } from '../../lib/model.js';
import { findPaths, type Memory, missingInterfaces, twinProblems } from '../../lib/observe/paths.js';
import type { Uplink } from '../../lib/uplink.js';
import { makeConfig, makeLink, makeRoute, makeWan } from '../make.js';

const configOf = (...wans: Wan[]): Config => makeConfig(wans);
const makeInterface = (name: string, l3Device: string, gateway?: string): NetifdInterface => ({
  name,
  metric: 0,
  l3Device,
  ...(gateway === undefined ? {} : { defaultRoute: gateway === 'none' ? {} : { gateway } }),
});

interface Case {
  what: string;
  wan?: Partial<Wan>;
  links?: Link[];
  routes?: string[];
  interfaces?: NetifdInterface[];
  /** netifd was asked and did not answer. */
  silent?: true;
  memory?: Memory;
  want: Partial<Path>;
}

const link = makeLink('eth1');
const fresh = makeLink('eth1', { addresses: [] });
const double = makeLink('eth1', { addresses: [...link.addresses, { address: '172.31.0.2', prefix: 16 }] });
const tunnel = makeLink('eth1', { pointToPoint: true, addresses: [{ address: '10.0.1.2', prefix: 32 }] });
const [byDevice, byName] = [{ device: 'eth1' }, { interface: 'wan' }];
const wanDown: NetifdInterface = { name: 'wan', metric: 0 };
const own = makeInterface('wan', 'eth1', '10.0.1.1');
const route = 'default via 10.0.1.1 dev eth1 metric 5';
const found = { device: 'eth1', link };
const viaKernel = { ...found, gateway: '10.0.1.1', systemMetric: 5 };
const viaNetifd = { ...found, gateway: '10.0.1.1', interface: 'wan' };
const modem = makeInterface('wwan', 'eth1');
const child: NetifdInterface = { ...makeInterface('wwan_4', 'eth1', '10.0.1.1'), dynamic: true };
const memory = { device: 'eth1', gateway: '10.0.1.9', systemMetric: 7 };

const CASES: Case[] = [
  { what: 'a device that is not there', links: [], want: { device: 'eth1' } },
  {
    what: 'a device that is not there any more',
    links: [],
    routes: [route],
    want: { device: 'eth1', gateway: '10.0.1.1', onlink: true, systemMetric: 5 },
  },
  { what: 'a device without a default', want: found },
  { what: "the kernel's default", routes: [route], want: viaKernel },
  {
    what: "the best of the kernel's defaults",
    routes: ['default via 10.0.1.3 dev eth1 metric 30', route, 'default via 10.0.2.1 dev eth2'],
    want: viaKernel,
  },
  { what: 'our own default says nothing', routes: [`${route} proto 77`], want: found },
  {
    what: 'other routes say nothing',
    routes: ['10.9.0.0/16 via 10.0.1.9 dev eth1', '0.0.0.0/1 via 10.0.1.9 dev eth1'],
    want: found,
  },
  {
    what: 'a gateway of another family',
    routes: ['default via fe80::1 dev eth1'],
    want: { ...found, gateway: 'fe80::1', systemMetric: 0 },
  },
  {
    what: 'what the system says beside the gateway',
    routes: [`${route} src 10.0.1.5 mtu 1400`],
    want: { ...viaKernel, attributes: { src: '10.0.1.5', mtu: '1400' } },
  },
  {
    what: 'and what it says beside another one',
    interfaces: [own],
    routes: ['default via 10.0.1.8 dev eth1 mtu 1400'],
    want: { ...viaNetifd, systemMetric: 0 },
  },
  { what: 'a blackhole says nothing', routes: ['default type blackhole'], want: found },
  {
    what: 'a default without a gateway',
    routes: ['default dev eth1'],
    want: { ...found, pointToPoint: true, systemMetric: 0 },
  },
  {
    what: 'a gateway outside the subnet',
    routes: ['default via 172.31.255.1 dev eth1 onlink'],
    want: { ...found, gateway: '172.31.255.1', onlink: true, systemMetric: 0 },
  },
  {
    what: 'a gateway, before there is an address',
    links: [fresh],
    routes: [route],
    want: { ...viaKernel, link: fresh, onlink: true },
  },
  {
    what: 'a gateway in the second subnet',
    links: [double],
    routes: ['default via 172.31.255.1 dev eth1'],
    want: { device: 'eth1', link: double, gateway: '172.31.255.1', systemMetric: 0 },
  },
  { what: 'a tunnel needs no default', links: [tunnel], want: { device: 'eth1', link: tunnel, pointToPoint: true } },
  {
    what: 'a tunnel needs no gateway',
    links: [tunnel],
    routes: [route],
    want: { device: 'eth1', link: tunnel, pointToPoint: true, systemMetric: 5 },
  },
  { what: 'netifd knows it', interfaces: [own], want: viaNetifd },
  {
    what: 'netifd knows the gateway better than the kernel, and the kernel the metric',
    interfaces: [own],
    routes: ['default via 10.0.1.8 dev eth1 metric 5'],
    want: { ...viaNetifd, systemMetric: 5 },
  },
  {
    what: 'several of netifd on one device',
    interfaces: [makeInterface('wan6', 'eth1'), makeInterface('lan', 'eth0', '10.0.0.1'), own],
    want: viaNetifd,
  },
  {
    what: 'one that has lost its lease, beside one of IPv6 that stays up',
    interfaces: [
      { ...makeInterface('wan6', 'eth1'), proto: 'dhcpv6', port: 'eth1' },
      { ...wanDown, port: 'eth1' },
    ],
    want: { ...found, interface: 'wan' },
  },
  {
    what: 'the one of IPv6 was taken for it before',
    interfaces: [
      { ...wanDown, port: 'eth1' },
      { ...makeInterface('wan6', 'eth1'), proto: '6rd' },
    ],
    memory: { interface: 'wan6' },
    want: { ...found, interface: 'wan' },
  },
  {
    what: 'it is the one that it was, of two that are down',
    links: [],
    interfaces: ['modem', 'wan'].map((name) => ({ name, metric: 0, port: 'eth1' })),
    memory: { interface: 'wan' },
    want: { device: 'eth1', interface: 'wan' },
  },
  {
    what: 'one whose line is another device on this port',
    interfaces: [
      { ...makeInterface('dsl', 'pppoe-dsl'), port: 'eth1' },
      { ...makeInterface('wan6', 'eth1'), proto: 'dhcpv6' },
    ],
    want: { ...found, interface: 'wan6' },
  },
  {
    what: 'none of netifd with a default, but one in the kernel',
    interfaces: [makeInterface('wan', 'eth1')],
    routes: [route],
    want: { ...viaKernel, interface: 'wan' },
  },
  {
    what: 'point-to-point, says netifd',
    interfaces: [makeInterface('wan', 'eth1', 'none')],
    want: { ...found, pointToPoint: true, interface: 'wan' },
  },
  { what: 'by name', wan: byName, interfaces: [makeInterface('lan', 'eth0'), own], want: viaNetifd },
  { what: 'by name, while it is down', wan: byName, interfaces: [wanDown], memory, want: {} },
  {
    what: 'by a name that netifd does not know',
    wan: byName,
    interfaces: [makeInterface('lan', 'eth1')],
    memory,
    want: {},
  },
  { what: 'by name, without a netifd', wan: byName, memory, want: {} },
  {
    what: 'by name, while netifd does not answer',
    wan: byName,
    silent: true,
    memory,
    routes: [route],
    want: viaKernel,
  },
  {
    what: 'by name, while netifd does not answer and the kernel has no default',
    wan: byName,
    silent: true,
    memory,
    want: { ...found, gateway: '10.0.1.9' },
  },
  {
    what: 'by name, while there is nobody to ask for the netifd of the last round',
    wan: byName,
    memory: { ...memory, interface: 'wan' },
    want: { ...found, gateway: '10.0.1.9' },
  },
  { what: 'by name, while netifd does not answer from the first', wan: byName, silent: true, want: {} },
  {
    what: 'by device, whatever it was before',
    silent: true,
    memory: { device: 'eth2', gateway: '10.0.2.9' },
    want: found,
  },
  {
    what: "by the name of a modem's, whose child has the default",
    wan: { interface: 'wwan' },
    interfaces: [modem, child],
    want: { ...viaNetifd, interface: 'wwan' },
  },
  {
    what: 'its own default before that of the child',
    wan: { interface: 'wwan' },
    interfaces: [
      { ...child, defaultRoute: { gateway: '10.0.1.7' } },
      { ...modem, defaultRoute: { gateway: '10.0.1.1' } },
    ],
    want: { ...viaNetifd, interface: 'wwan' },
  },
  { what: "by a modem's device", interfaces: [child, modem], want: { ...viaNetifd, interface: 'wwan' } },
  {
    what: 'by the name of the child, which has no section',
    wan: { interface: 'wwan_4' },
    interfaces: [modem, child],
    want: { ...viaNetifd, interface: 'wwan' },
  },
  {
    what: 'a child whose maker is not there, beside another one',
    interfaces: [{ ...child, name: 'x_4' }, makeInterface('own', 'eth1')],
    want: { ...viaNetifd, interface: 'own' },
  },
  { what: 'a child alone', interfaces: [child], want: { ...viaNetifd, interface: 'wwan_4' } },
  {
    what: 'a modem that is down',
    wan: { interface: 'wwan' },
    interfaces: [{ name: 'wwan', metric: 0 }, makeInterface('lan', 'eth0', '10.0.0.1')],
    want: {},
  },
  {
    what: 'a default in a table of its own is known all the same',
    interfaces: [{ ...own, table: 100 }],
    want: viaNetifd,
  },
  {
    what: 'the port of an interface that is down',
    wan: byName,
    links: [makeLink('eth1', { state: 'no_carrier' })],
    interfaces: [{ ...wanDown, port: 'eth1' }],
    want: { port: makeLink('eth1', { state: 'no_carrier' }) },
  },
  {
    what: 'a gateway that is the router itself is none',
    links: [link, makeLink('eth0', { addresses: [{ address: '10.0.1.1', prefix: 24 }] })],
    routes: [route],
    want: { ...found, systemMetric: 5, selfGateway: '10.0.1.1' },
  },
  {
    what: 'a gateway that is gone while netifd speaks',
    interfaces: [makeInterface('wan', 'eth1')],
    memory: { ...memory },
    want: { ...found, interface: 'wan', systemMetric: 7 },
  },
];

tap.test('a WAN with what was observed of it', async (t) => {
  for (const { what, wan: by = byDevice, links = [link], routes = [], interfaces, silent, memory, want } of CASES) {
    const wan = makeWan(by);
    const seen: Observation = {
      links,
      routes: routes.map(makeRoute),
      blind: silent ? ['ubus does not answer'] : [],
      ...(interfaces ? { interfaces } : {}),
    };
    const found = findPaths(configOf(wan), seen, isOurs, new Map(memory ? [['wan1', memory]] : []));
    // Which of them are odd shows in what is said of them.
    const paths = found.map(({ odd: _, ...path }) => path);
    t.strictSame(paths, [{ wan, pointToPoint: false, onlink: false, ...want }], what);
  }
});

tap.test('two WANs that turn out to be one', async (t) => {
  const seen: Observation = { links: [link], routes: [], blind: [], interfaces: [own] };
  const twin = makeWan({ name: 'wan2', interface: 'wan' });
  const config = configOf(makeWan(byDevice), twin, makeWan({ name: 'wan3', interface: 'lte' }));
  const paths = findPaths(config, seen, isOurs);
  const unusable = "it has the same device as interface 'wan1'";
  t.strictSame(
    paths.map(({ wan, device }) => [wan.enabled, wan.unusable, device]),
    [
      [true, undefined, 'eth1'],
      [false, unusable, 'eth1'],
      [true, undefined, undefined],
    ],
  );
  t.strictSame(twinProblems(config, paths), [{ option: "interface 'wan2'", text: `${unusable}; left out` }]);
  const known = configOf(makeWan(byDevice), { ...twin, enabled: false, unusable: 'no usable device' });
  t.strictSame(twinProblems(known, findPaths(known, seen, isOurs)), [], 'said already');
  const off = configOf(makeWan({ ...byDevice, enabled: false }), twin);
  t.strictSame(twinProblems(off, findPaths(off, seen, isOurs)), [], 'one of them is not used');
});

tap.test('lines of IPFire that take turns on a device: each has a gateway of its own, or none', async (t) => {
  const uplink: Uplink = { type: 'DHCP', device: 'eth1', block: {} };
  const config = configOf(
    makeWan({ name: 'primary', interface: 'primary', uplink }),
    makeWan({ name: 'backup', interface: 'backup', uplink }),
  );
  const interfaces = [makeInterface('primary', 'eth1', '10.0.1.1'), makeInterface('backup', 'eth1')];
  const paths = findPaths(config, { links: [link], routes: [], blind: [], interfaces }, isOurs);
  t.strictSame(
    paths.map(({ wan, gateway }) => [wan.name, wan.enabled, gateway]),
    [
      ['primary', true, '10.0.1.1'],
      ['backup', true, undefined],
    ],
  );
});

tap.test('targets that say nothing about the line', async (t) => {
  const seen: Observation = { links: [link], routes: [makeRoute(route)], blind: [] };
  const lineOf = (targets: string[], reliability = 1) => {
    const config = configOf(makeWan({ ...byDevice, targets, reliability }));
    const [{ wan, odd } = { wan: makeWan() }] = findPaths(config, seen, isOurs);
    return [wan.enabled, wan.targets, wan.reliability, odd];
  };
  t.strictSame(lineOf(['1.1.1.1', '8.8.8.8'], 2), [true, ['1.1.1.1', '8.8.8.8'], 2, undefined]);
  t.strictSame(lineOf(['10.0.1.2', '1.1.1.1'], 2), [true, ['1.1.1.1'], 1, true]);
  t.strictSame(lineOf(['10.0.1.1', '1.1.1.1']), [true, ['1.1.1.1'], 1, true]);
  t.strictSame(lineOf(['10.0.1.1']), [true, ['10.0.1.1'], 1, true]);
  t.strictSame(lineOf(['10.0.1.2']), [false, ['10.0.1.2'], 1, true]);
});

tap.test('a member of a multipath default', async (t) => {
  const texts = ['default via 10.0.2.1 dev eth2', 'default via 10.0.1.1 dev eth1'];
  const [route = makeRoute('default'), other] = texts.map(makeRoute);
  const nexthops = [...route.nexthops, ...(other?.nexthops ?? [])];
  const seen = { links: [link], routes: [{ ...route, nexthops }], blind: [] };
  const paths = findPaths(configOf(makeWan(byDevice), makeWan({ name: 'wan2', device: 'eth2' })), seen, isOurs);
  t.strictSame(
    paths.map(({ device, gateway }) => [device, gateway]),
    [
      ['eth1', '10.0.1.1'],
      ['eth2', '10.0.2.1'],
    ],
  );
});

tap.test('what netifd is asked for and does not have', async (t) => {
  const interfaces = [makeInterface('loopback', 'lo'), makeInterface('lan', 'eth0'), wanDown];
  const CASES: [string, Partial<Wan>, NetifdInterface[] | undefined, string[]][] = [
    ['it is there', byName, interfaces, []],
    ['not asked for', byDevice, undefined, []],
    ['disabled', { interface: 'wanb', enabled: false }, interfaces, []],
    ['unknown', { interface: 'wanb' }, [...interfaces, child], ["'wanb' is not known to netifd; it has: lan, wan"]],
    [
      'no netifd',
      byName,
      undefined,
      ["option interface 'wan' needs netifd, which does not answer here; use option device"],
    ],
  ];
  for (const [what, by, known, texts] of CASES) {
    const seen: Observation = { links: [], routes: [], blind: [], ...(known ? { interfaces: known } : {}) };
    const problems = missingInterfaces(configOf(makeWan(by)), seen);
    t.strictSame(
      problems,
      texts.map((text) => ({ option: "interface 'wan1'", text })),
      what,
    );
  }
  const silent: Observation = { links: [], routes: [], blind: ['ubus does not answer'] };
  t.strictSame(missingInterfaces(configOf(makeWan(byName)), silent), [], 'that it is silent is said already');
});
