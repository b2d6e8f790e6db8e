import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { mptcp, PLANNER } from '../../../lib/actuators/mptcp/mptcp.js';
import { FIRST_ID, isOurs, MOST } from '../../../lib/actuators/mptcp/thing.js';
import type { Endpoint, Intent, Observation, Verdict } from '../../../lib/model.js';
import type { Tools } from '../../../lib/system/exec.js';
import { makePath } from '../../make.js';

const LOCAL = 'fd00::1';
const network = (address: string) => ({ address, prefix: 64 });
const INTENT: Intent = { shares: [], held: [], highest: 10, sticky: false };

/** WAN i as a word says it: `up`, `down`, `degraded`, `spare`, `off` (MPTCP is not for it), `gone` (no device). With `6`, its IPv6. */
function verdictOf(text: string, i: number): Verdict {
  const [word = '', isSix] = [text.replace('6', ''), text.endsWith('6')];
  const family = isSix ? { name: `wan${i}/ipv6`, family: 6 as const } : {};
  const path = makePath(i, 10, {}, { ...family, ...(word === 'off' ? {} : { mptcp: true }) });
  if (isSix && path.link) path.link.addresses = [LOCAL, `2001:db8:${i}::2`, `2001:db8:${i}::3`].map(network);
  if (word === 'gone') delete path.link;
  const status = ['down', 'gone'].includes(word) ? 'down' : word === 'unknown' ? 'unknown' : 'up';
  const spare = word === 'spare' ? { spare: true as const } : {};
  return { path, status, degraded: word === 'degraded', ...spare, usable: word !== 'gone', refused: false };
}

const endpoint = (i: number, more: Partial<Endpoint> = {}): Endpoint => ({
  id: FIRST_ID + i - 1,
  address: `10.0.${i}.2`,
  device: `eth${i}`,
  backup: false,
  subflow: true,
  ...more,
});
const own = [endpoint(1), endpoint(2)];
const FIRST_ID6 = 113;
const six = (i: number, more: Partial<Endpoint> = {}) =>
  endpoint(i, { id: FIRST_ID6 + i - 1, address: `2001:db8:${i}::2`, ...more });

/** @param words of WANs, and of their IPv6 behind them: `up down up6` */
function plan(words: string, endpoints: Endpoint[], subflows = 2, former?: number) {
  const each = words.split(' ');
  const four = each.filter((word) => !word.endsWith('6')).length;
  const verdicts = each.map((word, i) => verdictOf(word, 1 + (i < four ? i : i - four)));
  const mptcp = { endpoints, subflows, ...(former === undefined ? {} : { former }) };
  const seen = { links: [], routes: [], blind: [], mptcp } as Observation;
  const { things, problems } = PLANNER.want(INTENT, verdicts, seen);
  const changes = PLANNER.changes(things, seen);
  return { changes, sentences: changes.map(({ sentence }) => sentence), problems: problems.map(({ text }) => text) };
}

tap.test('what is to be done', async (t) => {
  const CASES: [what: string, words: string, present: Endpoint[], sentences: string[]][] = [
    ['both are up', 'up up', [], ['+ mptcp endpoint 10.0.1.2 dev eth1', '+ mptcp endpoint 10.0.2.2 dev eth2']],
    ['and have one', 'up up', own, []],
    ['one is degraded', 'up degraded', own, ['~ mptcp endpoint 10.0.2.2 dev eth2 backup']],
    ['or would slow the other down', 'up spare', own, ['~ mptcp endpoint 10.0.2.2 dev eth2 backup']],
    [
      'and is well again',
      'up up',
      [endpoint(1), endpoint(2, { backup: true })],
      ['~ mptcp endpoint 10.0.2.2 dev eth2'],
    ],
    [
      'one is down: what began there ends first',
      'down up',
      own,
      ['- mptcp subflows that began at 10.0.1.2', '- mptcp endpoint 10.0.1.2 dev eth1'],
    ],
    ['it is away', 'gone up', own, ['- mptcp subflows that began at 10.0.1.2', '- mptcp endpoint 10.0.1.2 dev eth1']],
    [
      'the option is gone: connections go on',
      'off off',
      own,
      ['- mptcp endpoint 10.0.2.2 dev eth2', '- mptcp endpoint 10.0.1.2 dev eth1'],
    ],
    [
      'it has another address: first the new one',
      'up',
      [endpoint(1, { address: '10.0.9.9' })],
      [
        '- mptcp subflows that began at 10.0.9.9',
        '+ mptcp endpoint 10.0.1.2 dev eth1',
        '- mptcp endpoint 10.0.9.9 dev eth1',
      ],
    ],
    [
      'it is another device now: the kernel takes no address twice',
      'up',
      [endpoint(1, { device: 'if5', id: FIRST_ID })],
      ['- mptcp endpoint 10.0.1.2 dev if5'],
    ],
    ['none is up: what is there stays', 'down down', own, []],
    ['nor is anything known of them', 'unknown unknown', own, []],
    ['of one, nothing is known', 'up unknown', own, []],
    ['it is new, and nothing is known of it', 'up unknown', [endpoint(1)], []],
    ['somebody else has one there', 'up up', [endpoint(1, { id: 1 })], ['+ mptcp endpoint 10.0.2.2 dev eth2']],
  ];
  for (const [what, words, present, sentences] of CASES) t.strictSame(plan(words, present).sentences, sentences, what);
  t.match(plan('up up', [endpoint(1, { id: 1 })]).problems, [
    /somebody else, as NetworkManager or mptcpd, .*id 1, 10\.0\.1\.2/,
  ]);
  const blind = { links: [], routes: [], blind: [] };
  t.match(PLANNER.want(INTENT, [verdictOf('up', 1)], blind), { things: [], problems: [{ text: /has no MPTCP/ }] });
  t.strictSame(PLANNER.want(INTENT, [verdictOf('off', 1)], blind), { things: [], problems: [] });
});

