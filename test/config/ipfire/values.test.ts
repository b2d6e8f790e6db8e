import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { whyUnreadable } from '../../../lib/config/ipfire/readable.js';
import { changeValues, parseLine, readValues } from '../../../lib/config/ipfire/values.js';
import { byC, byPerl, byShell } from './readers.js';
import { CHARACTER } from './samples.js';

const OURS = { ours: true };
const show = (text: string, dialect = {}) => {
  const { values, faults } = readValues(text, dialect);
  return [values, faults.map(({ line, key, text: what }) => `${line}${key === undefined ? '' : ` ${key}`}: ${what}`)];
};

const NO_PAIR = 'not KEY=VALUE; ignored';
const COMMENT = "a comment: IPFire's own programs may read nothing of the file because of it";
const QUOTES = 'its quotes are not one pair around the whole value; ignored';
const MAYBE = 'what follows " #" is taken for a comment; if it belongs to the value, put the value into quotes';
const WINDOWS = "1: its lines end as on Windows: IPFire's own programs read none of them";

tap.test("one line of IPFire's own files", async (t) => {
  const CASES: [line: string, value?: string | undefined, fault?: string][] = [
    ['A=b', 'b'],
    ['A=', ''],
    ["A=''", ''],
    ["A='b c'", 'b c'],
    ["A='b'", 'b'],
    ["A='b c' ", undefined, QUOTES],
    ['A=b=c', 'b=c'],
    [' A=b', 'b'],
    ['A=b c', 'b c'],
    ['A="b c"', '"b c"'],
    ['A=$(reboot)', '$(reboot)'],
    ['A=b # c', 'b # c'],
    [`A='"pci: a (rev 01)"'`, '"pci: a (rev 01)"'],
    ["A='it's'", "it's"],
    ["A='b", undefined, QUOTES],
    ["A='", undefined, QUOTES],
    ['A=é☃', 'é☃'],
  ];
  for (const [line, value, fault] of CASES) {
    for (const text of [line, `${line}\n`, `\n${line}\n\n`]) {
      const at = text.startsWith('\n') ? 2 : 1;
      const said = fault === undefined ? [] : [`${at} A: ${fault}`];
      t.strictSame(show(text), [value === undefined ? {} : { A: value }, said], JSON.stringify(text));
    }
  }
});

tap.test('one line of a file that only we read', async (t) => {
  const CASES: [line: string, value?: string | undefined, fault?: string][] = [
    ['A=b', 'b'],
    ['a=b', 'b'],
    [' A = b ', 'b'],
    ['\tA\t=\tb\t', 'b'],
    ['\ufeffA=b', 'b'],
    ['A=', ''],
    ['A=b c', 'b c'],
    ["A='b c'", 'b c'],
    ['A="b c"', 'b c'],
    ["A='b' # c", 'b'],
    ['A="b"# c', 'b'],
    [`A="it's \\"b\\" \\\\ \\n"`, `it's "b" \\ n`],
    ["A='b\\'", 'b\\'],
    ['A=it\'s "b"', 'it\'s "b"'],
    ['A=b#c', 'b#c'],
    ['A=b # c', 'b', MAYBE],
    ['A= # c', '', MAYBE],
    ['A=#c', '', MAYBE],
    ["A='b", undefined, QUOTES],
    ['A="b', undefined, QUOTES],
    ['A="b\\"', undefined, QUOTES],
    ["A='b'c", undefined, QUOTES],
    ["A='b'c'", undefined, QUOTES],
    ['A=$(reboot)', '$(reboot)'],
    ['A=`reboot`', '`reboot`'],
  ];
  for (const [line, value, fault] of CASES) {
    for (const end of ['', '\n', '\r\n', '\n# comment\n\n  # x=y\n']) {
      const said = fault === undefined ? [] : [`1 A: ${fault}`];
      t.strictSame(show(line + end, OURS), [value === undefined ? {} : { A: value }, said], JSON.stringify(line + end));
    }
  }
});

