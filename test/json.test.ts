import tap from 'tap';
import { asList, asName, asNumber, asRecord, asText, asWord, type Json, parseJson } from '../lib/json.js';

tap.test('text of other programs', async (t) => {
  t.strictSame(parseJson('{"a":[1]}'), { a: [1] });
  t.strictSame(parseJson('{"name":"eth\u0001\n0"}'), { name: 'eth  0' }, 'ip leaves control characters as they are');
  for (const text of ['', 'nonsense', '{"a":', '[1,]']) t.equal(parseJson(text), undefined, text);
});

tap.test('what a value is, or that it is something else', async (t) => {
  const CASES: [read: (value: Json) => unknown, value: Json, expected: unknown][] = [
    [asRecord, { a: 1 }, { a: 1 }],
    ...[[], null, 'a', 1, undefined].map((value): [typeof asRecord, Json, unknown] => [asRecord, value, undefined]),
    [asList, [1], [1]],
    ...[{}, null, 'a', undefined].map((value): [typeof asList, Json, unknown] => [asList, value, undefined]),
    [asText, '', ''],
    [asText, 1, undefined],
    [asNumber, 0, 0],
    [asNumber, 1.5, 1.5],
    [asNumber, '12', 12],
    [asNumber, '12.5', 12.5],
    ...[-1, '-1', Number.NaN, Number.POSITIVE_INFINITY, '', ' 1', '0x1', '1e3', '1'.repeat(17), null, true].map(
      (value): [typeof asNumber, Json, unknown] => [asNumber, value, undefined],
    ),
    [asName, 'static', 'static'],
    [asName, 77, '77'],
    [asName, null, undefined],
    [asWord, 7, undefined],
  ];
  for (const [read, value, expected] of CASES)
    t.strictSame(read(value), expected, `${read.name} ${JSON.stringify(value)}`);
});

tap.test('a word is one word for ip and for a screen, and no option', async (t) => {
  const CASES: [text: string, word: string][] = [
    ['eth0.2@eth0', 'eth0.2@eth0'],
    ['-batch', '?batch'],
    ['a-b', 'a-b'],
    ['eth0 metric 1', 'eth0?metric?1'],
    ['a#b', 'a?b'],
    ['a"b\'c\\d', 'a?b?c?d'],
    ['a\x1b[2J', 'a?[2J'],
    ['ü', '?'],
    ['x'.repeat(70), 'x'.repeat(64)],
  ];
  for (const [text, word] of CASES) t.equal(asWord(text), word);
});
