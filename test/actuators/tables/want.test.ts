import tap from 'tap';
import type { Means } from '../../../lib/actuators/tables/apply.js';
import { find } from '../../../lib/actuators/tables/find.js';
import { KIND } from '../../../lib/actuators/tables/kind.js';
import { PLANNER, tables } from '../../../lib/actuators/tables/tables.js';
import { whyNoTest } from '../../../lib/actuators/tables/testable.js';
import type { Thing } from '../../../lib/actuators/tables/thing.js';
import { change } from '../../../lib/diff.js';
import type { Intent, Observation, Verdict } from '../../../lib/model.js';
import type { Uplink } from '../../../lib/uplink.js';
import { makeAddress, makeRed, makeRedOn, makeSeen, makeUplink, makeVerdict } from './make.js';

const INTENT: Intent = { shares: [], held: [], highest: 1, sticky: false };
const PRIMARY = makeVerdict(0, makeUplink(0, 'STATIC'));
const OWN = { prefix: 32, mark: 7700 };

const want = (lines: Uplink[], seen: Observation) =>
  PLANNER.want(INTENT, [PRIMARY, ...lines.map((uplink, i) => makeVerdict(i + 1, uplink))], seen);

/** A thing in few words. */
function short(thing: Thing): string {
  if (thing.kind === 'rule') return `rule ${thing.from ?? thing.oif} ${thing.table}`;
  if (thing.kind === 'address') return `${thing.address} ${thing.device}`;
  if (thing.kind !== 'route') return `${thing.kind} ${thing.device}`;
  const { table, nexthops, attributes } = thing.route;
  return `route ${nexthops[0]?.gateway} ${nexthops[0]?.device} ${table} ${attributes?.src}`;
}

const lease = (address: string, gateway?: string) => ({ address, prefix: 24, ...(gateway && { gateway }), dns: [] });
const client = (i: number, more = {}) => ({ device: `red${i}`, ours: true, running: true, ...more });
const LINE1 = ['10.0.1.2 red1', 'route 10.0.1.1 red1 7701 10.0.1.2', 'rule 10.0.1.2 7701', 'rule red1 7701'];

