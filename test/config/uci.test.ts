import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { parseUci, type UciResult } from '../../lib/config/uci.js';

/** Sections as `type name@line`, each with its options as `name=value,value@line`; an error as `line: text`. */
function show(result: UciResult): string[] {
  if ('text' in result) return [`${result.line}: ${result.text}`];
  return result.sections.flatMap(({ type, name, line, options }) => [
    `${name === undefined ? type : `${type} ${name}`}@${line}`,
    ...[...options.values()].map(
      (option) =>
        `${option.name}=${option.values.join()}@${option.line}` +
        (option.overruled.length > 0 ? ` instead of ${option.overruled.join()}` : ''),
    ),
  ]);
}

tap.test('one value, in every spelling', async (t) => {
  const CASES: [string, string][] = [
    ['eth1', 'eth1'],
    ["'eth1'", 'eth1'],
    ['"eth1"', 'eth1'],
    ["'two words'", 'two words'],
    ['"two words"', 'two words'],
    ['two\\ words', 'two words'],
    ['\'a\'"b"c', 'abc'],
    ["'it'\\''s'", "it's"],
    [`"it's"`, "it's"],
    [`'say "x"'`, 'say "x"'],
    ['"say \\"x\\""', 'say "x"'],
    ['"a\\\\b"', 'a\\b'],
    ["'a\\b'", 'a\\b'],
    // libuci decodes no escapes: the character behind the backslash is taken as it is.
    ['"a\\nb"', 'anb'],
    ['a # b', 'a'],
    ['a#b', 'a'],
    ["'a#b;c'", 'a#b;c'],
    ['"a#b;c"', 'a#b;c'],
    ['a\\#b', 'a#b'],
    ['a;', 'a'],
    ['a;# b', 'a'],
    ['a\\\nb', 'ab'],
    ['a\\\r\nb', 'ab'],
    ['\\\na', 'a'],
    ['"a\\\nb"', 'ab'],
    ['"a\\\r\nb"', 'ab'],
    ["'a\\\nb'", 'a\\\nb'],
    ["'a\nb'", 'a\nb'],
    ['"a\nb"', 'a\nb'],
    ['Zürich-☃', 'Zürich-☃'],
    ['=:,[]{}()', '=:,[]{}()'],
  ];
  for (const [written, value] of CASES) {
    for (const end of ['', '\n', '\r\n', ' \t\n', '\noption y 1\n']) {
      const result = parseUci(`config a\noption x ${written}${end}`);
      const values = 'sections' in result ? result.sections[0]?.options.get('x')?.values : result;
      t.strictSame(values, [value], JSON.stringify(written + end));
    }
  }
});

tap.test('sections, options and their lines', async (t) => {
  const CASES: [string, string, string[]][] = [
    ['nothing', '', []],
    ['blanks and comments', ' \t\n# config x\n\n  #', []],
    ['no newline at the end', 'config a b', ['a b@1']],
    ['indented or not', '  config a b\noption x 1\n\t\toption\ty\t2', ['a b@1', 'x=1@2', 'y=2@3']],
    ['quoted names', `config "a" 'b'\noption 'x' 1`, ['a b@1', 'x=1@2']],
    ['anonymous sections stay apart', "config a\nconfig a ''\noption x 1", ['a@1', 'a@2', 'x=1@3']],
    ['as uci export prints it', "package p-q\n\nconfig a 'b'\n\toption x '1'\n\n", ['a b@3', 'x=1@4']],
    ['one letter is enough', 'p p\nc a b\no x 1\nl y 2', ['a b@2', 'x=1@3', 'y=2@4']],
    ['statements on one line', 'config a b; option x 1;;list y 2 ;', ['a b@1', 'x=1@1', 'y=2@1']],
    ['CRLF', "config a 'b'\r\n\toption x '1'\r\n\r\n# c\r\n", ['a b@1', 'x=1@2']],
    ['the last option counts', 'config a\noption x 1\noption x 2\noption x 3', ['a@1', 'x=3@4 instead of 2,3']],
    ['a list is not overruled by itself', 'config a\nlist x 1\noption y 2\nlist x 3', ['a@1', 'x=1,3@2', 'y=2@3']],
    ['a list goes on from an option', 'config a\noption x 1\nlist x 2', ['a@1', 'x=1,2@2']],
    ['an option replaces a list', 'config a\nlist x 1\nlist x 2\noption x 3', ['a@1', 'x=3@4 instead of 2']],
    ['sections of one name are one', 'config a b\noption x 1\nconfig a b\noption y 2', ['a b@1', 'x=1@2', 'y=2@4']],
    [
      'later statements go to the section that was opened again',
      'config a b\nconfig a c\nconfig a b\noption x 1\nconfig a d\noption x 2',
      ['a b@1', 'x=1@4', 'a c@2', 'a d@5', 'x=2@6'],
    ],
    ['lines behind a value of several', "config a\noption x 'p\nq\n'\noption y 1", ['a@1', 'x=p\nq\n@2', 'y=1@5']],
    ['lines behind a continued one', 'config a \\\n b\noption x \\\n1\noption y 2', ['a b@1', 'x=1@3', 'y=2@5']],
    [
      'names that objects have already',
      'config a __proto__\noption constructor 1',
      ['a __proto__@1', 'constructor=1@2'],
    ],
  ];
  for (const [what, text, sections] of CASES) t.strictSame(show(parseUci(text)), sections, what);
});

