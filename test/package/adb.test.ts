import tap from 'tap';
import { block, encode, type Value } from '../../lib/package/adb.js';
import { readAdb } from './read-apk.js';

tap.test('values come out as they went in', async (t) => {
  const values: Value[] = [0, 1, 2 ** 28 - 1, 'x', 'ä'];
  for (const size of [1, 255, 256, 65_535, 65_536]) values.push('x'.repeat(size));
  for (const value of values) {
    const read = readAdb(encode(value));
    t.equal(typeof value === 'number' ? read : String(read), value, String(value).slice(0, 9));
  }
  // Whatever lies before a number on the heap, it must lie at a multiple of its size; the reader demands it.
  const mixed: Value = { array: [...values, { object: { 1: 'a', 3: { array: [1, 2] }, 4: '' } }, { array: [] }] };
  const read = readAdb(encode(mixed)) as unknown[];
  t.equal(read.length, values.length + 2);
  t.strictSame(read.at(-2), [Buffer.from('a'), null, [1, 2], null]);
  t.equal(read.at(-1), null);
});

tap.test('a number that has no place', async (t) => {
  t.throws(() => encode(2 ** 28), /268435456 is too large for a value/);
});

tap.test('a block is filled up to a multiple of eight', async (t) => {
  const rows: [string, string][] = [
    ['', '0400008000000000'],
    ['abc', '0700008061626300'],
    ['abcd', '0800008061626364'],
    ['abcde', '09000080616263646500000000000000'],
  ];
  for (const [content, bytes] of rows) t.equal(block(2, Buffer.from(content)).toString('hex'), bytes, content);
});
