import tap from 'tap';
import { asBegun, asLook, asSet, asSwitch, asWish, isWrite, nameOf } from '../../lib/replay/machine.js';
import { formatRouteros } from '../../lib/state/routeros.js';
import { MACHINE } from '../routeros/driver.js';

const ODD = [undefined, null, 7, 'x', [], {}, { at: 'x' }, { at: 1, answer: 7 }, { lines: [{}] }];
const FAILURE = { text: 'no', again: true, gone: true };

tap.test('answers as they were recorded', async (t) => {
  const known = { machine: MACHINE, former: [], due: 0, failures: 0, written: {}, problems: [] };
  const memory = formatRouteros({ bootId: '', machines: [known] });
  const begun = { memory, leaving: false, dryRun: true, deadline: 30, at: 1 };
  t.strictSame(asBegun(begun), { ...begun, memory: known });
  t.equal(asBegun({ ...begun, memory: '{}' }), undefined);
  const wish = {
    lines: [
      { wan: 'a', up: true, rank: 1 },
      { wan: 'b', up: false },
    ],
    rates: { up: 1, down: 2 },
    steered: true,
  };
  t.strictSame([asWish(wish), asWish({ lines: [] })], [wish, { lines: [] }]);
  const items = [{ fields: { name: 'q' }, raw: '' }];
  t.strictSame(asLook({ at: 1, answer: [items, null] }), { at: 1, answer: [items, undefined] });
  t.strictSame(asLook({ at: 1, answer: FAILURE }), { at: 1, answer: FAILURE });
  t.equal(asLook({ at: 1, answer: [[{ fields: { name: 7 }, raw: '' }]] }), undefined);
  t.strictSame(asSet({ at: 1, answer: null }), { at: 1, answer: undefined });
  t.strictSame(asSet({ at: 1, answer: FAILURE }), { at: 1, answer: FAILURE });
  t.strictSame(asSwitch(false), { on: false });
  for (const odd of ODD)
    for (const read of [asBegun, asWish, asLook, asSet, asSwitch])
      t.equal(read(odd), undefined, `${read.name} ${JSON.stringify(odd)}`);
});

tap.test('which calls are which', async (t) => {
  t.equal(nameOf('routeros edge-1: pass'), 'edge-1');
  t.strictSame(['routeros edge: look', 'find curl', 'routeros a b: pass'].map(nameOf), [
    undefined,
    undefined,
    undefined,
  ]);
  t.strictSame(['routeros edge: set', 'routeros edge: look'].map(isWrite), [true, false]);
});
