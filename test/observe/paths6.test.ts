import tap from 'tap';
import { isOurs } from '../../lib/actuators/routes/route.js';
import type { Interface6, Observation, Path, Route, Six, Wan } from '../../lib/model.js';
import type { Memory } from '../../lib/observe/paths.js';
import { findPaths6 } from '../../lib/observe/paths6.js';
import { makeConfig, makeLink, makePath, makeRoute, makeWan } from '../make.js';

const wan = (more: Partial<Wan> = {}) => makeWan({ name: 'wan1/ipv6', family: 6, device: 'eth1', ...more });
const { device: _, ...BARE } = wan();
/** One that is known by netifd's name. */
const named = (name: string, i = 1): Wan => ({ ...BARE, name: `wan${i}/ipv6`, interface: name });
const route = (text: string, from?: string): Route => ({ ...makeRoute(text), ...(from === undefined ? {} : { from }) });

function find(
  wans: Wan[],
  six: Partial<Six> = {},
  more: Partial<Observation> = {},
  four: Path[] = [],
  memory: Memory = {},
) {
  const whole: Six = { addresses: [], routes: [], rules: [], translation: {}, ...six };
  const seen = { links: [makeLink('eth1'), makeLink('eth2')], routes: [], blind: [], six: whole, ...more };
  return findPaths6(makeConfig(wans), seen, four, isOurs, new Map([['wan1/ipv6', memory]]));
}
const one = (...args: Parameters<typeof find>) => find(...args)[0] as Path;

const P100 = { address: '2001:db8:100::', length: 56 };
const wan6: Interface6 = { name: 'wan6', device: 'eth1', gateway: 'fe80::1', prefixes: [P100] };

tap.test('its device, by whoever knows it', async (t) => {
  const four = [makePath(1, 10, {}, { name: 'wan1' })];
  const byName = [{ ...makePath(1, 10), wan: { ...BARE, interface: 'wan' } }];
  t.equal(one([wan()]).device, 'eth1', 'the configuration');
  t.equal(one([named('wan6')], { interfaces: [wan6] }).device, 'eth1', 'netifd, for wan6');
  t.equal(one([named('wan')], {}, {}, byName).device, 'eth1', 'the path of IPv4');
  t.equal(one([named('wan6')], {}, {}, four).device, undefined, 'nobody');
  const memory = { device: 'eth1', gateway: 'fe80::9' };
  t.equal(one([named('wan6')], {}, {}, [], memory).device, undefined, 'not the past, while netifd answers');
  t.match(
    one([named('wan6')], {}, { blind: ['silent'] }, [], memory),
    { device: 'eth1', gateway: 'fe80::9' },
    'the past',
  );
});

tap.test('its interface is never that of IPv4, which scripts would take for dead', async (t) => {
  const four = [{ ...makePath(1, 10), wan: { ...BARE, interface: 'wan' }, interface: 'wan' }];
  const wan4 = { name: 'wan', device: 'eth1', prefixes: [] };
  const both = one([named('wan')], { interfaces: [wan4, { ...wan6, name: 'wan_6' }] }, {}, four);
  t.match(both, { interface: 'wan_6', gateway: 'fe80::1' });
  const alone = one([named('wan')], { interfaces: [{ ...wan6, name: 'wan' }] }, {}, four);
  t.strictSame([alone.interface, alone.gateway], [undefined, 'fe80::1']);
});

tap.test('its gateway', async (t) => {
  const kernel = [route('default via fe80::2 dev eth1 metric 512', '2001:db8:100::/56')];
  t.equal(one([wan()], { interfaces: [wan6], routes: kernel }).gateway, 'fe80::1', 'netifd first');
  t.equal(one([wan()], { routes: kernel }).gateway, 'fe80::2', 'then the kernel');
  t.equal(
    one([wan()], { routes: [route('default via fe80::3 dev eth1 proto 77 metric 1')] }).gateway,
    undefined,
    'never ours',
  );
  t.equal(one([wan()], { routes: [route('default via fe80::3 dev eth2')] }).gateway, undefined, 'nor that of another');
  t.equal(one([wan()], { routes: [route('::/1 via fe80::3 dev eth1')] }).gateway, undefined, 'nor of a part');
  const two = [{ name: 'wan', device: 'eth1', prefixes: [] }, wan6];
  t.match(
    one([wan()], { interfaces: two }),
    { interface: 'wan6', gateway: 'fe80::1' },
    'of wan and wan6, the one that has it',
  );
});