tap.test('of IPv6', async (t) => {
  const CASES: [what: string, words: string, present: Endpoint[], sentences: string[]][] = [
    [
      'both families, by an address that is not the site’s',
      'up up6',
      [],
      ['+ mptcp endpoint 10.0.1.2 dev eth1', '+ mptcp endpoint 2001:db8:1::2 dev eth1'],
    ],
    ['the address that is in use stays', 'up6', [six(1, { address: '2001:db8:1::3' })], []],
    [
      'a path is dead: the others stay',
      'up up down6 up6',
      [...own, six(1), six(2)],
      ['- mptcp subflows that began at 2001:db8:1::2', '- mptcp endpoint 2001:db8:1::2 dev eth1'],
    ],
    ['all of IPv6 are dead: nothing is better', 'up up down6 down6', [...own, six(1), six(2)], []],
    [
      'all of IPv4 are dead, and a path of IPv6',
      'down down down6 up6',
      [...own, six(1), six(2)],
      ['- mptcp subflows that began at 2001:db8:1::2', '- mptcp endpoint 2001:db8:1::2 dev eth1'],
    ],
    [
      'somebody has one for IPv4 alone',
      'up up6',
      [endpoint(1, { id: 1 })],
      ['+ mptcp endpoint 2001:db8:1::2 dev eth1'],
    ],
    ['somebody has one for IPv6', 'up up6', [endpoint(1), six(1, { id: 1, address: '2001:db8:1::3' })], []],
    ['one would slow the others down', 'up6 spare6', [six(1), six(2, { backup: true })], []],
  ];
  for (const [what, words, present, sentences] of CASES) t.strictSame(plan(words, present).sentences, sentences, what);

  const addresses = ['2001:db8:1::2', '2001:db8:1::3'].map((address, i) => ({
    ...{ device: 'eth1', address, length: 64, preferred: 100 * i },
  }));
  const seen = { links: [], routes: [], blind: [], mptcp: { endpoints: [], subflows: 2 } } as Observation;
  const translation = { comments: [] };
  const beginning = (verdict: Verdict, list = addresses) =>
    PLANNER.want(INTENT, [verdict], { ...seen, six: { addresses: list, routes: [], rules: [], translation } }).things;
  t.match(beginning(verdictOf('up6', 1)), [{ address: '2001:db8:1::3' }], 'not one that is deprecated');
  const brief = (last: number) =>
    addresses.map((one, i) => ({
      ...one,
      preferred: 100 - 100 * i * last,
      ...(i === 0 && { temporary: true as const }),
    }));
  t.match(beginning(verdictOf('up6', 1), brief(0)), [{ address: '2001:db8:1::3' }], 'nor one for privacy');
  t.match(beginning(verdictOf('up6', 1), brief(1)), [{ address: '2001:db8:1::2' }], 'unless the others are deprecated');
  const deprecated = addresses.map((one) => ({ ...one, preferred: 0 }));
  t.match(beginning(verdictOf('up6', 1), deprecated), [{ address: '2001:db8:1::2' }], 'unless all are');
  const unnamed = verdictOf('up6', 1);
  unnamed.path = { ...unnamed.path, attributes: { src: '2001:db8:a::1' } };
  if (unnamed.path.link) unnamed.path.link.addresses = [network(LOCAL)];
  t.match(beginning(unnamed), [{ address: '2001:db8:a::1', device: 'eth1' }], 'the line has none of its own');
});

