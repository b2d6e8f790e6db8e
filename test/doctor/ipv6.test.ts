import tap from 'tap';
import { examineSix, type Sight6 } from '../../lib/doctor/ipv6.js';
import type { Address6, Interface6, NetifdInterface, Path, Route, Six } from '../../lib/model.js';
import { linesOf, makeLink, makePath, makeRoute } from '../make.js';

const LAN: Address6 = { device: 'br-lan', address: '2001:db8:100:1::1', length: 64 };
const WELL: Sight6 = { forwarding: 1, acceptRa: new Map([['eth1', 0]]), ruleset: '' };

function six(i: number, more: Partial<Path> = {}): Path {
  const wan = { name: `wan${i}/ipv6`, family: 6 as const };
  return makePath(
    i,
    10,
    { gateway: 'fe80::1', prefixes: [{ address: `2001:db8:${i}00::`, length: 56 }], ...more },
    wan,
  );
}
const netifd = (name: string, device: string, proto = 'dhcpv6'): NetifdInterface => ({
  ...{ name, proto, metric: 0 },
  l3Device: device,
});

interface Case {
  paths?: Path[];
  routes?: Route[];
  addresses?: Address6[];
  interfaces?: NetifdInterface[];
  sight?: Partial<Sight6>;
  six?: false;
}

function examine({ paths = [six(1)], routes = [], addresses = [LAN], interfaces, sight = {}, six: has }: Case) {
  const links = ['eth1', 'eth2', 'br-lan', 'lo'].map((device) => makeLink(device));
  const found: Six = { addresses, routes, rules: [], interfaces: [] as Interface6[], translation: {} };
  const seen = {
    ...{ links, routes: [], blind: [] },
    ...(interfaces ? { interfaces } : {}),
    ...(has === false ? {} : { six: found }),
  };
  const problems = examineSix({ seen, paths: [makePath(1, 10), makePath(2, 20), ...paths] }, { ...WELL, ...sight });
  return problems.map((problem) => [`${problem.option ?? ''}: ${problem.text}`, ...linesOf(problem.remedy)].join('\n'));
}

const noGateway = { gateway: undefined } as unknown as Partial<Path>;
const nowhere = () => {
  const { device: _, link: __, ...path } = six(1);
  return { ...path, wan: { ...path.wan, interface: 'wan6' } };
};
const advertised = makeRoute('default via fe80::1 dev eth1 metric 1024 proto 9');

