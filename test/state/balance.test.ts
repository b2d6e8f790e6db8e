import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import type { Balance, Choice } from '../../lib/model.js';
import { formatBalance, parseBalance, readChoices } from '../../lib/state/balance.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';

const number = fc.integer({ min: 0, max: 1e8 }).map((value) => value / 100);
const member = fc.record(
  {
    name: fc.constantFrom('wan', 'wan_b', 'eth0.2', '4g'),
    weight: fc.integer({ min: 1, max: 256 }),
    used: fc.integer({ min: 0, max: 1000 }).map((part) => part / 1000),
  },
  { requiredKeys: ['name', 'weight'] },
);
const moved = { moves: fc.integer({ min: 0, max: 1000 }), moved: number, differs: number };
const balance = fc
  .record(
    {
      by: fc.constantFrom('quality', 'latency', 'load', 'adaptive'),
      members: fc.array(member, { maxLength: 4 }),
      ...moved,
      choices: fc.uniqueArray(
        fc.constantFrom<Choice>(
          { of: 'fast', name: 'wan', moves: 0 },
          { of: 'bulk', name: 'eth0.2', moves: 3, moved: 1, differs: 2 },
        ),
      ),
    },
    { requiredKeys: ['by', 'members', 'moves', 'choices'] },
  )
  .map(({ choices, ...known }) => (known.by === 'adaptive' ? { ...known, choices } : known)) as fc.Arbitrary<Balance>;

tap.test('what is written is what is read', async (t) => {
  const property = fc.property(balance, (known) => {
    const read = parseState(formatState({ ...EMPTY_STATE, balance: known }));
    assert.deepEqual(JSON.parse(JSON.stringify(read?.balance)), JSON.parse(JSON.stringify(known)));
    assert.equal(read?.others, undefined);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 200 }));
  t.strictSame(formatBalance(undefined), {}, 'nothing where nobody asks');
  t.strictSame(parseBalance({ mode: 'multiuplink' }), {});
});

tap.test('what is none is left out, and does not stay', async (t) => {
  for (const text of [
    'balance=luck\nbalance_members[]=wan 3',
    'balance=load\nbalance_members[]=wan',
    'balance=load\nbalance_members[]=wan 3 7.000',
    'balance=load\nbalance_members[]=a b 3',
  ]) {
    const read = parseState(formatState(EMPTY_STATE).replace('version=1', `version=1\n${text}`));
    t.match(read, { balance: undefined, others: undefined }, text);
  }
  const choices = 'balance=luck\nbalance_choices[]=fast wan 0 - -';
  const read = parseState(formatState(EMPTY_STATE).replace('version=1', `version=1\n${choices}`));
  t.match(read, { balance: undefined, others: undefined }, 'nor does a choice');
  const heavy = parseBalance({ balance: 'load', balance_members: ['wan 999', 'wanb 0'] });
  t.match(heavy.balance?.members, [{ weight: 256 }, { weight: 1 }], 'no more than a nexthop can weigh');
});

tap.test('a choice that is none is left out, and a second one of a class', async (t) => {
  t.strictSame(readChoices(['fast a b 0 - -', 'slow a 0 - -', 'fast a 0', 'bulk a\n 0 - -', '']), []);
  t.strictSame(readChoices(['bulk eth0.2 3 1.00 2.50']), [
    { of: 'bulk', name: 'eth0.2', moves: 3, moved: 1, differs: 2.5 },
  ]);
  t.strictSame(
    readChoices(['fast a 0 - -', 'bulk b 0 - -', 'fast c 0 - -']).map(({ name }) => name),
    ['a', 'b'],
  );
});
