import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import tap from 'tap';
import { apk } from '../../lib/package/apk.js';
import { feedSource } from '../../lib/package/feed.js';
import type { About, PackageFile } from '../../lib/package/files.js';
import { ipk } from '../../lib/package/ipk.js';
import type { PackageRead } from './read.js';
import { readApk } from './read-apk.js';
import { gunzip, readIpk, readTar } from './read-ipk.js';

const ABOUT: About = {
  name: 'mini-mwan',
  version: '1.2.3',
  description: 'Keeps a router with several WANs on the Internet',
  license: 'MIT',
  depends: ['quickjs', 'ip-full'],
};
const FILES: PackageFile[] = [
  { path: '/usr/bin/mini-mwan', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
  { path: '/etc/config/mini-mwan', content: Buffer.from('config\n'), mode: 0o644, config: true },
  { path: '/usr/lib/mini-mwan/empty', content: Buffer.alloc(0), mode: 0o600 },
  { path: '/usr/lib/mini-mwan/program/main.js', content: Buffer.from('let x = 1;\n'.repeat(99)), mode: 0o644 },
];
const FORMATS = [
  { name: '.ipk', write: ipk, read: readIpk },
  { name: '.apk', write: apk, read: readApk },
];

/** A file that apk's package has beside those of the program. */
const isList = ({ path }: { path: string }) => path.startsWith('/lib/apk') || path === '/lib';
const isFile = ({ folder }: { folder: boolean }) => !folder;

function assertHolds({ found, userFiles }: PackageRead, files: PackageFile[]) {
  const show = (path: string, mode: number, content: Uint8Array) =>
    `${path} ${mode} ${Buffer.from(content).toString('hex')}`;
  const have = found.filter((entry) => isFile(entry) && !isList(entry)).map((f) => show(f.path, f.mode, f.content));
  assert.deepEqual(have.sort(), files.map((f) => show(f.path, f.mode, f.content)).sort());
  const own = files.filter(({ config }) => config).map(({ path }) => path);
  assert.deepEqual([...userFiles].sort(), own.sort());
  const places = new Map(found.map(({ path }, i) => [path, i]));
  assert.equal(places.size, found.length, 'nothing is there twice');
  for (const { path, folder, mode } of found) {
    if (folder) assert.equal(mode, 0o755, path);
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    if (path !== '/')
      assert.ok((places.get(parent) ?? Infinity) < (places.get(path) as number), `${parent} comes first`);
  }
}

tap.test('what is in the .ipk', async (t) => {
  const { info, scripts, userFiles, found } = readIpk(ipk({ ...ABOUT, depends: ['node', 'ip-full'] }, FILES));
  t.match(info, {
    Package: 'mini-mwan',
    Version: '1.2.3-1',
    Depends: 'node, ip-full',
    License: 'MIT',
    Section: 'net',
    Architecture: 'all',
    Description: ABOUT.description,
  });
  t.strictSame(Object.keys(scripts).sort(), ['postinst', 'postinst-pkg', 'postrm', 'prerm']);
  t.strictSame(userFiles, ['/etc/config/mini-mwan']);
  t.strictSame(
    found.map(({ path, folder, mode }) => `${path} ${folder ? 'folder' : mode.toString(8)}`),
    [
      '/ folder',
      '/etc folder',
      '/etc/config folder',
      '/etc/config/mini-mwan 644',
      '/usr folder',
      '/usr/bin folder',
      '/usr/bin/mini-mwan 755',
      '/usr/lib folder',
      '/usr/lib/mini-mwan folder',
      '/usr/lib/mini-mwan/empty 600',
      '/usr/lib/mini-mwan/program folder',
      '/usr/lib/mini-mwan/program/main.js 644',
    ],
  );
  assertHolds({ info, scripts, userFiles, found }, FILES);
});

tap.test('what is in the .apk', async (t) => {
  const read = readApk(apk(ABOUT, FILES));
  t.match(read.info, {
    name: 'mini-mwan',
    version: '1.2.3-r1',
    description: ABOUT.description,
    arch: 'noarch',
    license: 'MIT',
    depends: ['ip-full', 'quickjs'],
  });
  t.strictSame(Object.keys(read.scripts).sort(), ['post-deinstall', 'post-install', 'post-upgrade', 'pre-deinstall']);
  assertHolds(read, FILES);
  const lists = read.found.filter((entry) => isFile(entry) && isList(entry));
  const sum = createHash('sha256').update('config\n').digest('hex');
  t.strictSame(
    Object.fromEntries(lists.map(({ path, mode, content }) => [`${path} ${mode.toString(8)}`, String(content)])),
    {
      '/lib/apk/packages/mini-mwan.list 644':
        '/etc/config/mini-mwan\n/usr/bin/mini-mwan\n/usr/lib/mini-mwan/empty\n/usr/lib/mini-mwan/program/main.js\n',
      '/lib/apk/packages/mini-mwan.conffiles 644': '/etc/config/mini-mwan\n',
      '/lib/apk/packages/mini-mwan.conffiles_static 644': `/etc/config/mini-mwan ${sum}\n`,
    },
  );
});

tap.test('what a feed makes its package of', async (t) => {
  const found = readTar(gunzip(feedSource(ABOUT, FILES, Buffer.from('MIT'))));
  const files = found.filter(isFile).map(({ path, content }) => [path, String(content)]);
  t.strictSame(Object.fromEntries(files), {
    './mini-mwan-1.2.3/LICENSE': 'MIT',
    ...Object.fromEntries(FILES.map(({ path, content }) => [`./mini-mwan-1.2.3/root${path}`, String(content)])),
  });
});

const file = fc.record({
  // No file has the name of a folder. `-` is sorted before the slash, and a letter of two bytes behind all others.
  path: fc
    .tuple(
      fc.array(fc.constantFrom('etc', 'usr', 'usr-x', 'a', 'ä'), { maxLength: 4 }),
      fc.constantFrom('x', 'main.js', 'x-1', 'ö', '.hidden', 'n'.repeat(70)),
    )
    .map(([folders, name]) => ['', ...folders, name].join('/')),
  content: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(512, 513, 70_000).map((size) => Buffer.alloc(size, 'x')),
  ),
  mode: fc.constantFrom(0o644, 0o755, 0o600, 0o4755),
  config: fc.boolean(),
});
const fileSet = fc.uniqueArray(file, { maxLength: 8, selector: ({ path }) => path });
const about = fc.record({
  name: fc.constantFrom('mini-mwan', 'a'),
  version: fc.constantFrom('0.0.1', '10.20.30'),
  description: fc.oneof(fc.constantFrom('x'.repeat(255), 'x'.repeat(256)), fc.constant('short')),
  license: fc.constant('MIT'),
  depends: fc.uniqueArray(fc.constantFrom('node', 'quickjs', 'ip-full')),
});

