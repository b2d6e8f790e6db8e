import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { enumerated, family, type Labels } from '../../lib/report/exposition.js';
import { parseExposition } from './exposition.js';

const HEAD = '# HELP a b c\n# TYPE a gauge\n';

tap.test('what is read, and what is refused', async (t) => {
  t.strictSame(parseExposition(''), []);
  t.strictSame(parseExposition(`${HEAD}a 1\na{b="",c="\\\\n\\"\\n,{}"} -0.5\n`), [
    {
      name: 'a',
      type: 'gauge',
      help: 'b c',
      series: [
        { labels: {}, value: 1 },
        { labels: { b: '', c: '\\n"\n,{}' }, value: -0.5 },
      ],
    },
  ]);
  const WRONG: [what: string, text: string][] = [
    ['no end of line', `${HEAD}a 1`],
    ['no HELP', '# TYPE a gauge\na 1\n'],
    ['no TYPE', '# HELP a b\na 1\n'],
    ['no head', 'a 1\n'],
    ['no series', HEAD],
    ['TYPE twice', `${HEAD}# TYPE a gauge\na 1\n`],
    ['HELP twice', `${HEAD}a 1\n${HEAD}a 2\n`],
    ['not contiguous', `${HEAD}a 1\n# HELP b b\n# TYPE b gauge\nb 1\na{x="1"} 1\n`],
    ['a series twice', `${HEAD}a{b="1"} 1\na{b="1"} 2\n`],
    ['another metric', `${HEAD}b 1\n`],
    ['a timestamp', `${HEAD}a 1 1700000000\n`],
    ['no number', `${HEAD}a x\n`],
    ['NaN', `${HEAD}a NaN\n`],
    ['an empty line', `${HEAD}\na 1\n`],
    ['a quote in a value', `${HEAD}a{b="""} 1\n`],
    ['a backslash in a value', `${HEAD}a{b="\\x"} 1\n`],
    ['a label twice', `${HEAD}a{b="1",b="2"} 1\n`],
    ['no name of a label', `${HEAD}a{-="1"} 1\n`],
    ['another type', '# HELP a b\n# TYPE a histogram\na 1\n'],
    ['a counter below 0', '# HELP a b\n# TYPE a counter\na -1\n'],
  ];
  for (const [what, text] of WRONG) t.throws(() => parseExposition(text), what);
});

tap.test('whatever labels hold is read back', async (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', '\\', '"', '\n', 'n', '{', '}', ',', '=', ' ', '#', 'ü', '\t') });
  const subjects = fc.uniqueArray(fc.tuple(fc.record({ x: text, y: text }), fc.integer()), {
    minLength: 1,
    selector: ([labels]) => JSON.stringify(labels),
  });
  const property = fc.property(subjects, (all) => {
    const [found] = parseExposition(family(['m', 'gauge', 'help', Number], all));
    const read = found?.series.map(({ labels, value }) => [labels, value]);
    assert.deepEqual(JSON.stringify(read), JSON.stringify(all));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }));
});

tap.test('what nobody knows is not printed', async (t) => {
  const of = (values: (number | undefined)[]) =>
    family(
      ['m', 'gauge', 'help', (value: number | undefined) => value],
      values.map((value, i): [Labels, number | undefined] => [{ i: String(i) }, value]),
    );
  t.equal(of([]), '');
  t.equal(of([undefined]), '', 'nor is its head');
  t.match(of([undefined, 0]), /\nm\{i="1"\} 0\n$/);
});

tap.test('one of several words', async (t) => {
  const labels: [Labels, string][] = [
    [{ wan: 'a' }, 'x'],
    [{ wan: 'b' }, 'other'],
  ];
  t.strictSame(
    enumerated('word', ['x', 'y'], labels, (word) => word),
    [
      [{ wan: 'a', word: 'x' }, true],
      [{ wan: 'a', word: 'y' }, false],
      [{ wan: 'b', word: 'x' }, false],
      [{ wan: 'b', word: 'y' }, false],
    ],
  );
});
