import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap from 'tap';
import { type Engine, SystemError } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import {
  attempt,
  readOwn,
  readText,
  removeFile,
  replaceFile,
  setAside,
  tryReadText,
  writeAtomically,
} from '../../lib/system/files.js';

const engine = createEngine();
const top = mkdtempSync(join(tmpdir(), 'mini-mwan-files-'));
tap.teardown(() => rmSync(top, { recursive: true }));
const at = (name: string) => join(top, name);

/** The code of what it throws, or what it returns. */
function outcome<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return error instanceof SystemError ? `!${error.code}` : `?${error}`;
  }
}

tap.test('what is read, and what is not', async (t) => {
  writeFileSync(at('file'), 'tüxt', { mode: 0o644 });
  writeFileSync(at('open'), 'text', { mode: 0o600 });
  chmodSync(at('open'), 0o666);
  writeFileSync(at('theirs'), 'text', { mode: 0o600 });
  chownSync(at('theirs'), 1234, 0);
  writeFileSync(at('large'), 'x'.repeat(401_000));
  mkdirSync(at('folder'));
  symlinkSync('file', at('link'));
  symlinkSync('nothing', at('dangling'));
  spawnSync('mkfifo', [at('pipe')]);
  const CASES: [name: string, text: string | undefined, own?: string | undefined][] = [
    ['file', 'tüxt'],
    ['nothing', undefined],
    ['folder/nothing', undefined],
    ['file/below', '!ENOTDIR'],
    ['folder', '!EISDIR'],
    ['pipe', '!it is no regular file'],
    ['/dev/zero', '!it is no regular file'],
    ['large', '!it is larger than 0.4 MB'],
    ['link', 'tüxt', '!it is a symbolic link'],
    ['dangling', undefined, '!it is a symbolic link'],
    ['open', 'text', '!others may write it'],
    ['theirs', 'text', '!it belongs to user 1234'],
  ];
  for (const [name, text, own = text] of CASES) {
    const path = name.startsWith('/') ? name : at(name);
    t.equal(
      outcome(() => readText(engine, path)),
      text,
      name,
    );
    t.equal(
      outcome(() => readOwn(engine, path)),
      own,
      `own ${name}`,
    );
    t.equal(tryReadText(engine, path), text?.startsWith('!') ? undefined : text, `try ${name}`);
  }
  t.equal(readText(engine, at('large'), 401_000)?.length, 401_000, 'more, if that is asked for');
  t.match(readText(engine, '/proc/uptime'), /^\d/, 'of the kernel, with no size');
});

tap.test('what comes or goes between the look and the opening', async (t) => {
  const path = at('quick');
  const meanwhile = (make: () => void): Engine => {
    const open: typeof engine.files.open = (...args) => {
      rmSync(path);
      make();
      return engine.files.open(...args);
    };
    return { ...engine, files: { ...engine.files, open } };
  };
  const [other, notRegular] = [readFileSync('/etc/hostname', 'utf8'), '!it is no regular file'];
  const CASES: [what: string, make: () => void, text: string | undefined, own: string | undefined][] = [
    ['nothing', () => {}, undefined, undefined],
    ['another', () => writeFileSync(path, 'other'), 'other', 'other'],
    ['a pipe', () => spawnSync('mkfifo', [path]), notRegular, notRegular],
    ['a link', () => symlinkSync('/etc/hostname', path), other, '!ELOOP'],
    ['a folder', () => mkdirSync(path), notRegular, notRegular],
  ];
  for (const [what, make, text, own] of CASES) {
    for (const [read, expected] of [
      [readText, text],
      [readOwn, own],
    ] as const) {
      rmSync(path, { force: true, recursive: true });
      writeFileSync(path, 'text');
      t.equal(
        outcome(() => read(meanwhile(make), path)),
        expected,
        what,
      );
    }
  }
  rmSync(path, { recursive: true });
});

tap.test('a file is replaced as a whole, or stays', async (t) => {
  const path = at('state');
  for (const umask of [0o022, 0o077, 0]) {
    const before = process.umask(umask);
    rmSync(path, { force: true });
    writeAtomically(engine, path, 'öne');
    writeAtomically(engine, path, 'two');
    process.umask(before);
    t.strictSame([readFileSync(path, 'utf8'), statSync(path).mode & 0o7777], ['two', 0o644], `umask ${umask}`);
  }
  const { ino } = statSync(path);
  writeAtomically(engine, path, 'three');
  t.not(statSync(path).ino, ino, 'whoever reads the old one reads it to its end');
  const failing = () =>
    replaceFile(engine, path, 0o600, () => {
      throw new SystemError('ENOSPC');
    });
  t.equal(outcome(failing), '!ENOSPC');
  t.equal(readFileSync(path, 'utf8'), 'three');
  symlinkSync('state', at('alias'));
  replaceFile(engine, at('alias'), 0o755, (file) => engine.files.writeBytes(file, 'x\xff'));
  t.ok(lstatSync(at('alias')).isFile() && readFileSync(path, 'utf8') === 'three', 'a link is replaced, not followed');
  t.strictSame(readFileSync(at('alias')), Buffer.from([0x78, 0xff]));
  for (const [name, reason] of [
    ['folder', '!EISDIR'],
    ['pipe', '!it is no regular file'],
  ] as const) {
    t.equal(
      outcome(() => writeAtomically(engine, at(name), 'x')),
      reason,
    );
  }
  t.equal(
    outcome(() => writeAtomically(engine, '/dev/null', 'x')),
    '!it is no regular file',
  );
  t.equal(
    outcome(() => writeAtomically(engine, at('nowhere/x'), 'x')),
    '!ENOENT',
  );
  t.strictSame(
    readdirSync(top).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

tap.test('what those left that were killed goes, what others are writing stays', async (t) => {
  const path = at('swept');
  const dead = spawnSync('true').pid;
  const names = (...pids: (number | string)[]) => pids.map((pid) => `swept.${pid}.tmp`);
  const gone = names(dead, process.pid, 2 ** 22 + 1);
  const kept = [...names(1, 'x', ''), `swept.${dead}.tmpx`, `swept.x.${dead}.tmp`, `other.${dead}.tmp`, `.${dead}.tmp`];
  for (const name of [...gone, ...kept]) writeFileSync(at(name), '');
  writeAtomically(engine, path, 'text');
  const left = readdirSync(top);
  t.strictSame(
    gone.filter((name) => left.includes(name)),
    [],
  );
  t.strictSame(
    kept.filter((name) => left.includes(name)),
    kept,
  );
  // Nobody puts a link where we write.
  symlinkSync('/etc/hostname', at(`swept.${process.pid}.tmp`));
  writeAtomically(engine, path, 'more');
  t.equal(readFileSync(path, 'utf8'), 'more');
  t.not(readFileSync('/etc/hostname', 'utf8'), 'more');
});

tap.test('set aside, removed', async (t) => {
  writeFileSync(at('odd'), 'odd');
  t.equal(setAside(engine, at('odd')), at('odd.corrupt'));
  t.equal(readFileSync(at('odd.corrupt'), 'utf8'), 'odd');
  removeFile(engine, at('odd.corrupt'));
  t.equal(
    outcome(() => removeFile(engine, at('odd.corrupt'))),
    '!ENOENT',
  );
  t.equal(
    outcome(() => removeFile(engine, at('folder'))),
    '!EISDIR',
  );
  t.equal(
    outcome(() => removeFile(engine, '/dev/null')),
    '!it is no regular file',
  );
  t.strictSame([attempt(() => {}), attempt(() => removeFile(engine, at('x')))], [true, false]);
});