const CASES: [what: string, lines: Uplink[], seen: Partial<Observation>, things: string[], problems?: RegExp[]][] = [
  ['only the primary', [], {}, []],
  ['a line with a fixed address', [makeUplink(1, 'STATIC')], { links: [makeRed(1)] }, LINE1],
  ['it has no carrier', [makeUplink(1, 'STATIC')], { links: [makeRed(1, { state: 'no_carrier' })] }, LINE1],
  ['it is down', [makeUplink(1, 'STATIC')], { links: [makeRed(1, { state: 'down' })] }, ['link red1', ...LINE1]],
  ['it was down before us', [makeUplink(1, 'STATIC')], { links: [makeRed(1, { group: 77 })] }, ['link red1', ...LINE1]],
  [
    'it is down, and cannot be marked',
    [makeUplink(1, 'STATIC')],
    { links: [makeRed(1, { state: 'down', group: 5 })] },
    [],
    [/red1 is down, and in a group/],
  ],
  ['its device is not there', [makeUplink(1, 'STATIC')], {}, []],
  [
    'its address is the system’s',
    [makeUplink(1, 'STATIC')],
    { links: [makeRed(1, { addresses: [makeAddress('10.0.1.2')] })] },
    LINE1.slice(1),
  ],
  [
    'its address is ours',
    [makeUplink(1, 'STATIC')],
    { links: [makeRed(1, { addresses: [{ address: '10.0.1.2', ...OWN }] })] },
    LINE1,
  ],
  [
    'its address is on another device',
    [makeUplink(1, 'STATIC')],
    { links: [makeRed(1), makeRed(2, { addresses: [makeAddress('10.0.1.2')] })] },
    [],
    [/its address 10\.0\.1\.2 is that of red2, too/],
  ],
  [
    'two lines have one address',
    [makeUplink(1, 'STATIC'), { ...makeUplink(1, 'STATIC'), device: 'red2' }],
    { links: [makeRed(1), makeRed(2)] },
    LINE1,
    [/is that of red1, too/],
  ],
  ['two lines on one device', [makeUplink(1, 'STATIC'), makeUplink(1, 'DHCP')], { links: [makeRed(1)] }, LINE1],
  ['a line on the device of the primary', [makeUplink(0, 'DHCP')], {}, []],
  ['lines that are dialled', [makeUplink(1, 'PPPOE'), makeUplink(2, 'QMI')], { links: [makeRed(1), makeRed(2)] }, []],
  [
    'lines that are dialled, and whose device is down',
    [makeUplink(1, 'PPPOE')],
    { links: [makeRed(1, { state: 'down' })] },
    ['link red1'],
  ],
  [
    'a line that is dialled, and one that is not, on one device',
    [makeUplink(1, 'PPPOE'), makeUplink(1, 'STATIC')],
    { links: [makeRed(1)] },
    LINE1.map((thing) => thing.replace('7701', '7702')),
  ],
  ['DHCP without a client', [makeUplink(1, 'DHCP')], { links: [makeRed(1)] }, ['client red1']],
  ['DHCP without a lease', [makeUplink(1, 'DHCP')], { links: [makeRed(1)], clients: [client(1)] }, ['client red1']],
  [
    'DHCP',
    [makeUplink(1, 'DHCP')],
    { links: [makeRed(1)], clients: [client(1, { lease: lease('10.0.1.2', '10.0.1.1') })] },
    ['client red1', ...LINE1],
  ],
  [
    'DHCP without a gateway',
    [makeUplink(1, 'DHCP')],
    { links: [makeRed(1)], clients: [client(1, { lease: lease('10.0.1.2') })] },
    ['client red1'],
  ],
  [
    'a lease that nobody keeps',
    [makeUplink(1, 'DHCP')],
    { links: [makeRed(1)], clients: [client(1, { running: false, lease: lease('10.0.1.2', '10.0.1.1') })] },
    ['client red1'],
  ],
  [
    'the lease was another one',
    [makeUplink(1, 'DHCP')],
    {
      links: [makeRed(1, { addresses: [{ address: '10.0.1.9', ...OWN }] })],
      clients: [client(1, { lease: lease('10.0.1.2', '10.0.1.1') })],
    },
    ['client red1', ...LINE1],
  ],
  [
    'the system’s own client is there still',
    [makeUplink(1, 'DHCP')],
    { links: [makeRed(1)], clients: [client(1, { ours: false })] },
    [],
  ],
  [
    'the line is to hold RED next',
    [makeUplink(1, 'STATIC')],
    {
      links: [makeRed(1)],
      red: makeRedOn('red0', { holder: 'line1' }),
    },
    [],
  ],
  [
    'the line holds RED by what it was tested with',
    [makeUplink(1, 'DHCP')],
    {
      links: [makeRed(1, { group: 77, addresses: [{ address: '10.0.1.2', ...OWN }] })],
      clients: [client(1, { lease: lease('10.0.1.2', '10.0.1.1') })],
      red: makeRedOn('red1', { type: 'DHCP', holder: 'line1' }),
    },
    [
      'route 10.0.0.1 red0 7700 10.0.0.2',
      'rule 10.0.0.2 7700',
      'rule red0 7700',
      'link red1',
      'client red1',
      '10.0.1.2 red1',
    ],
  ],
  [
    'the line holds RED by the system’s own',
    [makeUplink(1, 'DHCP')],
    {
      links: [makeRed(1, { addresses: [{ address: '10.0.1.2', ...OWN }, makeAddress('10.0.1.2')] })],
      clients: [client(1), client(1, { ours: false })],
      red: makeRedOn('red1', { type: 'DHCP', holder: 'line1' }),
    },
    ['route 10.0.0.1 red0 7700 10.0.0.2', 'rule 10.0.0.2 7700', 'rule red0 7700'],
  ],
  [
    'a dialled line holds RED: its device is below',
    [makeUplink(1, 'PPPOE'), makeUplink(1, 'DHCP')],
    {
      links: [makeRed(1, { group: 77 })],
      red: makeRedOn('red1', { type: 'PPPOE', holder: 'line1', iface: 'ppp0' }),
    },
    ['route 10.0.0.1 red0 7700 10.0.0.2', 'rule 10.0.0.2 7700', 'rule red0 7700', 'link red1'],
  ],
];

