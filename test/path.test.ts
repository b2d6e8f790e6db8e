import assert from 'node:assert/strict';
import { posix } from 'node:path';
import fc from 'fast-check';
import tap from 'tap';
import { basename, dirname, resolve } from '../lib/path.js';

tap.test('the folder of a path, and its last name', async (t) => {
  const CASES: [path: string, folder: string, name: string][] = [
    ['/etc/config/mini-mwan', '/etc/config', 'mini-mwan'],
    ['/etc/config/', '/etc', 'config'],
    ['/etc', '/', 'etc'],
    ['/etc//', '/', 'etc'],
    ['/', '/', ''],
    ['//', '/', ''],
    ['//a', '/', 'a'],
    ['a/b', 'a', 'b'],
    ['a', '.', 'a'],
    ['a/', '.', 'a'],
    ['', '.', ''],
    ['.', '.', '.'],
    ['..', '.', '..'],
    ['../a', '..', 'a'],
    ['/a b\n/c', '/a b\n', 'c'],
    ['/ü/é', '/ü', 'é'],
  ];
  for (const [path, folder, name] of CASES) t.strictSame([dirname(path), basename(path)], [folder, name], path);
});

tap.test('a path from the root', async (t) => {
  const CASES: [folder: string, path: string, whole: string][] = [
    ['/root', '/etc/config', '/etc/config'],
    ['/root', 'a/b', '/root/a/b'],
    ['/root/', './a', '/root/a'],
    ['/root', '../a', '/a'],
    ['/root', '../../../a', '/a'],
    ['/', 'a', '/a'],
    ['/', '..', '/'],
    ['/root', '', '/root'],
    ['/root', '.', '/root'],
    ['/root', '/a//b/./c/../d/', '/a/b/d'],
    ['/root', '/..', '/'],
    ['/root', '...', '/root/...'],
    ['/root', 'a..b/.c', '/root/a..b/.c'],
  ];
  for (const [folder, path, whole] of CASES)
    t.equal(
      resolve(() => folder, path),
      whole,
      `${folder} ${path}`,
    );
  const gone = () => {
    throw new Error('gone');
  };
  t.equal(resolve(gone, '/a'), '/a', 'who knows the way need not know where he is');
});

tap.test('as node:path has it', async (t) => {
  const piece = fc.oneof(fc.constantFrom('/', '/', '.', '..', '//', 'a', 'b.c', ' '), fc.string({ maxLength: 3 }));
  const path = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
  // Slashes behind a folder mean nothing.
  const plain = (folder: string) => folder.replace(/(.)\/+$/, '$1');
  const same = fc.property(path, path, (one, other) => {
    assert.equal(plain(dirname(one)), plain(posix.dirname(one)));
    assert.equal(basename(one), posix.basename(one));
    assert.equal(
      resolve(() => `/${one}`, other),
      posix.resolve(`/${one}`, other),
    );
  });
  t.doesNotThrow(() => fc.assert(same, { numRuns: 3000 }));
});
