import tap from 'tap';
import { routeWords } from '../../lib/actuators/routes/words.js';
import { examine, examineProbing, examineStrangers } from '../../lib/doctor/examine.js';
import type { Config, NetifdInterface, Path, Problem } from '../../lib/model.js';
import { linesOf, makeConfig, makeLink, makePath, makeRoute } from '../make.js';

/** A problem in one line, as `who: what -> remedy`. */
const line = ({ option, text, remedy }: Problem) =>
  `${option === undefined ? '' : `${option}: `}${text}${remedy === undefined ? '' : ` -> ${linesOf(remedy).join('; ')}`}`;

const configOf = (paths: Path[], more: Partial<Config> = {}): Config =>
  makeConfig(
    paths.map(({ wan }) => wan),
    more,
  );

const makeInterface = (name: string, more: Partial<NetifdInterface> = {}): NetifdInterface => ({
  name,
  metric: 1001,
  ...more,
});

const ofNetifd = (name: string, i: number, metric: number): NetifdInterface =>
  makeInterface(name, { metric, l3Device: `eth${i}`, defaultRoute: { gateway: `10.0.${i}.1` } });

interface Case {
  what: string;
  paths?: Path[];
  config?: Partial<Config>;
  routes?: string[];
  interfaces?: NetifdInterface[];
  blind?: string[];
  said?: Problem[];
  want: string[];
}

const [one, two] = [makePath(1, 10), makePath(2, 20)];
const system = ['default via 10.0.1.1 dev eth1 metric 1001', 'default via 10.0.2.1 dev eth2 metric 1002'];
const off = (i: number) => makePath(i, 10 * i, {}, { enabled: false });
const { device: _device, link: _link, gateway: _gateway, ...nowhere } = makePath(2, 20);
const byName: Path = { ...nowhere, wan: { ...nowhere.wan, interface: 'wanb' } };
const { gateway: __gateway, ...bare } = two;
const { link: __link, ...gone } = two;
const withOwner = (path: Path, name: string): Path => ({ ...path, interface: name });
const noMetric = (device: string) =>
  `the default route of ${device} has no metric, so nothing outranks it; two more specific halves are used`;
const setMetric = (name: string, metric: number) =>
  `uci set network.${name}.metric=${metric}; uci commit network; ubus call network reload`;

