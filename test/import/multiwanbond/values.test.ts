import tap from 'tap';
import { integer } from '../../../lib/config/values.js';
import { legal, toMilliseconds } from '../../../lib/import/multiwanbond/values.js';

tap.test('durations', async (t) => {
  const CASES: [text: unknown, ms: number | undefined][] = [
    ['200ms', 200],
    ['5s', 5000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['0', 0],
    ['0s', 0],
    ['', undefined],
    ['5', undefined],
    ['5 s', undefined],
    ['-5s', undefined],
    ['s', undefined],
    ['5d', undefined],
    ['5s\n', undefined],
    [`${'9'.repeat(400)}s`, undefined],
    ['1s'.repeat(100_000), undefined],
    [5, undefined],
    [null, undefined],
    [{}, undefined],
  ];
  for (const [text, ms] of CASES) t.equal(toMilliseconds(text), ms, String(text).slice(0, 20));
});

tap.test('the nearest legal number', async (t) => {
  const CASES: [value: number, taken: number, said: string[]][] = [
    [5, 5, []],
    [4.2, 5, []],
    [0.001, 2, ['x takes a number from 2 to 9; 2 is taken']],
    [12, 9, ['x takes a number from 2 to 9; 9 is taken']],
    [1e300, 9, ['x takes a number from 2 to 9; 9 is taken']],
  ];
  for (const [value, taken, words] of CASES) {
    const said: string[] = [];
    t.equal(
      legal(value, integer(2, 9, 3), 'x', (text) => said.push(text)),
      taken,
      `${value}`,
    );
    t.strictSame(said, words, `${value}`);
  }
});