tap.test('what is refused concerns one family of a line', async (t) => {
  const { investigate } = mptcp({} as Tools);
  const paths = ['up', 'up6'].map((word) => verdictOf(word, 1).path);
  for (const [i, change] of plan('up up6', []).changes.entries()) {
    const found = await investigate(change, 'no', { paths, seen: {} as Observation });
    t.strictSame(found, { paths: [paths[i]] }, change.sentence);
  }
});

tap.test('the limit is raised as far as needed, and put back', async (t) => {
  const CASES: [
    words: string,
    present: Endpoint[],
    subflows: number,
    former: number | undefined,
    last: string | undefined,
  ][] = [
    ['up up', own, 2, undefined, undefined],
    ['up up', own, 0, undefined, '+ mptcp limit of subflows 2'],
    ['up up', own, 2, 0, undefined],
    ['up up', own, 1, 0, '~ mptcp limit of subflows 2'],
    ['up up', own, 4, 0, undefined],
    ['off off', [], 2, 0, '- mptcp limit of subflows 0'],
    ['off off', [], 2, undefined, undefined],
    // A connection is of one family.
    ['up up up6 up6', [...own, six(1), six(2)], 2, undefined, undefined],
    ['up up up6 up6', [...own, six(1), six(2)], 1, undefined, '+ mptcp limit of subflows 2'],
  ];
  for (const [words, present, subflows, former, last] of CASES)
    t.equal(plan(words, present, subflows, former).sentences.at(-1), last, `${words}, ${subflows}, ${former}`);
});

tap.test('no more than the kernel takes', async (t) => {
  const { sentences, problems } = plan(Array.from({ length: 10 }, () => 'up').join(' '), [endpoint(12, { id: 3 })], 8);
  t.equal(sentences.length, MOST - 1);
  t.match(problems, [/kernel takes 8 endpoints/, /kernel takes 8/, /kernel takes 8/]);

  const five = 'up up up up up up6 up6 up6 up6 up6';
  t.match(plan(five, [], 8), { sentences: { length: MOST }, problems: { length: 2 } }, 'IPv4 comes first');
  const full = [2, 3, 4, 5].map((i) => endpoint(i)).concat([1, 2, 3, 4].map((i) => six(i)));
  t.strictSame(
    plan(five, full, 8).sentences,
    ['- mptcp endpoint 2001:db8:4::2 dev eth4'],
    'one goes before the next comes',
  );
});

tap.test('whatever is there: nobody else’s is touched, and then nothing is left to do', async (t) => {
  const STATES = ['up', 'down', 'degraded', 'spare', 'off', 'gone', 'unknown'];
  const word = fc.constantFrom(...STATES);
  const word6 = fc.constantFrom(...STATES.map((state) => `${state}6`));
  const some = fc.record({
    id: fc.oneof(
      ...[1, FIRST_ID6, FIRST_ID].map((first) => fc.integer({ min: first, max: first + (first === 1 ? 3 : 40) })),
    ),
    address: fc.constantFrom('10.0.1.2', '10.0.2.2', '10.0.3.2', '10.0.9.9', LOCAL, '2001:db8:1::2', '2001:db8:2::3'),
    device: fc.constantFrom('eth1', 'eth2', 'if5'),
    backup: fc.boolean(),
    subflow: fc.boolean(),
  });
  const present = fc
    .uniqueArray(some, { maxLength: MOST, selector: ({ id }) => id })
    .map((list) => list.filter(({ address }, i) => list.findIndex((other) => other.address === address) === i));
  const words4 = fc.array(word, { minLength: 1, maxLength: 6 });
  const words6 = fc.array(word6, { maxLength: 6 });
  const property = fc.property(words4, words6, present, (four, more, before) => {
    const words = [...four, ...more];
    let endpoints: Endpoint[] = before;
    for (let round = 0; round < 3; round++) {
      for (const { verb, thing } of plan(words.join(' '), endpoints, 8).changes) {
        const made = thing as { kind: string } & Endpoint;
        if (made.kind !== 'endpoint') continue;
        const { kind: _, ...plain } = made;
        assert.ok(isOurs(plain));
        endpoints = endpoints.filter(({ id }) => id !== plain.id);
        if (verb === 'del') continue;
        assert.ok(!endpoints.some(({ address }) => address === plain.address), 'the kernel takes no address twice');
        assert.ok(endpoints.length < MOST, 'it takes no more');
        endpoints = [...endpoints, plain];
      }
    }
    assert.deepEqual(plan(words.join(' '), endpoints, 8).sentences, []);
    const isForeign = (one: Endpoint) => !isOurs(one);
    assert.deepEqual(endpoints.filter(isForeign), before.filter(isForeign));
    assert.ok(endpoints.filter(isOurs).every(({ subflow }) => subflow));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});