const CASES: Case[] = [
  { what: 'all well', want: [] },
  {
    what: 'disabled',
    config: { enabled: false },
    paths: [off(1), off(2)],
    want: [
      "disabled; option enabled '1' in section settings turns it on" +
        ' -> uci set mini-mwan.settings.enabled=1; uci commit mini-mwan',
    ],
  },
  { what: 'no WAN at all', paths: [], want: ['no WAN is left that can be used'] },
  { what: 'none that is enabled', paths: [off(1), off(2)], want: ['no WAN is left that can be used'] },
  {
    what: 'a single one',
    paths: [one, off(2)],
    want: ['fewer than two WANs: there is nothing to fail over to'],
  },
  {
    what: 'equal metrics',
    paths: [one, makePath(2, 10), makePath(3, 10)],
    want: [
      "interface 'wan2': metric 10 is that of 'wan1' already, which goes first" +
        ' -> uci set mini-mwan.@interface[1].metric=20; uci commit mini-mwan',
      "interface 'wan3': metric 10 is that of 'wan1' already, which goes first" +
        ' -> uci set mini-mwan.@interface[2].metric=30; uci commit mini-mwan',
    ],
  },
  {
    what: 'equal metrics at the end of the range',
    paths: [makePath(1, 898), makePath(2, 898)],
    want: [
      "interface 'wan2': metric 898 is that of 'wan1' already, which goes first" +
        ' -> uci set mini-mwan.@interface[1].metric=899; uci commit mini-mwan',
    ],
  },
  { what: 'the metric of one that is disabled', paths: [off(1), makePath(2, 10), makePath(3, 30)], want: [] },
  { what: 'what could not be seen', blind: ['ubus: not found'], want: ['ubus: not found'] },
  {
    what: 'no device, for a netifd interface that is there',
    paths: [one, byName],
    interfaces: [makeInterface('wanb')],
    want: ["interface 'wan2': netifd has no device for it at the moment -> ifstatus wanb"],
  },
  { what: 'no device, for one that netifd does not know', paths: [one, byName], interfaces: [], want: [] },
  { what: 'no device, for want of a netifd', paths: [one, byName], want: [] },
  {
    what: 'a device that is not there',
    paths: [one, gone],
    want: ["interface 'wan2': there is no device eth2 at the moment -> ip link show"],
  },
  {
    what: 'a device that is down',
    paths: [one, { ...two, link: makeLink('eth2', { state: 'down' }) }],
    want: ["interface 'wan2': eth2 is down -> ip link show dev eth2"],
  },
  {
    what: 'a device without carrier',
    paths: [one, { ...two, link: makeLink('eth2', { state: 'no_carrier' }) }],
    want: ["interface 'wan2': eth2 has no carrier -> ip link show dev eth2"],
  },
  {
    what: 'no gateway',
    paths: [one, bare],
    want: [
      "interface 'wan2': eth2 has no gateway: no default route leads through it -> ip route show default dev eth2",
    ],
  },
  { what: 'no gateway on point-to-point', paths: [one, { ...bare, pointToPoint: true }], want: [] },
  { what: 'nothing of what is disabled', paths: [one, two, { ...off(3), pointToPoint: false }], want: [] },
  {
    what: 'a default without a metric',
    routes: ['default via 10.0.1.1 dev eth1', system[1] as string],
    want: [
      `interface 'wan1': ${noMetric('eth1')} -> give the default route of eth1 a metric above 899 where it is configured`,
    ],
  },
  {
    what: 'a default without a metric, of netifd',
    paths: [withOwner(one, 'wan'), two],
    routes: ['default via 10.0.1.1 dev eth1', system[1] as string],
    interfaces: [
      makeInterface('wan6', { l3Device: 'eth1', metric: 0 }),
      makeInterface('wan', { l3Device: 'eth1', metric: 0, defaultRoute: { gateway: '10.0.1.1' } }),
    ],
    want: [`interface 'wan1': ${noMetric('eth1')} -> ${setMetric('wan', 1010)}`],
  },
  {
    what: 'a default without a metric that another has clobbered',
    paths: [withOwner(one, 'w1'), withOwner(two, 'w2')],
    routes: ['default via 10.0.2.1 dev eth2'],
    interfaces: [1, 2].map((i) =>
      makeInterface(`w${i}`, { l3Device: `eth${i}`, metric: 0, defaultRoute: { gateway: `10.0.${i}.1` } }),
    ),
    want: [
      `interface 'wan1': ${noMetric('eth1')} -> ${setMetric('w1', 1010)}`,
      `interface 'wan2': ${noMetric('eth2')} -> ${setMetric('w2', 1020)}`,
    ],
  },
  {
    what: 'a default without a metric of somebody else',
    routes: [...system, 'default via 10.8.0.1 dev vpn0'],
    want: [],
  },
  {
    what: 'a default without a metric that the child of an interface has',
    paths: [withOwner(one, 'lte'), two],
    interfaces: [makeInterface('lte', { metric: 0, l3Device: 'eth1' }), { ...ofNetifd('lte_4', 1, 0), dynamic: true }],
    want: [`interface 'wan1': ${noMetric('eth1')} -> ${setMetric('lte', 1010)}`],
  },
  {
    what: 'equal metrics of netifd',
    paths: [withOwner(one, 'w1'), withOwner(two, 'w2'), withOwner(makePath(3, 30), 'w3')],
    interfaces: [ofNetifd('w1', 1, 5), ofNetifd('w2', 2, 5), ofNetifd('w3', 3, 6)],
    want: [
      "netifd has metric 5 for the defaults of 'wan1', 'wan2', and keeps only one of them" +
        ' -> uci set network.w1.metric=1010; uci set network.w2.metric=1020; uci commit network; ubus call network reload',
    ],
  },
  {
    what: 'equal metrics of netifd, of which one has no default',
    paths: [withOwner(one, 'w1'), withOwner(two, 'w2')],
    interfaces: [ofNetifd('w1', 1, 5), makeInterface('w2', { metric: 5, l3Device: 'eth2' })],
    want: [],
  },
  {
    what: 'a default of netifd in a table of its own',
    paths: [withOwner(one, 'w1'), two],
    interfaces: [{ ...ofNetifd('w1', 1, 0), table: 100 }],
    want: [
      "interface 'wan1': netifd has the default of eth1 in table 100, and none in table main: without mini-mwan, the " +
        'traffic does not go there -> if nothing needs that table:; ' +
        'uci delete network.w1.ip4table; uci commit network; ubus call network reload',
    ],
  },
  {
    what: 'what stands in the way is said once',
    paths: [one, gone],
    said: [{ option: "interface 'wan2'", text: 'why' }],
    want: [],
  },
  {
    what: 'what is said of a target is another matter',
    paths: [one, gone],
    said: [{ option: "interface 'wan2': ping_target", text: 'why' }],
    want: ["interface 'wan2': there is no device eth2 at the moment -> ip link show"],
  },
  {
    what: 'why netifd has no device for it',
    paths: [one, { ...byName, port: makeLink('eth2', { state: 'no_carrier' }) }],
    interfaces: [makeInterface('wanb')],
    want: ["interface 'wan2': netifd has no device for it at the moment: eth2 has no carrier -> ifstatus wanb"],
  },
  {
    what: 'no gateway, on the port of an interface',
    paths: [one, bare],
    interfaces: [makeInterface('wanb', { port: 'eth2' })],
    want: ["interface 'wan2': eth2 has no gateway: no default route leads through it -> ifstatus wanb"],
  },
  {
    what: 'no gateway, of netifd',
    paths: [one, withOwner(bare, 'wanb')],
    want: ["interface 'wan2': eth2 has no gateway: no default route leads through it -> ifstatus wanb"],
  },
  { what: 'another route without a metric', routes: [...system, '10.0.0.0/8 via 10.0.1.1 dev eth1'], want: [] },
];

