import tap from 'tap';
import { hashOf } from '../lib/hash.js';

tap.test('FNV-1a, by the test vectors of its authors', async (t) => {
  for (const [text, hash] of [
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ] as const)
    t.equal(hashOf(text), hash, text);
});
