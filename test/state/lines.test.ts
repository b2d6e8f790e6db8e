import fc from 'fast-check';
import { parse, stringify } from 'ini';
import tap from 'tap';
import { readLines, writeLines } from '../../lib/state/lines.js';

/** Of what ini could take for more than letters, and of what nobody could. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'a1 .,:/-;#=\\"\'[]é\t') }),
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    'reply from 1.1.1.1, 8.8.8.8',
    '2001:db8:100::/56',
    ' led',
    'ended ',
    '"quoted"',
    "'",
    'a#b;c',
  ),
);
const key = fc.string({ unit: fc.constantFrom(...'abc_1'), minLength: 1 });
const section = fc.dictionary(key, fc.oneof(value, fc.nat(), fc.array(value, { minLength: 1 })));

tap.test('they are those of ini', async (t) => {
  fc.assert(
    fc.property(section, (said) => {
      const text = writeLines(said);
      t.equal(text, stringify(said));
    }),
  );
  t.equal(writeLines({ none: [] }), '');
});

tap.test('they are read as ini reads them, but for words that it takes for values of their own', async (t) => {
  fc.assert(
    fc.property(section, (said) => {
      const text = stringify(said);
      const words = (read: object) =>
        JSON.parse(JSON.stringify(read), (_, one) => (typeof one === 'object' ? one : `${one}`));
      t.strictSame(words(readLines(text)), words(parse(text)), text);
    }),
  );
  t.strictSame({ ...readLines('a=true\nb=null\n') }, { a: 'true', b: 'null' });
});

tap.test('what is no line of ours is no harm', async (t) => {
  const CASES: [what: string, text: string, read: object][] = [
    ['nothing', '', {}],
    ['no value', 'a\n\nb=2\n', { b: '2' }],
    ['cut off', 'a=1\nb', { a: '1' }],
    ['an editor of Windows', 'a=1\r\nb[]=x\r\n', { a: '1', b: ['x'] }],
    ['first one, then several', 'a=1\na[]=2\na[]=3\n', { a: ['2', '3'] }],
    ['a name of JavaScript', '__proto__=1\nconstructor[]=2\n', { ['__proto__']: '1', constructor: ['2'] }],
  ];
  for (const [what, text, read] of CASES) t.strictSame(Object.entries(readLines(text)), Object.entries(read), what);
});