tap.test('what is wanted', async (t) => {
  for (const [what, lines, more, things, problems = []] of CASES) {
    const wanted = want(lines, makeSeen(more));
    t.strictSame(wanted.things.map(short), things, what);
    t.equal(wanted.problems.length, problems.length, what);
    for (const [i, pattern] of problems.entries()) t.match(wanted.problems[i]?.text, pattern, what);
  }
});

tap.test('a line that is left out, or that the system refuses, is not tested', async (t) => {
  const seen = makeSeen({ links: [makeRed(1)] });
  const verdict = makeVerdict(1, makeUplink(1, 'STATIC'));
  const { path } = verdict;
  const others: Verdict[] = [
    { ...verdict, refused: true },
    { ...verdict, path: { ...path, wan: { ...path.wan, enabled: false } } },
  ];
  for (const other of others) t.strictSame(PLANNER.want(INTENT, [PRIMARY, other], seen).things, []);
  t.equal(PLANNER.want(INTENT, [PRIMARY, verdict], seen).things.length, 4);
});

tap.test('where tables cannot be seen, nothing is known and nothing done', async (t) => {
  const { tables: _, ...seen } = makeSeen({ links: [makeRed(1, { group: 77 })] });
  t.strictSame(find(seen), []);
  t.strictSame(want([makeUplink(1, 'STATIC')], seen).things, []);
});

tap.test('the name that a server is told', async (t) => {
  const hostOf = (RED_DHCP_HOSTNAME: string) => {
    const uplink = makeUplink(1, 'DHCP');
    const block = { ...uplink.block, RED_DHCP_HOSTNAME };
    return want([{ ...uplink, block }], makeSeen({ links: [makeRed(1)] })).things[0];
  };
  t.match(hostOf('fire.example'), { kind: 'client', host: 'fire.example' });
  for (const odd of ['', '-x', 'a b', 'x;reboot', '$(x)', 'a'.repeat(65)]) {
    t.strictSame(hostOf(odd), { kind: 'client', device: 'red1', running: true }, odd);
  }
});

tap.test('which line a refusal is about', async (t) => {
  const seen = makeSeen({ links: [makeRed(1, { state: 'down' }), makeRed(2)] });
  const verdicts = [PRIMARY, makeVerdict(1, makeUplink(1, 'STATIC')), makeVerdict(2, makeUplink(2, 'DHCP'))];
  const { things } = PLANNER.want(INTENT, verdicts, seen);
  const view = { seen, paths: verdicts.map(({ path }) => path) };
  const found = things.map(async (thing) => {
    const finding = await tables({} as Means).investigate(change(KIND, 'add', thing), 'no', view);
    return 'paths' in finding ? finding.paths.map(({ wan }) => wan.name).join() : '';
  });
  t.strictSame(await Promise.all(found), ['line1', 'line1', 'line1', 'line1', 'line1', 'line2']);
});

tap.test('why a ping would say nothing', async (t) => {
  const route = {
    destination: 'default',
    metric: 0,
    protocol: '77',
    type: 'unicast',
    nexthops: [{ device: 'red1', weight: 1, onlink: true }],
    table: '7701',
  };
  const rule = { priority: 7701, table: '7701', main: false, conditional: true, protocol: '77' };
  const [from, oif] = [
    { ...rule, from: '10.0.1.2' },
    { ...rule, oif: 'red1' },
  ];
  const why = (more: Partial<Observation>) => whyNoTest('red1', makeSeen(more));
  t.equal(why({ tables: [route], rules: [from, oif] }), undefined);
  t.match(why({ tables: [route], rules: [from] }), /no table of its own leads through red1/);
  t.match(why({ tables: [route], rules: [oif] }), /no rule leads the answers/);
  t.equal(why({ tables: [route], rules: [{ ...oif, table: '9', protocol: '3' }, from, oif] }), undefined);
  t.match(why({ tables: [], rules: [from, oif] }), /no table of its own/);
  t.match(why({ tables: [{ ...route, nexthops: [] }], rules: [from, oif] }), /no table of its own/);
});
