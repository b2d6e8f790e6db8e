import tap from 'tap';
import { refusals } from '../../lib/observe/batch.js';

tap.test('which lines of a batch were refused, and why', async (t) => {
  const CASES: [what: string, stderr: string, refused: [number, string][]][] = [
    ['none', '', []],
    [
      'two, with their reasons',
      'Cannot find device "x"\nCommand failed -:2\nError: a\nb\nCommand failed -:5\n',
      [
        [2, 'Cannot find device "x"'],
        [5, 'Error: a'],
      ],
    ],
    ['without a word', 'Command failed -:1\n', [[1, 'it is refused']]],
    ['something else is said', 'Warning\n', []],
    ['no number', 'Command failed -:x\n', []],
  ];
  for (const [what, stderr, refused] of CASES) t.strictSame([...refusals(stderr)], refused, what);
});
