import tap from 'tap';
import { isMarks } from '../../../lib/actuators/inbound/thing.js';
import { want } from '../../../lib/actuators/inbound/want.js';
import { ruleWords } from '../../../lib/actuators/tables/words.js';
import type { Intent, Observation, Problem, Rule, Steer, Verdict } from '../../../lib/model.js';
import { readChoices } from '../../../lib/state/balance.js';
import { makeLink, makePath } from '../../make.js';

const INTENT: Intent = { shares: [], held: [], highest: 10, sticky: false };
const inbound = { table: 7700, mark: 0x01000000, mask: 0xff000000 };

const verdictOf = (path: Partial<Verdict['path']>, more: Partial<Verdict> = {}, wan = {}): Verdict => ({
  path: makePath(1, 10, path, { inbound, ...wan }),
  status: 'up',
  degraded: false,
  usable: true,
  refused: false,
  ...more,
});
const seenOf = (more: Partial<Observation> = {}): Observation => ({
  ...{ links: [makeLink('eth1')], routes: [], rules: [], tables: [], marks: {}, blind: [] },
  ...more,
});
/** What is wanted, in short: routes, rules but for those to table main, and marks. */
const shortOf = (verdicts: Verdict[], seen: Observation, intent = INTENT, lack?: Problem) => {
  const { things, problems } = want(intent, verdicts, seen, lack);
  const words = things.flatMap((thing) => {
    if (isMarks(thing)) return [[`marks of ${thing.wans}`, ...(thing.leads ?? [])].join(', ')];
    if (thing.kind === 'route') return [`${thing.route.nexthops[0]?.gateway} in ${thing.route.table}`];
    return thing.table === '254' ? [] : [ruleWords(thing).join(' ')];
  });
  return { words, problems: problems.map(({ text }) => text) };
};

const ROUTE = '10.0.1.1 in 7700';
const FROM = 'priority 771 from 10.0.1.2 fwmark 0x0/0xffffffff lookup 7700';
const MARK = 'priority 771 fwmark 0x1000000/0xff000000 lookup 7700';
const MARKS = 'marks of wan1';