tap.test('what keeps IPv6 from failing over', async (t) => {
  const CASES: [what: string, given: Case, said: RegExp[]][] = [
    ['all is well', {}, []],
    ['nobody asks', { paths: [] }, []],
    ['it cannot be seen', { six: false, sight: { forwarding: 0 } }, []],
    ['no forwarding', { sight: { forwarding: 0 } }, [/forwards no IPv6.*\nsysctl -w .*forwarding=1/]],
    ['nobody can say', { sight: { forwarding: undefined as unknown as number } }, []],
    ['no such interface', { paths: [nowhere()], interfaces: [] }, [/no netifd interface 'wan6'\n.*option interface6/]],
    [
      'it has no device',
      { paths: [nowhere()], interfaces: [{ name: 'wan6', metric: 0 }] },
      [/wan1\/ipv6': netifd has no device for 'wan6'.*\nifstatus wan6/],
    ],
    [
      'the link is down: that is said of IPv4',
      { paths: [six(1, { ...noGateway, link: makeLink('eth1', { state: 'down' }) })] },
      [],
    ],
    [
      'no default',
      { paths: [six(1, noGateway)], sight: { acceptRa: new Map() } },
      [/eth1 has no IPv6 gateway.*\nip -6 route show default dev eth1/],
    ],
    ['of netifd', { paths: [six(1, { ...noGateway, interface: 'wan6' })] }, [/no IPv6 gateway.*\nifstatus wan6/]],
    ['point-to-point', { paths: [six(1, { ...noGateway, pointToPoint: true })] }, []],
    [
      'no advertisement is heard',
      { paths: [six(1, noGateway)] },
      [/eth1 has accept_ra 0:.*\nsysctl -w net.ipv6.conf.eth1.accept_ra=2/],
    ],
    ['nor will be', { routes: [advertised], sight: { acceptRa: new Map([['eth1', 1]]) } }, [/accept_ra 1/]],
    ['it is', { routes: [advertised], sight: { acceptRa: new Map([['eth1', 2]]) } }, []],
    ['a host hears it', { routes: [advertised], sight: { forwarding: 0 } }, [/forwards no IPv6/]],
    ['netifd hears it by itself', { paths: [six(1, { interface: 'wan6' })], routes: [advertised] }, []],
    ['no prefix', { paths: [six(1, { prefixes: [] })] }, [/no prefix is delegated.*\nif there is one: ip -6 route/]],
    [
      'none for netifd',
      { paths: [six(1, { prefixes: [], interface: 'wan6' })], interfaces: [netifd('wan6', 'eth1')] },
      [/no prefix.*\n.*\nuci set network.wan6.reqprefix=auto;/],
    ],
  ];
  for (const [what, given, said] of CASES) {
    const found = examine(given);
    t.equal(found.length, said.length, `${what}: ${found.join(' | ')}`);
    t.match(found, said, what);
  }
});

tap.test('defaults for all sources', async (t) => {
  const both = [six(1), six(2)];
  const of = (i: number) => makeRoute(`default via fe80::${i} dev eth${i} metric 512`);
  t.strictSame(examine({ paths: both, routes: [of(1)] }), []);
  const sourced = { ...of(2), from: '2001:db8:200::/56' };
  t.strictSame(examine({ paths: both, routes: [of(1), sourced] }), []);
  const ours = makeRoute('default via fe80::2 dev eth2 metric 10 proto 77');
  t.strictSame(examine({ paths: both, routes: [of(1), ours] }), []);
  t.match(examine({ paths: both, routes: [of(1), of(2)] }), [
    /of 'wan1\/ipv6', 'wan2\/ipv6' are for all.*\ngive each the prefix/,
  ]);
  const owned = [six(1, { interface: 'wan6' }), six(2, { interface: 'wanb6' })];
  const interfaces = [netifd('wan6', 'eth1'), netifd('wanb6', 'eth2')];
  t.match(examine({ paths: owned, routes: [of(1), of(2)], interfaces }), [
    /\n.*\nuci delete network.wan6.sourcefilter; uci delete network.wanb6.sourcefilter;/,
  ]);
});

tap.test('networks of hosts', async (t) => {
  const ula = { device: 'br-lan', address: 'fd00::1', length: 64 };
  t.strictSame(examine({ addresses: [ula] }), []);
  t.match(examine({ addresses: [] }), [/br-lan has no IPv6 address.*\nip -6 addr add/]);
  const interfaces = [netifd('lan', 'br-lan', 'static')];
  t.match(examine({ addresses: [], interfaces }), [/br-lan.*\nuci set network.lan.ip6assign=60.*\n.*ula_prefix/]);
  t.notMatch(examine({ addresses: [{ ...ula, device: 'eth1' }], interfaces })[0], /ula_prefix/);

  const dhcp = (ra: string) => `config dhcp 'lan'\n\toption interface 'lan'\n${ra}`;
  const CASES: [text: string, said: RegExp[]][] = [
    [dhcp("\toption ra 'server'\n"), []],
    [dhcp("\toption ra 'disabled'\n"), [/advertisements are off on br-lan.*\nuci set dhcp.lan.ra=server;/]],
    [dhcp(''), [/advertisements are off/]],
    ["config dhcp 'guest'\n\toption interface 'guest'\n", []],
    ["config dhcp 'lan", []],
  ];
  for (const [text, said] of CASES) {
    const found = examine({ interfaces, sight: { dhcp: text } });
    t.equal(found.length, said.length, text);
    t.match(found, said, text);
  }
  t.strictSame(examine({ sight: { dhcp: dhcp('') } }), [], 'without netifd, it is not odhcpd who announces');
});

tap.test('what others have nft do is looked at, too', async (t) => {
  const ruleset = 'table ip6 nat {\n\tchain post {\n\t\toifname "eth1" masquerade\n\t}\n}\n';
  t.match(examine({ sight: { ruleset } }), [/translates IPv6 sources already/]);
});

tap.test('whoever announces must tell hosts of what is deprecated', async (t) => {
  const told = [six(1)].map((path) => ({ ...path, wan: { ...path.wan, deprecate: 600 } }));
  t.match(examine({ paths: told, sight: { radvd: '' } }), [/radvd .* does not tell hosts.*\ndnsmasq does/]);
  t.strictSame(examine({ sight: { radvd: '' } }), [], 'unless nobody is to be told');
  t.strictSame(examine({ paths: told }), []);
});