tap.test('what is no UCI, and in which line', async (t) => {
  const CASES: [string, string][] = [
    ['hello world', '1: expected config, option or list, found "hello"'],
    ['\n\nconfigs a', '3: expected config, option or list, found "configs"'],
    ['Config a', '1: expected config, option or list, found "Config"'],
    [`${'x'.repeat(50)}`, `1: expected config, option or list, found "${'x'.repeat(40)}"`],
    ['config a\n"\u001b[2J"', '2: expected config, option or list, found "?[2J"'],
    ["'' a", '1: expected config, option or list, found ""'],
    ['config a; hello', '1: expected config, option or list, found "hello"'],
    ['config\n', '1: config needs a type, as in: config interface'],
    ["config '' b", '1: config needs a type, as in: config interface'],
    ["config 'a b'", '1: config needs a type, as in: config interface'],
    ['config ü', '1: config needs a type, as in: config interface'],
    ['config a b-c', '1: name "b-c": only letters, digits and _ are allowed'],
    ["config a 'b\n'", '1: name "b?": only letters, digits and _ are allowed'],
    ['config a b c', '1: too many words behind config'],
    ['config a\n\noption x 1 2', '3: too many words behind option'],
    ['config a\nlist x 1 2', '2: too many words behind list'],
    ['package a b', '1: too many words behind package'],
    ['config a b\nconfig c b', "2: section 'b' is of type 'a' already"],
    ['# c\noption x 1', '2: option stands before the first config'],
    ['list x 1', '1: list stands before the first config'],
    ['config a\noption', '2: option needs a name'],
    ["config a\nlist '' 1", '2: list needs a name'],
    ['config a\noption x.y 1', '2: name "x.y": only letters, digits and _ are allowed'],
    ["config a\noption x 'y\noption z 1", "2: the quote ' is never closed"],
    ['config a\noption x "y\\"', '2: the quote " is never closed'],
    ["config a 'b\nconfig c 'd'\n", "2: the quote ' is never closed"],
    ['config a\noption x y\\', '2: a backslash ends the file'],
    ['config a\nb\0c', '2: a binary file, not text'],
    ['\n\0', '2: a binary file, not text'],
    ["config a '\0", '1: a binary file, not text'],
  ];
  for (const [text, error] of CASES) t.strictSame(show(parseUci(text)), [error]);
  const crlf = CASES.filter(([text]) => !/[\0\\']/.test(text));
  t.ok(crlf.length > 10);
  for (const [text, error] of crlf) t.strictSame(show(parseUci(text.replaceAll('\n', '\r\n'))), [error]);
});

const name = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/);
const value = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
const statements: fc.Arbitrary<[string, string[]]> = fc.oneof(
  fc.tuple(fc.constant('option'), fc.tuple(value)),
  fc.tuple(fc.constant('list'), fc.array(value, { minLength: 1, maxLength: 3 })),
);
const section = fc.record({
  type: name,
  name: fc.option(name, { nil: undefined }),
  options: fc.dictionary(name, statements, { maxKeys: 4 }),
});

tap.test('what uci exports is read back the same', async (t) => {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const distinct = { selector: (entry: { name: string | undefined }) => entry.name ?? {}, maxLength: 5 };
  const property = fc.property(fc.uniqueArray(section, distinct), (sections) => {
    const lines = ['package mini-mwan'];
    for (const { type, name, options } of sections) {
      lines.push('', name === undefined ? `config ${type}` : `config ${type} ${quote(name)}`);
      for (const [key, [kind, values]] of Object.entries(options)) {
        lines.push(...values.map((text) => `\t${kind} ${key} ${quote(text)}`));
      }
    }
    const result = parseUci(`${lines.join('\n')}\n\n`);
    assert('sections' in result);
    // An empty option is none, as for libuci.
    const isThere = ([, [kind, values]]: [string, [string, string[]]]) => kind === 'list' || values.at(-1) !== '';
    assert.deepEqual(
      result.sections.map(({ type, name, options }) => [type, name, [...options].map(([key, o]) => [key, o.values])]),
      sections.map(({ type, name, options }) => [
        type,
        name,
        Object.entries(options)
          .filter(isThere)
          .map(([key, [, values]]) => [key, values]),
      ]),
    );
  });
  t.doesNotThrow(() => fc.assert(property));
});

tap.test('any text is read, or refused with a line', async (t) => {
  const piece = fc.constantFrom('config ', 'option ', 'list ', 'a', "'", '"', '\\', '\n', '\r\n', ' ', ';', '#');
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  const property = fc.property(text, (input) => {
    const result = parseUci(input);
    assert('sections' in result || (result.line >= 1 && result.line <= input.split('\n').length && result.text !== ''));
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

tap.test('a MB of one thing comes to an end', async (t) => {
  const CASES: [string, string, string?][] = [
    ['', '\n'],
    ['', "''"],
    ['', 'a\\\n'],
    ['', 'config a\n'],
    ['config a\n', 'list x 1\n'],
    ['config ', 'a '],
    ["config '", "'\\''"],
    ['config "', '\\a'],
    ['config "', '\\a', '"'],
  ];
  for (const [start, piece, end = ''] of CASES) {
    const result = parseUci(start + piece.repeat(2 ** 20 / piece.length) + end);
    t.ok('sections' in result || result.text !== '', JSON.stringify([start, piece, end]));
  }
});