tap.test('what leads the answers of a line', async (t) => {
  const rule = (more: Partial<Rule>): Rule => ({ priority: 9000, table: '9', main: false, conditional: true, ...more });
  const twin = makeLink('eth5', { addresses: [{ address: '10.0.1.2', prefix: 24 }] });
  const CASES: [what: string, verdict: Verdict, seen: Observation, words: string[], problem?: RegExp][] = [
    ['as it should be', verdictOf({}), seenOf(), [ROUTE, MARK, MARKS]],
    ['subflows begin at its address', verdictOf({}, {}, { mptcp: true }), seenOf(), [ROUTE, FROM, MARK, MARKS]],
    ['they must leave a dead line', verdictOf({}, { status: 'down' }, { mptcp: true }), seenOf(), [ROUTE, MARK, MARKS]],
    ['not asked', verdictOf({}, {}, { inbound: undefined }), seenOf(), []],
    ['left out', verdictOf({}, {}, { enabled: false }), seenOf(), []],
    ['refused', verdictOf({}, { refused: true, usable: false }), seenOf(), []],
    ['down by its probes', verdictOf({}, { status: 'down' }), seenOf(), [ROUTE, MARK, MARKS]],
    [
      'down, and nothing can be marked',
      verdictOf({}, { status: 'down' }),
      seenOf({ marks: { obstacle: 'not found' } }),
      [ROUTE, FROM],
      /nft cannot be used: not found/,
    ],
    [
      'the kernel takes no marks',
      verdictOf({}),
      seenOf({ marks: { refusal: 'Error: no' } }),
      [ROUTE, FROM],
      /option inbound: nft takes no marks: Error: no; without marks/,
    ],
    [
      'a device that nft would take for many',
      verdictOf({ device: 'eth*' }),
      seenOf({ links: [makeLink('eth1', { device: 'eth*' })] }),
      [ROUTE, FROM],
    ],
    ['without a gateway', verdictOf({ pointToPoint: true }), seenOf(), ['undefined in 7700', MARK, MARKS]],
    ['no way out', verdictOf({}, { usable: false }), seenOf(), [MARK, MARKS]],
    ['more lines than marks', verdictOf({}, {}, { inbound: { table: 7700, mask: 3 } }), seenOf(), [ROUTE, FROM]],
    [
      'an address twice, and it does not matter',
      verdictOf({}),
      seenOf({ links: [makeLink('eth1'), twin] }),
      [ROUTE, MARK, MARKS],
    ],
    [
      'an address twice',
      verdictOf({}, {}, { mptcp: true }),
      seenOf({ links: [makeLink('eth1'), twin] }),
      [ROUTE, MARK, MARKS],
      /another device has its address 10\.0\.1\.2, too/,
    ],
    [
      'tables cannot be seen',
      verdictOf({}),
      { ...seenOf(), tables: undefined } as unknown as Observation,
      [],
      /'ip' does not show/,
    ],
    [
      'mwan3, pbr, wg-quick',
      verdictOf({}),
      seenOf({
        rules: [
          rule({ mark: 0x100, mask: 0x3f00 }),
          rule({ mark: 0x10000, mask: 0xff0000 }),
          rule({ mark: 51820, mask: 0xffffffff }),
        ],
      }),
      [ROUTE, MARK, MARKS],
    ],
    [
      'our bits',
      verdictOf({}),
      seenOf({ rules: [rule({ mark: 0, mask: 0x80000000 })] }),
      [ROUTE, FROM],
      /rule of priority 9000 is for such marks/,
    ],
    [
      'a whole mark with our bits',
      verdictOf({}),
      seenOf({ rules: [rule({ mark: 0x1000000, mask: 0xffffffff })] }),
      [ROUTE, FROM],
      /rule of priority 9000/,
    ],
    [
      'ours are no rivals',
      verdictOf({}),
      seenOf({ rules: [rule({ mark: 0x1000000, mask: 0xff000000, protocol: '77' })] }),
      [ROUTE, MARK, MARKS],
    ],
    [
      'somebody is before',
      verdictOf({}, {}, { mptcp: true }),
      seenOf({ rules: [rule({ priority: 0 }), rule({ priority: 700 })] }),
      [ROUTE, FROM.replace('771', '699'), MARK.replace('771', '699'), MARKS],
    ],
  ];
  for (const [what, verdict, seen, words, problem] of CASES) {
    const found = shortOf([verdict], seen);
    t.strictSame(found.words, words, what);
    t.equal(found.problems.length, problem ? 1 : 0, what);
    if (problem) t.match(found.problems[0], problem, what);
  }
  const lack = { text: 'nft takes none' };
  t.strictSame(shortOf([verdictOf({})], seenOf(), INTENT, lack), {
    words: [ROUTE, FROM],
    problems: ['nft takes none'],
  });
});

tap.test('table main comes first with all that is longer than our defaults are', async (t) => {
  for (const [sticky, length] of [
    [false, 1],
    [true, 8],
  ] as const) {
    const { things } = want({ ...INTENT, sticky }, [verdictOf({}, {}, { mptcp: true })], seenOf());
    const first = things.filter((thing) => thing.kind === 'rule' && thing.table === '254');
    t.match(first, [
      { from: '10.0.1.2', mark: 0, priority: 770, suppress: length },
      { mark: 0x01000000, priority: 770, suppress: length },
    ]);
  }
});

