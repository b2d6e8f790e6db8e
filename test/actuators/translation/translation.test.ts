import tap from 'tap';
import { translation } from '../../../lib/actuators/translation/translation.js';
import { parsePrefix } from '../../../lib/address6.js';
import type { Observation, Path, Prefix, Six, Status, Wan } from '../../../lib/model.js';
import { parseMarks } from '../../../lib/observe/marks.js';
import { plan } from '../../../lib/plan.js';
import { Machine } from '../../machine.js';
import { makeLink, makePath } from '../../make.js';
import { leaves, rulesIn, zoneOf } from './nft.js';

/** WAN i on ethI, with an address of its own in 2001:db8:I00:ff::/64. */
function path(i: number, prefixes: string[], more: Partial<Path> = {}, wan: Partial<Wan> = {}): Path {
  const addresses = [{ address: `2001:db8:${i}00:ff::2`, prefix: 64 }];
  return makePath(
    i,
    10 * i,
    {
      link: makeLink(`eth${i}`, { addresses }),
      ...{ gateway: `fe80::${i}`, prefixes: prefixes.map((text) => parsePrefix(text) as Prefix) },
      ...more,
    },
    { name: `wan${i}/ipv6`, family: 6, ...wan },
  );
}
const NAMELESS = { link: makeLink('eth2', { addresses: [] }) };
const lan = (...texts: string[]): Six['addresses'] => texts.map((address) => ({ device: 'eth0', address, length: 64 }));
const [P1, P2] = ['2001:db8:100::/56', '2001:db8:200::/56'];
const HOST = '2001:db8:100:1::7';

const defaultFrom = (from: string, i: number) => ({
  ...{ destination: 'default', from, metric: 512, protocol: '4', type: 'unicast' },
  nexthops: [{ device: `eth${i}`, gateway: `fe80::${i}`, weight: 1, onlink: false }],
});

/** The changes for lines of which only some are up. */
function planFor(
  paths: Path[],
  addresses: Six['addresses'],
  up: number[] = [1, 2],
  comments?: string[],
  more: Partial<Six> = {},
) {
  const routes = paths.flatMap(({ prefixes = [] }, at) =>
    prefixes.map(({ address, length }) => defaultFrom(`${address}/${length}`, at + 1)),
  );
  const six: Six = { addresses, routes, rules: [], translation: comments ? { comments } : {}, ...more };
  const seen: Observation = { links: [], routes: [], blind: [], six };
  const statuses = new Map(
    paths.map(({ wan }, at): [string, Status] => [wan.name, up.includes(at + 1) ? 'up' : 'down']),
  );
  const planner = translation(new Machine().exec);
  return plan(planner, { mode: 'failover', sticky: false }, { seen, paths }, statuses);
}
const textFor = (...args: Parameters<typeof planFor>) => planFor(...args).changes[0]?.command[1] ?? '';

