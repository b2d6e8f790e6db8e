import tap from 'tap';
import type { Problem, Status } from '../../lib/model.js';
import { table } from '../../lib/report/table.js';
import * as words from '../../lib/report/words.js';

tap.test('spans, in their two largest units', async (t) => {
  const [MIN, H, D] = [60, 3600, 86400];
  const CASES: [number, string][] = [
    [0, '0 s'],
    [0.4, '0 s'],
    [-5, '0 s'],
    [12.4, '12 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [MIN, '1 min'],
    [MIN + 59, '1 min'],
    [4 * MIN + 10, '4 min'],
    [H - 1, '59 min'],
    [H, '1 h'],
    [H + 59, '1 h'],
    [H + MIN, '1 h 1 min'],
    [D - 1, '23 h 59 min'],
    [D, '1 d'],
    [D + 59 * MIN, '1 d'],
    [D + H, '1 d 1 h'],
    [3 * D + 4 * H, '3 d 4 h'],
    [1000 * D, '1000 d'],
  ];
  for (const [seconds, text] of CASES) t.equal(words.duration(seconds), text, `${seconds}`);
});

tap.test('numbers with their units', async (t) => {
  const CASES: [string, string][] = [
    [words.elapsed(0), '0 ms'],
    [words.elapsed(211.6), '212 ms'],
    [words.elapsed(999.4), '999 ms'],
    [words.elapsed(999.6), '1.0 s'],
    [words.elapsed(1000), '1.0 s'],
    [words.elapsed(2249), '2.2 s'],
    [words.elapsed(65000), '65.0 s'],
    [words.milliseconds(undefined), '-'],
    [words.milliseconds(0), '0.00 ms'],
    [words.milliseconds(0.074), '0.07 ms'],
    [words.milliseconds(1), '1.0 ms'],
    [words.milliseconds(11.82), '11.8 ms'],
    [words.milliseconds(1234), '1234.0 ms'],
    [words.percent(undefined), '-'],
    [words.percent(0), '0 %'],
    [words.percent(33.33), '33 %'],
    [words.percent(100), '100 %'],
    [words.count(0, 'change'), 'no change'],
    [words.count(1, 'change'), '1 change'],
    [words.count(2, 'change'), '2 changes'],
  ];
  for (const [text, expected] of CASES) t.equal(text, expected);
});

tap.test('a status as people say it', async (t) => {
  const CASES: Record<Status, string> = {
    up: 'up',
    down: 'down',
    interface_down: 'no link',
    no_gateway: 'no gateway',
    disabled: 'disabled',
    unknown: 'unknown',
  };
  for (const [status, text] of Object.entries(CASES)) t.equal(words.statusWord(status as Status), text);
});

tap.test('text from outside', async (t) => {
  const CASES: [string, string][] = [
    ['', ''],
    ["eth1 'x' ~", "eth1 'x' ~"],
    ['Zürich ☃ 東京', 'Zürich ☃ 東京'],
    ['a\nb\r\nc\td\0', 'a?b??c?d?'],
    ['\u001b[31mred\u0007', '?[31mred?'],
    ['\u007f\u0080\u009b\u009f', '????'],
    ['left \u202etfel\u2066 \u200f \u061c', 'left ?tfel? ? ?'],
    ['lines\u2028of\u2029another kind', 'lines?of?another kind'],
    ['no\u200b width\ufeff at\u00ad all\u2060', 'no? width? at? all?'],
    ['half a character: \ud83d, \ude00', 'half a character: ?, ?'],
    ['\ufff9\uffff', '??'],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(60)}…`],
  ];
  for (const [text, shown] of CASES) t.equal(words.safe(text), shown);
  t.equal(words.safe('abcdef', 3), 'abc…');
});

tap.test('a problem in one line', async (t) => {
  const CASES: [Problem, string][] = [
    [{ text: 'all is lost' }, 'all is lost'],
    [{ line: 3, text: 'odd' }, '/f, line 3: odd'],
    [{ option: "interface 'wan'", text: 'odd' }, "interface 'wan': odd"],
    [{ line: 3, option: 'option metric', value: 'ten', text: 'odd' }, "/f, line 3: option metric 'ten': odd"],
    [{ option: 'option metric', value: '', text: 'odd' }, "option metric '': odd"],
    [{ option: 'option device', value: 'a\u001bb\n', text: 'o\nd' }, "option device 'a?b?': o?d"],
    [{ option: 'x', value: 'v'.repeat(99), text: 't'.repeat(999) }, `x '${'v'.repeat(60)}…': ${'t'.repeat(400)}…`],
    [{ text: 'odd', remedy: ['do this'], fatal: true }, 'odd'],
  ];
  for (const [problem, text] of CASES) t.equal(words.problemText(problem, '/f'), text);
});

tap.test('columns', async (t) => {
  const CASES: [string[][], string[]][] = [
    [[], []],
    [[[]], ['']],
    [[['a']], ['a']],
    [[['', 'a']], ['  a']],
    [
      [
        ['a', 'bbb', 'c'],
        ['aaaa', '', 'cc'],
      ],
      ['a     bbb  c', 'aaaa       cc'],
    ],
    [
      [['a', 'b'], ['c'], ['d', 'e', 'f']],
      ['a  b', 'c', 'd  e  f'],
    ],
    [
      [
        ['a', ''],
        ['b', '  '],
      ],
      ['a', 'b'],
    ],
  ];
  for (const [rows, lines] of CASES) t.strictSame(table(rows), lines);
  const shown = table(
    [
      ['a', 'b'],
      ['cc', 'd'],
    ],
    (cell, row, column) => (row === 0 && column === 0 ? `<${cell}>` : cell),
  );
  t.strictSame(shown, ['<a>   b', 'cc  d'], 'what is added does not count for the width');
});