tap.test('what leads flows', async (t) => {
  const ledMark = (i: number) => (256 - i) * 2 ** 24;
  const verdict = (i: number, more: Partial<Verdict> = {}, wan: object = {}): Verdict => {
    const own = { table: 7699 + i, mask: 0xff000000, led: ledMark(i), unanswered: true as const };
    return { ...verdictOf({}, more), path: makePath(i, 10, {}, { inbound: own, ...wan }) };
  };
  const intentOf = (verdicts: Verdict[], ...choices: string[]): Intent => ({
    ...INTENT,
    shares: verdicts.filter(({ status }) => status === 'up').map(({ path }) => ({ path, rank: 10, weight: 1 })),
    leads: { classes: { fast: [34, 46], bulk: [8] }, choices: readChoices(choices) },
  });
  const [one, two] = [
    ['10.0.1.1 in 7700', 'priority 32765 fwmark 0xff000000/0xffffffff lookup 7700'],
    ['10.0.2.1 in 7701', 'priority 32765 fwmark 0xfe000000/0xffffffff lookup 7701'],
  ] as const;
  const down = { status: 'down' as const };
  const answering = { inbound: { ...inbound, led: ledMark(1) } };
  const CASES: [what: string, verdicts: Verdict[], choices: string[], words: string[]][] = [
    [
      'one class each',
      [verdict(1), verdict(2)],
      ['fast wan1 0 - -', 'bulk wan2 0 - -'],
      [...one, ...two, 'marks of , fast by wan1, bulk by wan2'],
    ],
    ['nothing is chosen: flows stay', [verdict(1), verdict(2)], [], [...one, ...two, 'marks of ']],
    ['a dead line', [verdict(1, down), verdict(2)], ['fast wan1 0 - -'], [...two, 'marks of ']],
    ['all are dead: nothing is better', [verdict(1, down), verdict(2, down)], [], [...one, ...two, 'marks of ']],
    ['no way out', [verdict(1, { usable: false }), verdict(2)], ['fast wan1 0 - -'], [...two, 'marks of ']],
    ['none has one', [verdict(1, { usable: false }), verdict(2, { usable: false })], [], []],
    ['who is not there', [verdict(1)], ['fast wan9 0 - -'], [...one, 'marks of ']],
    [
      'a dead line that answers',
      [verdict(1, down, answering), verdict(2)],
      ['fast wan2 0 - -'],
      [ROUTE, MARK, ...two, 'marks of wan1, fast by wan2'],
    ],
    [
      'a line that answers',
      [verdict(1, {}, answering)],
      ['fast wan1 0 - -'],
      [ROUTE, MARK, one[1], 'marks of wan1, fast by wan1'],
    ],
    ['MPTCP', [verdict(1, {}, { mptcp: true })], [], [one[0], FROM, one[1], 'marks of ']],
  ];
  for (const [what, verdicts, choices, words] of CASES)
    t.strictSame(shortOf(verdicts, seenOf(), intentOf(verdicts, ...choices)), { words, problems: [] }, what);

  const refused = shortOf([verdict(1)], seenOf({ marks: { refusal: 'no' } }), intentOf([verdict(1)]));
  t.strictSame(refused.words, []);
  t.match(refused.problems, [/^option balance 'adaptive': nft takes no marks: no; .* shared by quality$/]);
  const both = shortOf([verdict(1, {}, answering)], seenOf({ marks: { obstacle: 'no' } }), intentOf([verdict(1)]));
  t.match(both.problems, [/^option inbound: .* by the best WAN, and all flows are shared by quality$/]);

  const textOf = (choices: string[], classes = { fast: [46], bulk: [] as number[] }) => {
    const verdicts = [verdict(1), verdict(2)];
    const { things } = want(
      { ...intentOf(verdicts), leads: { classes, choices: readChoices(choices) } },
      verdicts,
      seenOf(),
    );
    return things.find(isMarks)?.comments.join('\n') ?? '';
  };
  t.match(
    textOf(['fast wan1 0 - -', 'bulk wan1 0 - -']),
    /fast by eth1: 0xff000000 of 0xff000000, dscp 0000400000000000/,
  );
  t.notMatch(textOf(['fast wan1 0 - -', 'bulk wan1 0 - -']), 'bulk by', 'a class without a DSCP');
  const all = Array.from({ length: 64 }, (_, i) => i);
  const texts = [
    textOf([]),
    textOf(['fast wan1 0 - -']),
    textOf(['fast wan2 0 - -']),
    textOf(['fast wan1 0 - -'], { fast: [45], bulk: [] }),
    textOf(['fast wan1 0 - -'], { fast: all, bulk: [] }),
  ];
  t.equal(new Set(texts).size, texts.length, 'comments say all that is in the table');
  t.ok(
    texts
      .join('\n')
      .split('\n')
      .every((comment) => comment.length <= 100),
    'nft takes 128 characters',
  );
});

