import tap from 'tap';
import type { Actuator } from '../../../lib/actuators/actuator.js';
import { marking6 } from '../../../lib/actuators/inbound/six.js';
import { translation } from '../../../lib/actuators/translation/translation.js';
import { parsePrefix } from '../../../lib/address6.js';
import type { Observation, Path, Prefix, Six, Status, Wan } from '../../../lib/model.js';
import { parseMarks } from '../../../lib/observe/marks.js';
import { plan } from '../../../lib/plan.js';
import { reconcile } from '../../../lib/reconcile.js';
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

/** Both lines lead flows, and answer. */
const inboundOf = (i: number): Partial<Wan> => ({
  inbound: { table: 7699 + i, mask: 0xff000000, mark: i * 2 ** 24, led: (256 - i) * 2 ** 24 },
});
const commentsOf = (text: string) => [...text.matchAll(/ comment "([^"]*)"/g)].map(([, comment = '']) => comment);
/** By which device flows stay, and whether they are translated there. */
function ledIn(text: string): string[] {
  return [...text.matchAll(/comment "stays on (\w+): (0x\w+) of/g)].map(([, device = '', mark = '']) => {
    const own = rulesIn(text).find(
      ({ words }) => words.startsWith(`oifname "${device}" ct mark`) && words.includes(mark),
    );
    return `${device} as ${own?.words.split(' ').slice(8).join(' ')}`;
  });
}
const courseOf = { mode: 'failover' as const, sticky: false };
const SIX: Six = { addresses: [], routes: [], rules: [], tables: [], translation: {} };
const SEEN: Observation = { links: [], routes: [], blind: [], six: SIX };
const BOTH = new Map<string, Status>([1, 2].map((i) => [`wan${i}/ipv6`, 'up']));

tap.test('flows are led only where they leave with a source of that line', async (t) => {
  const bare = (i: number) => ({ link: makeLink(`eth${i}`, { addresses: [] }) });
  const local = { link: makeLink('eth2', { addresses: [{ address: 'fd00::2', prefix: 64 }] }) };
  const lines = (...more: Partial<Path>[]) => more.map((one, at) => path(at + 1, [], one, inboundOf(at + 1)));
  const src = '2001:db8:200:1::1';
  const CASES: [what: string, paths: Path[], led: string[]][] = [
    ['by all', lines({}, {}), ['eth1 as masquerade', 'eth2 as masquerade']],
    ["pppd's: none", lines(bare(1), bare(2)), []],
    ['by the one that has an address', lines(bare(1), {}), ['eth2 as masquerade']],
    ['an address of the site is none', lines({}, local), ['eth1 as masquerade']],
    ['that of a LAN', lines({}, { ...bare(2), attributes: { src } }), ['eth1 as masquerade', `eth2 as snat to ${src}`]],
  ];
  for (const [what, paths, led] of CASES) {
    const { changes } = plan(translation(new Machine().exec, marking6), courseOf, { seen: SEEN, paths }, BOTH);
    t.strictSame(ledIn(changes[0]?.command[1] ?? ''), led, what);
    t.match(changes[0]?.command[1], 'in by eth2', 'answers go by any');
  }
  const { changes } = plan(translation(new Machine().exec, marking6), courseOf, { seen: SEEN, paths: lines({}) }, BOTH);
  t.notMatch(changes[0]?.command[1], 'masquerade', 'nor is anything done where there is one line');
});

tap.test('what nft refuses is given up, and nothing else', async (t) => {
  const paths = [path(1, [P1], {}, inboundOf(1)), path(2, [P2], {}, inboundOf(2))];
  const ALL = { zone: true, becomes: '2001:db8:200:1::7', led: ['eth2 as masquerade'], answers: true };
  const NONE = { zone: false, becomes: HOST, led: [], answers: false };
  const CASES: [refused: RegExp, left: typeof ALL, problem?: RegExp][] = [
    [/never/, ALL],
    [
      /zone set/,
      { ...ALL, zone: false },
      /zones: nft takes none: Error: no; flows that began before a failover are lost$/,
    ],
    [
      /ct mark/,
      { ...ALL, led: [], answers: false },
      /marks: nft takes none: Error: no; answers leave by the line in charge/,
    ],
    [
      /snat/,
      { ...NONE, answers: true },
      /translation: nft takes none: Error: no; hosts with the prefix of a dead line/,
    ],
    [/zone set|ct mark/, { ...NONE, becomes: ALL.becomes }, /zones, marks: nft takes none/],
    [/snat|ct mark/, NONE, /translation, marks: nft takes none/],
    [/table/, NONE, /zones, translation, marks: nft takes none/],
  ];
  for (const [refused, left, problem] of CASES) {
    const machine = new Machine();
    let made = '';
    machine.programs = {
      nft: (args) => {
        const text = args.at(-1) ?? '';
        if (refused.test(text)) return { exitCode: 1, stderr: 'Error: no\nmore\n' };
        if (args[0] !== '-c') made = text;
        return { exitCode: 0 };
      },
    };
    const look = async () => ({
      seen: { ...SEEN, six: { ...SIX, translation: made ? { comments: commentsOf(made) } : {} } },
      paths,
    });
    const actuator = translation(machine.exec, marking6) as Actuator;
    const task = { actuator, course: courseOf, look, changing: () => {}, dryRun: false };
    const { problems } = await reconcile(
      task,
      await look(),
      new Map<string, Status>([
        ['wan1/ipv6', 'down'],
        ['wan2/ipv6', 'up'],
      ]),
    );
    const zone = zoneOf(made, 'eth0', HOST, '2606:4700::1') !== undefined;
    const found = {
      zone,
      becomes: leaves(made, 'eth2', HOST),
      led: ledIn(made),
      answers: made.includes('answers of others'),
    };
    t.strictSame(found, left, `${refused}`);
    t.match(
      problems.map(({ option, text }) => `${option}: ${text}`),
      problem ? [problem] : [],
      `${refused}`,
    );
    t.equal(problems.length, problem ? 1 : 0);
  }
});