for (const { name, write, read } of FORMATS) {
  tap.test(`any files come out of the ${name} as they went in, whatever their order`, async (t) => {
    const property = fc.property(about, fileSet, fc.infiniteStream(fc.nat()), (of, files, order) => {
      const written = write(of, files);
      const result = read(written);
      assertHolds(result, files);
      assert.equal(result.info.Description ?? result.info.description, of.description);
      const places = new Map(files.map((one) => [one, order.next().value]));
      const shuffled = [...files].sort((a, b) => places.get(a) - places.get(b));
      assert.ok(write(of, shuffled).equals(written), 'in another order');
    });
    fc.assert(property, { numRuns: 100 });
    t.pass();
  });

  tap.test(`no flipped bit in a ${name} stays unseen`, async (t) => {
    const whole = write(ABOUT, FILES);
    const before = read(whole);
    let same = 0;
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      let after: PackageRead;
      try {
        after = read(flipped);
      } catch {
        continue;
      }
      // Deflate has bits that say nothing, as those behind its end.
      assert.deepEqual(after, before, `bit ${bit}`);
      same++;
    }
    t.ok(same < 40, `${same} of ${whole.length * 8} bits say nothing`);
  });

  tap.test(`a ${name} that is cut off, or has something behind it`, async (t) => {
    const whole = write(ABOUT, FILES);
    for (let length = 0; length < whole.length; length += 7)
      t.throws(() => read(whole.subarray(0, length)), `${length}`);
    t.throws(() => read(Buffer.concat([whole, Buffer.alloc(1)])));
  });
}

tap.test('a path that is too long for opkg', async (t) => {
  const path = `/usr/${'x'.repeat(94)}`;
  const long = (more: string) => ipk(ABOUT, [{ path: path + more, content: Buffer.alloc(0), mode: 0o644 }]);
  t.equal(readIpk(long('')).found.at(-1)?.path, path);
  t.throws(() => long('x'), /xx: this archive has room for 100 bytes/);
});