tap.test('what a source becomes that leaves by the other line', async (t) => {
  const CASES: [what: string, paths: Path[], addresses: string[], source: string, is: string][] = [
    ['prefixes of one size', [path(1, [P1]), path(2, [P2])], [], HOST, '2001:db8:200:1::7'],
    ['into a larger one', [path(1, [P1]), path(2, ['2001:db8:200::/48'])], [], HOST, '2001:db8:200:1::7'],
    ['the largest of several', [path(1, [P1]), path(2, ['2001:db8:2a0::/48', P2])], [], HOST, '2001:db8:2a0:1::7'],
    [
      'into a smaller one, network by network',
      [path(1, [P1]), path(2, ['2001:db8:200::/60'])],
      ['2001:db8:100:1::1', '2001:db8:200:5::1'],
      HOST,
      '2001:db8:200:5::7',
    ],
    [
      'into a smaller one, without a network there',
      [path(1, [P1]), path(2, ['2001:db8:200::/60'])],
      ['2001:db8:100:1::1'],
      HOST,
      'router',
    ],
    ['a line without a prefix', [path(1, [P1]), path(2, [])], [], HOST, 'router'],
    ['a line without any address', [path(1, [P1]), path(2, [], NAMELESS)], [], HOST, HOST],
    [
      'one that knows the router by a LAN',
      [path(1, [P1]), path(2, ['2001:db8:200::/60'], { ...NAMELESS, attributes: { src: '2001:db8:200:1::1' } })],
      [],
      HOST,
      '2001:db8:200:1::1',
    ],
    ["the line's own prefix", [path(1, [P1]), path(2, [P2])], [], '2001:db8:200:1::7', '2001:db8:200:1::7'],
    ["the line's own address", [path(1, [P1]), path(2, [P2])], [], '2001:db8:200:ff::2', '2001:db8:200:ff::2'],
    [
      "the other line's own address",
      [path(1, [P1.replace('100', '1a0')]), path(2, [P2])],
      [],
      '2001:db8:100:ff::2',
      'router',
    ],
    ['one prefix of both', [path(1, [P1]), path(2, [P1])], [], HOST, HOST],
    ['a part of what the other has', [path(1, ['2001:db8:100::/48']), path(2, [P1])], [], HOST, HOST],
    ['what has a part of that', [path(1, ['2001:db8:100::/48']), path(2, [P1])], [], '2001:db8:100:1001::7', 'router'],
    [
      'ULA beside a prefix',
      [path(1, [P1]), path(2, [P2])],
      ['fd00::1', '2001:db8:200:3::1'],
      'fd00::7',
      '2001:db8:200:3::7',
    ],
    ['ULA alone', [path(1, []), path(2, [])], ['fd00::1'], 'fd00::7', 'router'],
    ['ULA that no LAN of ours has', [path(1, [P1]), path(2, [P2])], [], 'fd77::7', 'fd77::7'],
    ['a stranger', [path(1, [P1]), path(2, [P2])], [], '2001:db8:f00d::7', '2001:db8:f00d::7'],
    ['a line that is off', [path(1, [P1], {}, { enabled: false }), path(2, [P2])], ['fd00::1'], HOST, HOST],
  ];
  for (const [what, paths, addresses, source, is] of CASES)
    t.equal(leaves(textFor(paths, lan(...addresses)), 'eth2', source), is, what);
});

tap.test('of a line that has gone, what hosts still have', async (t) => {
  const left = [parsePrefix(P1) as Prefix];
  const { device: _, link: __, ...away } = path(1, [], { left });
  const text = textFor([away, path(2, [P2])], lan('2001:db8:100:1::1'), [2]);
  t.equal(leaves(text, 'eth2', HOST), '2001:db8:200:1::7', 'its interface is away');
  const nothing = textFor([path(1, [], { left }), path(2, [P2])], lan('2001:db8:100:1::1'), [1, 2]);
  t.equal(leaves(nothing, 'eth2', HOST), '2001:db8:200:1::7', 'it delegates nothing any more');
  t.equal(leaves(nothing, 'eth1', '2001:db8:200:1::7'), 'router', 'and nothing becomes what it does not have');
});

tap.test('a second look changes nothing; another prefix does', async (t) => {
  const paths = [path(1, [P1]), path(2, [P2])];
  for (const up of [[1, 2], [2], [1], []]) {
    const text = textFor(paths, [], up);
    const comments = rulesIn(text).map(({ comment }) => comment);
    t.ok(comments.length > 0);
    t.ok(
      comments.every((comment) => comment.length < 128),
      'as long as nft takes them',
    );
    t.strictSame(planFor(paths, [], up, comments).changes, [], `${up}`);
    // As nft prints it.
    const printed = rulesIn(text).map(({ words, comment }) => `\t\t${words} comment "${comment}"`);
    const { comments: read } = parseMarks({ exitCode: 0, stdout: printed.join('\n'), stderr: '' });
    t.strictSame(planFor(paths, [], up, read).changes, []);
    const [change] = planFor([path(1, [P1]), path(2, ['2001:db8:2b0::/56'])], [], up, comments).changes;
    t.equal(change?.verb, 'replace');
    t.equal(leaves(change?.command[1] ?? '', 'eth2', HOST), '2001:db8:2b0:1::7', 'the new one is followed');
  }
});