tap.test('files', async (t) => {
  const CASES: [what: string, text: string, values: object, said?: string[], dialect?: object][] = [
    ['nothing', '', {}],
    ['blank lines', '\n \n\t\n', {}],
    ['the later of two counts', 'A=1\nB=2\nA=3', { A: '3', B: '2' }, ['3 A: set before in line 1; this one counts']],
    ['the later is useless', "A=1\nA='3", { A: '1' }, [`2 A: ${QUOTES}`]],
    ['in capitals and not', 'A=1\na=3', { A: '3' }, ['2 A: set before in line 1; this one counts'], OURS],
    ['a comment', '# x\nA=1\n  # x=y', { A: '1' }, [`1: ${COMMENT}`, `3: ${COMMENT}`]],
    ['as on Windows', "A=1\r\nB='b c'\r\n\r\n", { A: '1', B: 'b c' }, [WINDOWS]],
    ['as on Windows, for us', "A=1\r\nB='b c'\r\n\r\n", { A: '1', B: 'b c' }, [], OURS],
    [
      'no pairs',
      'hello\n=x\nA-B=1\n1A=1\nexport C=1\nÄ=1',
      {},
      [1, 2, 3, 4, 5, 6].map((line) => `${line}: ${NO_PAIR}`),
    ],
    ['names that objects have', '__proto__=1\nconstructor=2', JSON.parse('{"__proto__":"1","constructor":"2"}')],
    ['binary', 'A=1\nB=\0', {}, ['2: a binary file, not text; nothing of it is used']],
    ['an ELF program', '\x7fELF\x02\x01\x01\0\0\0', {}, ['1: a binary file, not text; nothing of it is used'], OURS],
  ];
  for (const [what, text, values, said = [], dialect = {}] of CASES)
    t.strictSame(show(text, dialect), [values, said], what);
});

tap.test('a large file of nonsense is read, and not said line by line', async (t) => {
  const { values, faults } = readValues(`A=1\n${'nonsense\n'.repeat(10_000)}B=2`);
  t.strictSame(values, { A: '1', B: '2' });
  t.equal(faults.length, 21);
  t.match(faults.at(-1), { text: 'and 9980 more' });
  for (const piece of [' ', '#', "'", '"', '\\', '=', ' #', 'A', 'A=', 'a=1\n', '\r', "A='\\'"]) {
    for (const start of ['', 'A=', 'A="', "A='", 'A=b']) {
      const text = start + piece.repeat(60_000 / piece.length);
      for (const dialect of [{}, OURS])
        t.ok(readValues(text, dialect).faults.length <= 21, JSON.stringify(start + piece));
      t.ok(changeValues(text, { A: 'b', B: 'c' }, OURS).length > 4);
    }
  }
});

tap.test('changing a file', async (t) => {
  const CASES: [what: string, text: string, changes: Record<string, string | undefined>, after: string][] = [
    ['in place', 'A=1\nB=2\nC=3\n', { B: '4' }, 'A=1\nB=4\nC=3\n'],
    ['in the last line', 'A=1\nB=2', { B: '4' }, 'A=1\nB=4'],
    ['appended', 'A=1\n', { B: '2', C: '3' }, 'A=1\nB=2\nC=3\n'],
    ['appended where no newline ends it', 'A=1', { B: '2' }, 'A=1\nB=2\n'],
    ['to nothing', '', { B: '2' }, 'B=2\n'],
    ['removed', 'A=1\nB=2\nC=3\n', { B: undefined }, 'A=1\nC=3\n'],
    ['removed, and not there', 'A=1\n', { B: undefined }, 'A=1\n'],
    ['all removed', 'A=1\n', { A: undefined }, ''],
    ['the same key twice', 'A=1\nB=2\nA=3\n', { A: '4' }, 'B=2\nA=4\n'],
    ['the same key twice, removed', 'A=1\nB=2\nA=3\n', { A: undefined }, 'B=2\n'],
    ['a broken line of that key', "A='1\nB=2\n", { A: '4' }, 'A=4\nB=2\n'],
    ['a blank is quoted', 'A=1\n', { A: 'b c' }, "A='b c'\n"],
    ['nothing else is', 'A=1\n', { A: 'b,c=d/e#f' }, 'A=b,c=d/e#f\n'],
    ['an empty value', 'A=1\n', { A: '' }, 'A=\n'],
    [
      'all else is kept',
      "# x=y\n\n \nnonsense\r\n B='2'\r\nA=1\r\n",
      { A: '2' },
      "# x=y\n\n \nnonsense\r\n B='2'\r\nA=2\n",
    ],
    ['a name that objects have', '', JSON.parse('{"__proto__":"1"}'), '__proto__=1\n'],
  ];
  for (const [what, text, changes, after] of CASES) t.equal(changeValues(text, changes), after, what);
  t.equal(changeValues('# c\na = 1 # d\n', { A: 'x' }, OURS), '# c\nA=x\n');
  for (const [key, value] of [
    ['A', 'b\nC=d'],
    ['A', 'b\r'],
    ['A', '\0'],
    ['A-B', 'c'],
    ['', 'c'],
    ['A\nB', 'c'],
  ] as const)
    t.throws(() => changeValues('', { [key]: value }), { message: 'this is no KEY=VALUE' });
});

