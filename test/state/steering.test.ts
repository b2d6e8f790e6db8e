import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { formatSteered, parseSteered, type Steered } from '../../lib/state/steering.js';

const time = fc.integer({ min: 0, max: 1e8 }).map((value) => value / 100);
const name = fc.constantFrom('voice', 'steering-2', 'a_b', 'eth0.2');
const steered = fc.record(
  {
    ...{ name, primary: name, alternate: name, on: fc.boolean(), dryRun: fc.boolean() },
    ...{ since: time, differs: time, wary: time, base: time, score: fc.integer({ min: 0, max: 100 }) },
    toggles: fc.array(time, { maxLength: 5 }),
    reason: fc.constantFrom('', 'wan: RED, 90 ms added', 'wan is down'),
  },
  { requiredKeys: ['name', 'primary', 'alternate', 'on', 'dryRun', 'score', 'toggles', 'reason'] },
) as fc.Arbitrary<Steered>;

tap.test('what is written is what is read, through the state file', async (t) => {
  const property = fc.property(fc.uniqueArray(steered, { selector: (one) => one.name, maxLength: 3 }), (all) => {
    const read = parseState(formatState({ ...EMPTY_STATE, steering: all.map(formatSteered) }));
    assert.deepEqual(JSON.parse(JSON.stringify(parseSteered(read?.steering))), JSON.parse(JSON.stringify(all)));
    assert.equal(read?.others, undefined);
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
  t.equal(parseState(formatState(EMPTY_STATE))?.steering, undefined, 'nothing where nobody asks');
});

tap.test('what is none is left out, and a second one of a section', async (t) => {
  const one = 'voice wan wanb on live 1.00 - - - 60 1.00 wan: RED';
  t.match(parseSteered([one, one.replace(' on ', ' off ')]), [{ name: 'voice', on: true, reason: 'wan: RED' }]);
  t.equal(parseSteered([one, one]).length, 1);
  for (const line of [
    '',
    'voice',
    one.replace('on', 'maybe'),
    one.replace('live', ''),
    one.replace('60', 'NaN'),
    one.replace('1.00', '1e9'),
    `${one}\n`,
  ])
    t.strictSame(parseSteered([line]), [], line);
  const steered = parseSteered([one])[0] as Steered;
  t.match(parseSteered([formatSteered({ ...steered, score: 999, reason: 'a=b;#"\n\\' })]), [
    { score: 100, reason: 'a?b??????'.slice(0, 8) },
  ]);
});