tap.test('whatever somebody else has made of it, it is made anew', async (t) => {
  const [change] = planFor([path(1, [P1]), path(2, [P2])], [], [1, 2], ['', 'x']).changes;
  t.match(change?.command[1], /^add table ip6 mini_mwan; delete table ip6 mini_mwan; table ip6 mini_mwan \{/);
});

tap.test('where nothing is to be translated, there is no table', async (t) => {
  t.strictSame(planFor([path(1, [P1])], []).changes, []);
  t.strictSame(planFor([], []).changes, []);
  t.strictSame(planFor([path(1, [P1])], [], [1], ['old']).changes[0]?.command, ['nft', 'delete table ip6 mini_mwan']);
  t.strictSame(planFor([], [], [], ['old']).changes[0]?.verb, 'del', 'nor behind restore');
});

tap.test('flows of a prefix that is led elsewhere begin anew, and are what they were behind that', async (t) => {
  const paths = [path(1, [P1]), path(2, [P2]), path(3, ['2001:db8:300::/56'])];
  const zone = (up: number[], source = HOST, destination = '2606:4700::1', device = 'eth0') =>
    zoneOf(textFor(paths, [], up), device, source, destination);
  t.equal(zone([1, 2, 3]), undefined, 'its own line');
  const [second, third] = [zone([2, 3]), zone([3])];
  t.type(second, 'number');
  t.type(third, 'number');
  t.not(second, third, 'another line is another zone');
  t.equal(zone([2, 3]), second, 'the same line is the same');
  t.not(zone([3], '2001:db8:200:1::7'), third, 'another prefix, too');
  t.equal(zone([2], '2001:db8:200:1::7'), undefined, 'not what has its own line');
  for (const near of ['2001:db8:200:1::9', '2001:db8:100:2::9', '2001:db8:200:ff::1', 'fd00::1', 'fe80::1', 'ff02::1'])
    t.equal(zone([2], HOST, near), undefined, `not to ${near}`);
  t.equal(zone([2], HOST, '2606:4700::1', 'eth2'), undefined, 'not what comes from a WAN');
  t.equal(zone([], HOST), undefined, 'while no line is up, nothing moves');
});

tap.test('what nft does not do is said, with what comes of it', async (t) => {
  const paths = [path(1, [P1]), path(2, [P2])];
  const { changes, problems } = planFor(paths, [], [2], undefined, { translation: { obstacle: 'ENOENT' } });
  t.strictSame(changes, []);
  t.match(problems, [{ text: /nft cannot be used: ENOENT; hosts with the prefix of a dead line stay without IPv6/ }]);
  t.strictSame(planFor([path(1, [P1])], [], [1], undefined, { translation: { obstacle: 'ENOENT' } }).problems, []);
});

tap.test('nft refuses', async (t) => {
  const machine = new Machine();
  const given: string[] = [];
  machine.programs = {
    nft: (args) => {
      given.push(...args);
      return { exitCode: 1, stderr: 'Error: Could not process rule: Not supported\nmore\n' };
    },
  };
  const actuator = translation(machine.exec);
  const { changes } = planFor([path(1, [P1]), path(2, [P2])], [], [2]);
  const refusal = await actuator.apply(changes);
  t.strictSame(refusal, { index: 0, reason: 'Error: Could not process rule: Not supported' });
  t.match(given, [/^add table/]);
  const view = { seen: { links: [], routes: [], blind: [] }, paths: [] };
  const [change] = changes;
  if (!change) throw new Error('there is none');
  const finding = await actuator.investigate(change, 'Not supported', view);
  t.match(finding, { lack: { text: /flows that began before a failover are lost/ } }, 'zones are done without first');
  const lack = 'lack' in finding ? finding.lack : undefined;
  const seen: Observation = {
    links: [],
    routes: [],
    blind: [],
    six: { addresses: [], routes: [], rules: [], translation: {} },
  };
  const verdicts = new Map<string, Status>([['wan2/ipv6', 'up']]);
  const less = plan(
    actuator,
    { mode: 'failover', sticky: false },
    { seen, paths: [path(1, [P1]), path(2, [P2])] },
    verdicts,
    { lack },
  );
  t.equal(zoneOf(less.changes[0]?.command[1] ?? '', 'eth0', HOST, '2606:4700::1'), undefined);
  t.equal(leaves(less.changes[0]?.command[1] ?? '', 'eth2', HOST), '2001:db8:200:1::7');
  const [bare] = less.changes;
  if (!bare) throw new Error('there is none');
  t.match(await actuator.investigate(bare, 'Not supported', view), { lack: { text: /nft does not translate/ } });
  machine.programs = { nft: () => ({ exitCode: 0 }) };
  t.equal(await actuator.apply(changes), undefined);
});