const line = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '# x=y',
    'nonsense',
    "RED_DEV='red0",
    'RED_DEV=red0',
    "GREEN_A='b c'",
    'GREEN_A=1\r',
    'A-B=c',
  ),
  fc.string({ unit: CHARACTER }).map((text) => text.replace(/[\n\0]/g, '')),
);
const file = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));
const anyValue = fc.string({ unit: CHARACTER }).map((text) => text.replace(/[\n\r\0]/g, ''));
const changed = fc.dictionary(
  fc.constantFrom('RED_DEV', 'RED_TYPE', 'GREEN_A'),
  fc.option(anyValue, { nil: undefined }),
);

tap.test('what is changed is read back; all else is as before', async (t) => {
  const property = fc.property(file, changed, fc.boolean(), (text, changes, ours) => {
    const dialect = { ours };
    const before = readValues(text, dialect).values;
    const after = changeValues(text, changes, dialect);
    const wanted = new Map(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined));
    assert.deepEqual(new Map(Object.entries(readValues(after, dialect).values)), wanted);
    const isOther = (row: string) => row !== '' && !Object.hasOwn(changes, parseLine(row, dialect).key ?? '');
    const others = (whole: string) => whole.split('\n').filter(isOther);
    assert.deepEqual(others(after), others(text));
    assert.equal(changeValues(after, changes, dialect), after, 'a second time changes nothing');
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

const SET = [...'ABCZabcz0189=/,.:%_@#+-'];
const readable = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...SET) }, { weight: 1, arbitrary: fc.constant(' ') }))
  .map((chars) => chars.join(''));
const key = fc.stringMatching(/^(RED|GREEN)_[A-Z0-9_]{0,8}$/);
const any = fc.oneof({ weight: 3, arbitrary: readable }, { weight: 1, arbitrary: fc.string({ unit: CHARACTER }) });

tap.test("what is written, all of IPFire's readers read, or it was said that they do not", async (t) => {
  const hashes = fc.sample(fc.dictionary(key, any, { minKeys: 1, maxKeys: 8 }), { numRuns: 80, seed: 1 });
  const passing = hashes.map((hash) =>
    Object.fromEntries(Object.entries(hash).filter(([name, value]) => whyUnreadable(name, value) === undefined)),
  );
  const count = (list: object[]) => list.reduce((sum, hash) => sum + Object.keys(hash).length, 0);
  t.ok(count(passing) > 100 && count(passing) < count(hashes), 'some pass, and some do not');
  const others = { GREEN_DEV: 'green0', RED_DRIVER: 'e1000' };
  const texts = passing.map((hash) => changeValues("GREEN_DEV=green0\nRED_DRIVER='e1000'\n", hash));
  const wanted = passing.map((hash) => ({ ...others, ...hash }));
  t.strictSame(byShell(texts), wanted.map(sorted), 'shell');
  t.strictSame(byPerl(texts), wanted.map(sorted), 'Perl');
  t.strictSame(texts.map(byC), wanted, 'C');
});

/** As a shell and Perl print them. */
function sorted(hash: Record<string, string>) {
  const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : 1);
  const [green, red] = ['GREEN_', 'RED_'].map((zone) => Object.entries(hash).filter(([name]) => name.startsWith(zone)));
  return Object.fromEntries([...(green ?? []), ...(red ?? [])].sort(byName));
}

tap.test('what is said to be unreadable, one of them does not read', async (t) => {
  const VALUES = [...'!$;&()~*?"\'\\<>|`{}[]^é'].map((char) => `a${char}b`);
  const all = [...VALUES, ...VALUES.map((value) => `${value} c`), 'a  b', 'x'.repeat(250), 'a\tb'];
  for (const value of all) t.type(whyUnreadable('RED_A', value), 'string', value);
  const texts = all.map((value) => changeValues('', { RED_A: value }));
  const shell = byShell(texts);
  const perl = byPerl(texts);
  for (const [i, value] of all.entries()) {
    const read = [shell[i]?.RED_A, perl[i]?.RED_A, byC(texts[i] ?? '')?.RED_A];
    t.ok(
      read.some((what) => what !== value),
      value,
    );
  }
  for (const name of ['RED-A', '1A', '', 'RED A', 'Ä']) t.type(whyUnreadable(name, 'b'), 'string');
});

tap.test("where one line keeps IPFire's scripts from reading the others, it is said", async (t) => {
  const texts = ['GREEN-X=1', '# old x=y', 'nonsense'].map((bad) => `RED_A=1\n${bad}\nRED_B=2\n`);
  const shell = byShell(texts);
  for (const [i, text] of texts.entries()) {
    t.ok(shell[i]?.RED_B === undefined || byC(text) === undefined, text);
    t.equal(readValues(text).faults.length, 1, text);
  }
  t.strictSame(byShell(['RED_A=1\r\nRED_B=2\r\n']), [{}]);
});