tap.test('point-to-point', async (t) => {
  const links = [makeLink('eth1', { pointToPoint: true })];
  const addresses = [{ device: 'eth1', address: '2001:db8:1::2', length: 64 }];
  t.equal(one([wan()], { routes: [route('default dev eth1')] }).pointToPoint, true, 'a default without a gateway');
  t.equal(one([wan()], { addresses }, { links }).pointToPoint, true, 'a tunnel with an address');
  t.equal(one([wan()], {}, { links }).pointToPoint, false, 'one without: IPv6 is not up');
  const { six: _six, ...unseen } = { links, routes: [], blind: [], six: undefined, blind6: 'IPv6 cannot be seen' };
  t.match(
    findPaths6(makeConfig([wan()]), unseen, [], isOurs, new Map()),
    [{ pointToPoint: true }],
    'not seen: as before',
  );
  t.equal(one([wan()], { addresses }).pointToPoint, false, 'no tunnel');
  t.equal(one([wan()], { addresses, interfaces: [wan6] }, { links }).pointToPoint, false, 'PPPoE with a gateway');
});

tap.test('what it has delegated', async (t) => {
  const own = [{ device: 'eth1', address: '2001:db8:100:ff::2', length: 64 }];
  const from = (...sources: string[]) => sources.map((source) => route('default via fe80::1 dev eth1', source));
  const texts = (six: Partial<Six>) => one([wan()], six).prefixes?.map(({ address, length }) => `${address}/${length}`);
  const CASES: [what: string, six: Partial<Six>, is: string[]][] = [
    ['nothing', {}, []],
    ['what netifd says', { interfaces: [wan6], routes: from('2001:db8:200::/56') }, ['2001:db8:100::/56']],
    [
      'what defaults are for',
      { routes: from('2001:db8:100::/56', '2001:db8:200::/48') },
      ['2001:db8:200::/48', '2001:db8:100::/56'],
    ],
    [
      'but its own network',
      { addresses: own, routes: from('2001:db8:100:ff::/64', '2001:db8:100::/56') },
      ['2001:db8:100::/56'],
    ],
    ['nor its own address', { routes: from('2001:db8:100:ff::2', '2001:db8:100::/60') }, ['2001:db8:100::/60']],
    ['a /64 that is not its own', { addresses: own, routes: from('2001:db8:100:aa::/64') }, ['2001:db8:100:aa::/64']],
    ['each once', { interfaces: [wan6, { ...wan6, name: 'wan6b' }] }, ['2001:db8:100::/56']],
  ];
  for (const [what, six, is] of CASES) t.strictSame(texts(six), is, what);
});

tap.test('what it has delegated, and hosts still have', async (t) => {
  const memory = { device: 'eth1', delegated: ['2001:db8:100::/56', '2001:db8:1a0::/56', 'nonsense'] };
  const lan = [{ device: 'br-lan', address: '2001:db8:100:1::1', length: 64 }];
  const held = { prefixes: [], left: [P100], delegated: ['2001:db8:100::/56'] };
  const { left: _, delegated: __, ...path } = one([wan()], { addresses: lan }, {}, [], memory);
  t.strictSame(one([wan()], { addresses: lan }, {}, [], memory), { ...path, ...held }, 'the line delegates nothing');
  const gone = one([named('wan6')], { addresses: lan, interfaces: [] }, {}, [], memory);
  t.strictSame(gone, { wan: named('wan6'), pointToPoint: false, onlink: false, ...held }, 'its interface has gone');
  t.match(one([wan()], {}, {}, [], memory), { left: undefined, delegated: undefined }, 'nobody has it any more');
  const other = { interfaces: [{ ...wan6, prefixes: [{ address: '2001:db8:300::', length: 56 }] }], addresses: lan };
  t.match(one([wan()], other, {}, [], memory), { left: undefined, delegated: ['2001:db8:300::/56'] }, 'another one');
  const { six: _six, ...unseen } = { links: [], routes: [], blind: ['IPv6 cannot be seen'], six: undefined };
  const after = findPaths6(makeConfig([wan()]), unseen, [], isOurs, new Map([['wan1/ipv6', memory]]))[0];
  t.match(after, { prefixes: [], left: undefined, delegated: memory.delegated }, 'nothing was seen');
  t.match(one([wan()], { addresses: lan }, {}, [], after), held, 'and it is there in the next round');
});

