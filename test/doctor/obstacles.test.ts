import tap from 'tap';
import { isOurs } from '../../lib/actuators/routes/route.js';
import { findObstacles } from '../../lib/doctor/obstacles.js';
import type { Link, NetifdInterface, Observation, Problem, Wan } from '../../lib/model.js';
import { findPaths } from '../../lib/observe/paths.js';
import { linesOf, makeConfig, makeLink, makeRoute, makeWan } from '../make.js';

const makeInterface = (more: Partial<NetifdInterface>): NetifdInterface => ({ name: 'wan', metric: 0, ...more });
/** `option: value: text -> cure`, but for the name of the section. */
const line = ({ option = '', value, text, remedy = [] }: Problem) =>
  [option.replace("interface 'wan1': ", ''), value, text]
    .filter((part) => part !== undefined && part !== "interface 'wan1'")
    .join(': ') +
  linesOf(remedy)
    .map((cure) => ` -> ${cure}`)
    .join('');

interface Case {
  what: string;
  wan?: Partial<Wan>;
  links?: Link[];
  routes?: string[];
  interfaces?: NetifdInterface[];
  want: string[];
}

const set = (option: string, value: string) =>
  `uci set mini-mwan.@interface[1].${option}=${value}; uci commit mini-mwan`;
const below =
  "eth1 is the port below pppoe-wan, the device of netifd's interface wan; use option interface 'wan'" +
  ` -> uci delete mini-mwan.@interface[1].device; ${set('interface', 'wan')}`;
const lan = (address: string, prefix = 24) => makeLink('br-lan', { addresses: [{ address, prefix }] });
const owner = makeInterface({ name: 'lan', proto: 'static', l3Device: 'br-lan' });
const via = (gateway: string) => [`default via ${gateway} dev eth1`];
const itself = (gateway: string, device = 'br-lan') =>
  `its gateway ${gateway} is an address of the router itself (${device})`;
const move = (address: string) =>
  ` -> give br-lan another subnet, where the router is then to be found at ${address}:` +
  ` -> uci set network.lan.ipaddr=${address}/24; uci commit network; ubus call network reload`;
const words = ' -> give br-lan, or what is behind eth1, another subnet';
const own = (target: string, device: string) =>
  `ping_target: ${target}: an address of the router itself (${device}), which always answers; left out`;
const end = (target: string, consequence: string) =>
  `ping_target: ${target}: the other end of the line, which answers without an Internet behind it; ${consequence}`;

const CASES: Case[] = [
  { what: 'all well', routes: via('10.0.1.1'), want: [] },
  {
    what: 'a name as ip prints it',
    wan: { device: 'wan@eth0' },
    links: [makeLink('wan')],
    want: [
      "there is no device wan@eth0; 'ip link' shows so what is called wan: option device 'wan'" +
        ` -> ${set('device', 'wan')}`,
    ],
  },
  { what: 'a name that nobody has', wan: { device: 'wan@eth0' }, links: [makeLink('eth0')], want: [] },
  { what: 'a device that is not there', links: [], want: [] },
  {
    what: 'the port of PPPoE',
    interfaces: [
      makeInterface({ name: 'lan', port: 'eth0', l3Device: 'eth0' }),
      makeInterface({ port: 'eth1', l3Device: 'pppoe-wan' }),
    ],
    want: [below],
  },
  {
    what: 'the port of PPPoE that is not up',
    interfaces: [makeInterface({ port: 'eth1', proto: 'pppoe' })],
    want: [below],
  },
  { what: 'DHCP that is not up', interfaces: [makeInterface({ port: 'eth1', proto: 'dhcp' })], want: [] },
  { what: 'netifd has it, too', interfaces: [makeInterface({ port: 'eth1', l3Device: 'eth1' })], want: [] },
  {
    what: 'the port of what a protocol made',
    interfaces: [makeInterface({ port: 'eth1', l3Device: 'x', dynamic: true })],
    want: [],
  },
  {
    what: 'a port of PPPoE that has a gateway of its own',
    wan: { targets: ['10.0.1.1'] },
    routes: via('10.0.1.1'),
    interfaces: [makeInterface({ port: 'eth1', l3Device: 'pppoe-wan' })],
    want: [end('10.0.1.1', 'add one beyond it, as 1.1.1.1')],
  },
  {
    what: 'a port of a bridge',
    links: [makeLink('eth1', { master: 'br-wan' })],
    want: [`eth1 is a port of br-wan; use option device 'br-wan' -> ${set('device', 'br-wan')}`],
  },
  {
    what: 'the LAN has the address of its gateway',
    links: [makeLink('eth1'), lan('192.168.1.1')],
    routes: via('192.168.1.1'),
    interfaces: [owner],
    want: [itself('192.168.1.1') + move('192.168.2.1')],
  },
  {
    what: 'and others have the next subnets',
    links: [makeLink('eth1'), lan('10.0.254.1'), makeLink('eth255')],
    routes: via('10.0.254.1'),
    interfaces: [owner],
    want: [itself('10.0.254.1') + move('10.0.0.1')],
  },
  {
    what: 'a LAN that is larger',
    links: [makeLink('eth1'), lan('172.16.1.1', 16)],
    routes: via('172.16.1.1'),
    interfaces: [owner],
    want: [itself('172.16.1.1') + words],
  },
  {
    what: 'a LAN that has its address from elsewhere',
    links: [makeLink('eth1'), lan('192.168.1.1')],
    routes: via('192.168.1.1'),
    interfaces: [{ ...owner, proto: 'dhcp' }],
    want: [itself('192.168.1.1') + words],
  },
  {
    what: 'without a netifd',
    links: [makeLink('eth1'), lan('192.168.1.1')],
    routes: via('192.168.1.1'),
    want: [itself('192.168.1.1') + words],
  },
  {
    what: 'it is its own gateway',
    routes: via('10.0.1.2'),
    want: [`${itself('10.0.1.2', 'eth1')} -> eth1 needs the address of the provider's router as its gateway`],
  },
  {
    what: 'targets that cannot fail',
    wan: { targets: ['10.0.1.2', '192.168.1.1', '10.0.1.1', '1.1.1.1'] },
    links: [makeLink('eth1'), lan('192.168.1.1')],
    routes: via('10.0.1.1'),
    want: [own('10.0.1.2', 'eth1'), own('192.168.1.1', 'br-lan'), end('10.0.1.1', 'left out')],
  },
  { what: 'nothing of one that is not enabled', wan: { targets: ['10.0.1.2'], enabled: false }, want: [] },
];

tap.test('what is wrong with a WAN, and what cures it', async (t) => {
  for (const { what, wan, links = [makeLink('eth1')], routes = [], interfaces, want } of CASES) {
    const config = makeConfig([makeWan({ name: 'first', device: 'eth9' }), makeWan({ device: 'eth1', ...wan })]);
    const seen: Observation = {
      links,
      routes: routes.map(makeRoute),
      blind: [],
      ...(interfaces ? { interfaces } : {}),
    };
    t.strictSame(findObstacles(config, seen, findPaths(config, seen, isOurs)).map(line), want, what);
  }
});
