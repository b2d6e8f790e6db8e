import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { PLANNER } from '../../../lib/actuators/mptcp/mptcp.js';
import { FIRST_ID, isOurs, MOST } from '../../../lib/actuators/mptcp/thing.js';
import type { Endpoint, Intent, Observation, Verdict } from '../../../lib/model.js';
import { makePath } from '../../make.js';

const INTENT: Intent = { shares: [], held: [], highest: 10, sticky: false };

/** WAN i as a word says it: `up`, `down`, `degraded`, `spare`, `off` (MPTCP is not for it), `gone` (no device). */
function verdictOf(word: string, i: number): Verdict {
  const path = makePath(i, 10, {}, word === 'off' ? {} : { mptcp: true });
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

function plan(words: string, endpoints: Endpoint[], subflows = 2, former?: number) {
  const verdicts = words.split(' ').map((word, i) => verdictOf(word, i + 1));
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
  ];
  for (const [words, present, subflows, former, last] of CASES)
    t.equal(plan(words, present, subflows, former).sentences.at(-1), last, `${words}, ${subflows}, ${former}`);
});

tap.test('no more than the kernel takes', async (t) => {
  const { sentences, problems } = plan(Array.from({ length: 10 }, () => 'up').join(' '), [endpoint(12, { id: 3 })], 8);
  t.equal(sentences.length, MOST - 1);
  t.match(problems, [/kernel takes 8 endpoints/, /kernel takes 8/, /kernel takes 8/]);
});

tap.test('whatever is there: nobody else’s is touched, and then nothing is left to do', async (t) => {
  const word = fc.constantFrom('up', 'down', 'degraded', 'spare', 'off', 'gone', 'unknown');
  const some = fc.record({
    id: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: FIRST_ID, max: FIRST_ID + 40 })),
    address: fc.constantFrom('10.0.1.2', '10.0.2.2', '10.0.3.2', '10.0.9.9', 'fd00::1'),
    device: fc.constantFrom('eth1', 'eth2', 'if5'),
    backup: fc.boolean(),
    subflow: fc.boolean(),
  });
  const present = fc
    .uniqueArray(some, { maxLength: 6, selector: ({ id }) => id })
    .map((list) => list.filter(({ address }, i) => list.findIndex((other) => other.address === address) === i));
  const property = fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), present, (words, before) => {
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