tap.test('what is wrong, and what to do', async (t) => {
  for (const { what, paths = [one, two], config, routes = system, interfaces, blind = [], said, want } of CASES) {
    const seen = { routes: routes.map(makeRoute), blind, ...(interfaces ? { interfaces } : {}) };
    t.strictSame(examine(configOf(paths, config), { seen, paths }, said).map(line), want, what);
  }
});

tap.test('a multipath default without a metric', async (t) => {
  const [route = makeRoute('default'), other] = ['default dev vpn0', 'default via 10.0.1.1 dev eth1'].map(makeRoute);
  const routes = [{ ...route, nexthops: [...route.nexthops, ...(other?.nexthops ?? [])] }];
  const problems = examine(configOf([one, two]), { seen: { routes, blind: [] }, paths: [one, two] });
  t.match(problems, [{ option: "interface 'wan1'", text: noMetric('eth1') }]);
});

tap.test('only having no WAN at all is fatal', async (t) => {
  const isFatal = (paths: Path[], enabled = true) =>
    examine(configOf(paths, { enabled }), { seen: { routes: [], blind: ['x'] }, paths }).some(({ fatal }) => fatal);
  t.ok(isFatal([off(1)]));
  t.notOk(isFatal([off(1)], false));
  t.notOk(isFatal([one]));
  t.notOk(isFatal([one, makePath(2, 10), gone, bare]));
});

tap.test('defaults that are not ours and come first', async (t) => {
  const routes = [
    'default via 10.8.0.1 dev vpn0',
    '0.0.0.0/1 dev tun0 metric 5',
    'default type blackhole metric 5',
  ].map(makeRoute);
  t.strictSame(examineStrangers(routes, routeWords).map(line), [
    'a default route of vpn0 is not ours and outranks every WAN: nothing fails over' +
      ' -> if it is not meant to: ip route del default via 10.8.0.1 dev vpn0',
    'a 0.0.0.0/1 route of tun0 is not ours and outranks every WAN: nothing fails over' +
      ' -> if it is not meant to: ip route del 0.0.0.0/1 dev tun0 metric 5',
    'a default route of type blackhole is not ours and outranks every WAN: nothing fails over' +
      ' -> if it is not meant to: ip route del blackhole default metric 5',
  ]);
  t.match(
    examineStrangers(routes.slice(0, 1), routeWords, () => ['ask its maker']),
    [{ remedy: ['ask its maker'] }],
  );
});

tap.test('rp_filter: the higher one of all and the device is in force', async (t) => {
  const CASES: [string, Record<string, number>, string[]][] = [
    ['nothing known', {}, []],
    ['off', { all: 0, eth1: 0 }, []],
    ['strict', { all: 0, eth1: 1 }, ['eth1']],
    ['strict for all', { all: 1, eth1: 0, eth2: 0 }, ['eth1', 'eth2']],
    ['strict for all, before the device is there', { all: 1 }, ['eth1', 'eth2']],
    ['loose', { all: 1, eth1: 2, eth2: 2 }, []],
    ['loose for all', { all: 2, eth1: 1 }, []],
    ['strict for somebody else', { all: 0, eth9: 1 }, []],
  ];
  for (const [what, filters, devices] of CASES) {
    t.strictSame(
      examineProbing(['eth1', 'eth2'], new Map(Object.entries(filters))).map(line),
      devices.map(
        (device) =>
          `rp_filter of ${device} is 1: while another WAN is the better one, the answers to its probes are dropped` +
          ` -> sysctl -w net.ipv4.conf.${device}.rp_filter=2`,
      ),
      what,
    );
  }
  const [{ remedy } = { remedy: [] }] = examineProbing(['eth0.2'], new Map([['eth0.2', 1]]));
  t.strictSame(remedy, ['sysctl -w net.ipv4.conf.eth0/2.rp_filter=2']);
});