tap.test('what the state says may be anything', async (t) => {
  const left = (...delegated: string[]) => {
    const addresses = [...delegated, '::/0'].map((text) => ({
      device: 'br-lan',
      address: text.replace(/:?:\/.*/, '::1'),
      length: 64,
    }));
    return one([wan()], { addresses }, {}, [], { delegated }).delegated;
  };
  for (const text of ['::/0', '2000::/3', '2000::/15', 'fd00:1::/56', 'fe80::/64', 'ff02::/16', '64:ff9b::/64'])
    t.equal(left(text), undefined, text);
  t.equal(left('2001:db8:100::/65'), undefined, 'less than a network');
  for (const text of ['2001::/16', '2001:db8:100:1::/64', '3fff::/20']) t.strictSame(left(text), [text]);
  t.strictSame(
    left('2001:db8:1::/64', '2001:db8::/56', '2001:0db8::/56'),
    ['2001:db8::/56', '2001:db8:1::/64'],
    'once',
  );
});

tap.test('by which address a line knows the router that has none of its own there', async (t) => {
  const lan = [{ device: 'eth0', address: '2001:db8:100:1::1', length: 64 }];
  const own = { device: 'eth1', address: '2001:db8:100:ff::2', length: 128 };
  const src = (addresses: Six['addresses']) => one([wan()], { addresses, interfaces: [wan6] }).attributes?.src;
  t.equal(src(lan), '2001:db8:100:1::1', 'one of the LAN in its prefix');
  t.equal(src([...lan, own]), undefined, 'its own, if it has one');
  t.equal(src([{ ...own, address: 'fd00::2' }, ...lan]), '2001:db8:100:1::1', 'one of a site is none');
  t.equal(src([{ device: 'eth0', address: '2001:db8:200:1::1', length: 64 }]), undefined, 'no other');
  const kernel = { ...route('default via fe80::1 dev eth1'), attributes: { src: '2001:db8:9::9', mtu: '1492' } };
  t.strictSame(one([wan()], { routes: [kernel] }).attributes, { mtu: '1492' }, "the size is the system's");
});

tap.test('its own addresses, and none of IPv4', async (t) => {
  const addresses = [
    { device: 'eth1', address: '2001:db8:100:ff::2', length: 64 },
    { device: 'eth2', address: '2001:db8:200:ff::2', length: 64 },
  ];
  t.match(one([wan()], { addresses }).link?.addresses, [{ address: '2001:db8:100:ff::2', prefix: 64 }]);
  t.equal(one([wan()], { addresses }).link?.addresses.length, 1);
});

tap.test('two WANs on one device', async (t) => {
  const second = named('wan6', 2);
  const [first, twin] = find([wan(), second], { interfaces: [wan6] });
  t.equal(first?.wan.enabled, true);
  t.match(twin?.wan, { enabled: false, unusable: 'it has the same device as wan1/ipv6' });
  const off = find([wan({ enabled: false }), second], { interfaces: [wan6] });
  t.equal(off[1]?.wan.enabled, true, 'one of which is off');
});

tap.test('nothing was seen', async (t) => {
  const { six: _six, ...seen } = { links: [], routes: [], blind: ['IPv6 cannot be seen'], six: undefined };
  t.match(findPaths6(makeConfig([wan()]), seen, [], isOurs, new Map()), [{ device: 'eth1', pointToPoint: false }]);
});

tap.test('a thousand prefixes', async (t) => {
  const many = Array.from({ length: 1000 }, (_p, i) => ({
    address: `2001:db8:${(i + 1).toString(16)}::`,
    length: 48,
  }));
  const begun = Date.now();
  t.equal(
    one([wan()], { interfaces: [{ ...wan6, prefixes: [...many, P100, { address: '2001:db8::', length: 32 }] }] })
      .prefixes?.length,
    32,
  );
  t.ok(Date.now() - begun < 1000, 'are found at once');
});