tap.test('what leads new flows away', async (t) => {
  const steered = { table: 7701, mask: 0xff000000, led: 0xfe000000, steered: true as const, unanswered: true as const };
  const plain: Verdict = { ...verdictOf({}), path: makePath(1, 10) };
  const verdict = (more: Partial<Verdict> = {}): Verdict => ({
    ...verdictOf({}, more),
    path: makePath(2, 20, {}, { inbound: steered }),
  });
  const match: Steer['match'] = {
    dscp: [46],
    ports: [
      { protocols: ['tcp', 'udp'], first: 5060, last: 5060 },
      { protocols: ['udp'], first: 3478, last: 3481 },
    ],
    addresses: ['192.168.1.5', '198.51.100.0/24'],
  };
  const steer: Steer = { name: 'voice', match, from: ['wan1'], by: 'wan2' };
  const intentOf = (verdicts: Verdict[], steers: Steer[]): Intent => ({
    ...INTENT,
    shares: verdicts.filter(({ status }) => status === 'up').map(({ path }, i) => ({ path, rank: 10 + i, weight: 1 })),
    steers,
  });
  const way = ['10.0.2.1 in 7701', 'priority 32765 fwmark 0xfe000000/0xffffffff lookup 7701'];
  const CASES: [what: string, verdicts: Verdict[], steers: Steer[], words: string[]][] = [
    ['by the alternate', [plain, verdict()], [steer], [...way, 'marks of , voice by wan2']],
    ['none now: those that were led stay', [plain, verdict()], [], [...way, 'marks of ']],
    ['a dead alternate', [plain, verdict({ status: 'down' })], [steer], []],
  ];
  for (const [what, verdicts, steers, words] of CASES)
    t.strictSame(shortOf(verdicts, seenOf(), intentOf(verdicts, steers)), { words, problems: [] }, what);
  const refused = shortOf([verdict()], seenOf({ marks: { refusal: 'no' } }), intentOf([verdict()], [steer]));
  t.strictSame(refused.words, []);
  t.match(refused.problems, [/^config steering: nft takes no marks: no; without marks, no flow is steered$/]);
  const none = shortOf([verdict()], seenOf({ tables: undefined } as never), intentOf([verdict()], [steer]));
  t.match(none.problems, [/^option dry_run of steering: 'ip' does not show/]);

  const marksOf = (...steers: Steer[]) =>
    want(intentOf([plain, verdict()], steers), [plain, verdict()], seenOf()).things.find(isMarks);
  const comments = marksOf(steer)?.comments ?? [];
  for (const part of [
    'dscp 0000400000000000',
    'tcp dport 5060',
    'udp dport 5060',
    'udp dport 3478-3481',
    'ip saddr 192.168.1.5',
    'ip daddr 198.51.100.0/24',
  ])
    t.equal(comments.filter((comment) => comment === `0, to eth2: ${part}`).length, 1, part);
  t.ok(comments.includes('from eth1 to eth2: 0xfe000000 of 0xff000000'));
  t.ok(
    comments.every((comment) => comment.length <= 100),
    'nft takes 128 characters',
  );
  t.match(
    marksOf(steer)?.text,
    /iifname "eth1" return .*iifname "eth2" return/,
    'what comes in by any WAN is not ours',
  );
  const other = { ...steer, match: { ...match, dscp: [45] } };
  t.equal(
    new Set(
      [marksOf(), marksOf(steer), marksOf(other), marksOf({ ...steer, from: ['wan2'] })].map((marks) =>
        marks?.comments.join(),
      ),
    ).size,
    4,
  );
});
