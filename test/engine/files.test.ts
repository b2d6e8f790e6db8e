import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { ask, folder, onBoth, type Started, type Surroundings } from './engines.js';
import type { Call } from './perform.js';

tap.jobs = 2;

/** What a call of `Files` came to. */
type Result = { value?: unknown; code?: string };

/** A folder of its own, with a file, a folder, links and a pipe. */
function makeFolder(): string {
  const top = mkdtempSync(join(folder, 'files-'));
  writeFileSync(join(top, 'file'), 'text', { mode: 0o640 });
  mkdirSync(join(top, 'folder'), { mode: 0o750 });
  symlinkSync('file', join(top, 'link'));
  symlinkSync('nowhere', join(top, 'dangling'));
  symlinkSync('folder', join(top, 'way'));
  symlinkSync('loop', join(top, 'loop'));
  execFileSync('mkfifo', [join(top, 'pipe')]);
  return top;
}

const use = (engine: Started, calls: Call[], more?: Surroundings) =>
  ask<Result[]>(engine, ['files', JSON.stringify(calls)], more);

/** Holds what each call comes to against what is expected: a code, or a part of its value. */
async function expect(
  t: Test,
  engine: Started,
  cases: [call: Call, expected: string | { value: unknown }][],
  more?: Surroundings,
): Promise<void> {
  const results = await use(
    engine,
    cases.map(([call]) => call),
    more,
  );
  for (const [i, [call, expected]] of cases.entries()) {
    const wanted = typeof expected === 'string' ? { code: expected } : expected;
    t.match(results[i], wanted, JSON.stringify(call));
    if ('value' in wanted && wanted.value === undefined) t.strictSame(results[i], {}, JSON.stringify(call));
  }
}

const NOTHING = { value: undefined };
const ANY = { value: Number };

onBoth('what there is', async (t, engine) => {
  const top = makeFolder();
  const at = (name: string) => join(top, name);
  const { uid, gid, ino, dev } = statSync(at('file'));
  linkSync(at('file'), at('second'));
  const file = { kind: 'file', mode: 0o640, uid, gid, size: 4, links: 2, identity: `${dev}:${ino}` };
  chmodSync(at('folder'), 0o1770);
  await expect(t, engine, [
    [['stat', at('file')], { value: file }],
    [['lstat', at('file')], { value: file }],
    [['stat', at('link')], { value: file }],
    [['lstat', at('link')], { value: { kind: 'link', size: 4 } }],
    [['stat', at('folder')], { value: { kind: 'folder', mode: 0o1770 } }],
    [['stat', at('way')], { value: { kind: 'folder' } }],
    [['stat', at('pipe')], { value: { kind: 'other' } }],
    [['stat', '/dev/null'], { value: { kind: 'other', uid: 0, mode: 0o666 } }],
    [['stat', at('nothing')], NOTHING],
    [['lstat', at('nothing')], NOTHING],
    [['stat', at('dangling')], NOTHING],
    [['lstat', at('dangling')], { value: { kind: 'link' } }],
    [['stat', at('nothing/file')], NOTHING],
    [['stat', at('file/below')], 'ENOTDIR'],
    [['lstat', at('file/below')], 'ENOTDIR'],
    [['realPath', at('way/../link')], { value: at('file') }],
    [['realPath', at('nothing')], 'ENOENT'],
    [['list', at('folder')], { value: [] }],
    [['list', at('nothing')], 'ENOENT'],
    [['list', at('file')], 'ENOTDIR'],
  ]);
  writeFileSync(at('folder/ü b'), '');
  writeFileSync(at('folder/.x'), '');
  const [list] = await use(engine, [['list', at('folder')]]);
  t.strictSame(new Set(list?.value as string[]), new Set(['.x', 'ü b']));
});

onBoth('what is open is what was opened, whatever happens to its name', async (t, engine) => {
  const top = makeFolder();
  const at = (name: string) => join(top, name);
  await expect(t, engine, [
    [['open', at('file'), true], ANY],
    [['rename', at('file'), at('other')], NOTHING],
    [['statOpen', { file: 0 }], { value: { kind: 'file', size: 4, links: 1 } }],
    [['remove', at('other')], NOTHING],
    [['statOpen', { file: 0 }], { value: { kind: 'file', size: 4, links: 0 } }],
    [['readText', { file: 0 }], { value: 'text' }],
    [['close', { file: 0 }], NOTHING],
  ]);
});

onBoth('who is let in by which name', async (t, engine) => {
  const top = makeFolder();
  const at = (name: string) => join(top, name);
  await expect(t, engine, [
    [['open', at('link'), true], ANY],
    [['readText', { file: 0 }], { value: 'text' }],
    [['open', at('link'), false], 'ELOOP'],
    [['open', at('dangling'), false], 'ELOOP'],
    [['open', at('dangling'), true], 'ENOENT'],
    [['open', at('file'), false], ANY],
    [['readText', { file: 5 }], { value: 'text' }],
    [['open', at('nothing'), true], 'ENOENT'],
    [['open', at('nothing'), false], 'ENOENT'],
    [['open', at('file/below'), true], 'ENOTDIR'],
    [['open', at('file/below'), false], 'ENOTDIR'],
    // By a folder that is a link, one gets there all the same.
    [['create', at('way/new'), 0o600], ANY],
    [['create', at('file'), 0o600], 'EEXIST'],
    [['create', at('link'), 0o600], 'EEXIST'],
    [['create', at('dangling'), 0o600], 'EEXIST'],
    [['create', at('nothing/new'), 0o600], 'ENOENT'],
    [['openLock', at('link')], 'ELOOP'],
    [['openLock', at('dangling')], 'ELOOP'],
    [['openLock', at('folder')], 'EISDIR'],
    [['openLock', at('nothing/lock')], 'ENOENT'],
    [['openLock', at('lock')], ANY],
    [['openLock', at('lock')], ANY],
    [['statOpen', { file: 20 }], { value: { kind: 'file', mode: 0o600, size: 0 } }],
    [['openToWrite', at('nothing')], 'ENOENT'],
    [['openToWrite', at('folder')], 'EISDIR'],
    [['rename', at('nothing'), at('x')], 'ENOENT'],
    [['rename', at('file'), at('folder')], 'EISDIR'],
    [['remove', at('nothing')], 'ENOENT'],
    [['remove', at('dangling')], NOTHING],
    [['remove', at('way')], NOTHING],
    [['makeFolder', at('folder'), 0o700], 'EEXIST'],
    [['makeFolder', at('a/b'), 0o700], 'ENOENT'],
    [['makeFolder', at('a'), 0o700], NOTHING],
    [['remove', at('a')], NOTHING],
    [['rename', at('link'), at('moved')], NOTHING],
  ]);
  t.strictSame(readdirSync(top).sort(), ['file', 'folder', 'lock', 'loop', 'moved', 'pipe']);
  t.ok(lstatSync(at('moved')).isSymbolicLink(), 'a link is renamed, not what it leads to');
  t.equal(readFileSync(at('file'), 'utf8'), 'text');
  const [full] = await use(engine, [['remove', at('folder')]]);
  t.ok(full?.code, 'a folder that is not empty stays');
  t.strictSame(readdirSync(at('folder')), ['new']);
});

onBoth('a pipe or a device keeps nobody waiting', async (t, engine) => {
  const top = makeFolder();
  const pipe = join(top, 'pipe');
  const [open, lock] = await use(engine, [
    ['open', pipe, false],
    ['openLock', pipe],
  ]);
  // Either it is refused, or whoever opened it sees what it is.
  for (const result of [open, lock]) t.ok(result, 'it answered');
  const followed = await use(engine, [
    ['open', pipe, true],
    ['statOpen', { file: 0 }],
  ]);
  t.match(followed[1], { value: { kind: 'other' } });
});

onBoth('permissions', async (t, engine) => {
  for (const umask of ['022', '077', '000', '777']) {
    const top = makeFolder();
    const at = (name: string) => join(top, name);
    const wrapper = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'];
    const calls: Call[] = [
      ['create', at('a'), 0o644],
      ['create', at('b'), 0o755],
      ['setMode', { file: 1 }, 0o755],
      ['create', at('c'), 0o600],
      ['setMode', { file: 3 }, 0o444],
      ['makeFolder', at('d'), 0o777],
      ['openLock', at('e')],
      ['makeFolder', at('f'), 0o700],
      // What is open is meant, not what has come in its place.
      ['create', at('g'), 0o644],
      ['rename', at('g'), at('h')],
      ['rename', at('link'), at('g')],
      ['setMode', { file: 8 }, 0o604],
    ];
    const results = await use(engine, calls, { wrapper });
    for (const [i, { code }] of results.entries()) t.equal(code, undefined, JSON.stringify(calls[i]));
    const mask = Number.parseInt(umask, 8);
    const modes = ['a', 'b', 'c', 'd', 'e', 'f', 'h', 'file'].map((name) => statSync(at(name)).mode & 0o7777);
    const taken = (mode: number) => mode & ~mask;
    const expected = [taken(0o644), 0o755, 0o444, taken(0o777), taken(0o600), taken(0o700), 0o604, 0o640];
    t.strictSame(modes, expected, `umask ${umask}`);
  }
});

onBoth('who may not', async (t, engine) => {
  const top = makeFolder();
  const at = (name: string) => join(top, name);
  for (const path of [folder, top]) chmodSync(path, 0o755);
  writeFileSync(at('secret'), 'secret', { mode: 0o600 });
  mkdirSync(at('closed'), { mode: 0o700 });
  const wrapper = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const cases: [Call, string | { value: unknown }][] = [
    [['open', at('secret'), true], 'EACCES'],
    [['open', at('secret'), false], 'EACCES'],
    [['openLock', at('secret')], 'EACCES'],
    [['openLock', at('lock')], 'EACCES'],
    [['openToWrite', at('secret')], 'EACCES'],
    [['create', at('new'), 0o600], 'EACCES'],
    [['makeFolder', at('new'), 0o700], 'EACCES'],
    [['remove', at('secret')], 'EACCES'],
    [['rename', at('secret'), at('x')], 'EACCES'],
    [['stat', at('closed/x')], 'EACCES'],
    [['list', at('closed')], 'EACCES'],
    [['realPath', at('closed/x')], 'EACCES'],
    [['stat', at('secret')], { value: { size: 6 } }],
  ];
  await expect(t, engine, cases, { wrapper });
  t.strictSame(readFileSync(at('secret'), 'utf8'), 'secret');
});

onBoth('what is written behind the end', async (t, engine) => {
  const top = makeFolder();
  const at = (name: string) => join(top, name);
  await expect(t, engine, [
    [['openToAppend', at('file'), 0o644], ANY],
    [['writeText', { file: 0 }, '1€'], NOTHING],
    [['openToAppend', at('file'), 0o644], ANY],
    [['writeText', { file: 2 }, '2'], NOTHING],
    [['writeText', { file: 0 }, '3'], NOTHING],
    [['openToAppend', at('new'), 0o640], ANY],
    [['writeText', { file: 5 }, 'a'], NOTHING],
    [['statOpen', { file: 5 }], { value: { mode: 0o640, size: 1 } }],
    [['openToAppend', at('link'), 0o644], 'ELOOP'],
    [['openToAppend', at('folder'), 0o644], 'EISDIR'],
    [['openToAppend', at('nothing/new'), 0o644], 'ENOENT'],
  ]);
  t.equal(readFileSync(at('file'), 'utf8'), 'text1€23');
});

onBoth('a disk that is full, or that cannot be written', async (t, engine) => {
  await expect(t, engine, [
    [['openToWrite', '/dev/full'], ANY],
    [['writeText', { file: 0 }, 'x'], 'ENOSPC'],
  ]);
  const [small, readOnly] = ['small', 'read-only'].map((name) => join(folder, `${name}-${engine.kind}`));
  for (const path of [small, readOnly]) mkdirSync(path as string);
  const mounts = `mount -t tmpfs -o size=64k none ${small} && mount -t tmpfs -o ro none ${readOnly}`;
  const wrapper = ['unshare', '-m', 'sh', '-c', `${mounts} && exec "$@"`, 'sh'];
  const large = { text: 'ü', times: 100_000 };
  await expect(
    t,
    engine,
    [
      [['create', `${small}/a`, 0o600], ANY],
      [['writeText', { file: 0 }, large], 'ENOSPC'],
      [['writeBytes', { file: 0 }, large], 'ENOSPC'],
      [['create', `${readOnly}/a`, 0o600], 'EROFS'],
      [['openLock', `${readOnly}/a`], 'EROFS'],
      [['makeFolder', `${readOnly}/a`, 0o700], 'EROFS'],
    ],
    { wrapper },
  );
});

onBoth('files of the kernel', async (t, engine) => {
  const read = async (path: string) => {
    const [, text] = await use(engine, [
      ['open', path, true],
      ['readText', { file: 0 }],
    ]);
    return String(text?.value);
  };
  t.match(await read('/proc/uptime'), /^\d+\.\d\d \d+\.\d\d\n$/);
  t.match(await read('/proc/sys/kernel/random/boot_id'), /^[0-9a-f-]{36}\n$/);
  t.match(await read('/proc/self/status'), /^Name:\t.*\n(.*\n)*Uid:\t/);
  t.equal(await read('/proc/version'), readFileSync('/proc/version', 'utf8'));
  t.match(await read('/sys/class/net/lo/address'), '00:00:00:00:00:00\n');
  // More than is read at once.
  t.equal((await read('/proc/kallsyms')).split('\n').length, readFileSync('/proc/kallsyms', 'utf8').split('\n').length);
});

/** Every byte; and text of all lengths that UTF-8 has, at the borders of what is read at once. */
const BYTES = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
const TEXTS = [
  '',
  'plain\n',
  'ü€😀\0\u0001\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}\ufeff',
  ...[1, 2, 3].map((lead) => 'a'.repeat(lead) + '€😀'.repeat(10_000)),
];

onBoth('text and bytes are what they were', async (t, engine) => {
  const top = makeFolder();
  for (const [i, text] of TEXTS.entries()) {
    const path = join(top, `text${i}`);
    writeFileSync(path, text);
    const copy = join(top, `copy${i}`);
    const calls: Call[] = [
      ['open', path, true],
      ['readText', { file: 0 }],
      ['create', copy, 0o600],
      ['writeText', { file: 2 }, text.length < 1000 ? text : { text: '€', times: 20_000 }],
    ];
    const [, read] = await use(engine, calls);
    t.ok(read?.value === text, `text ${i} is read`);
    t.ok(readFileSync(copy, 'utf8') === (text.length < 1000 ? text : '€'.repeat(20_000)), `text ${i} is written`);
  }
  const [path, copy] = [join(top, 'bytes'), join(top, 'bytes copy')];
  writeFileSync(path, Buffer.from(BYTES.repeat(300), 'latin1'));
  const [, bytes] = await use(engine, [
    ['open', path, true],
    ['readBytes', { file: 0 }],
    ['create', copy, 0o600],
    ['writeBytes', { file: 2 }, { text: BYTES, times: 300 }],
  ]);
  t.ok(bytes?.value === BYTES.repeat(300), 'all bytes are read');
  t.ok(readFileSync(copy).equals(readFileSync(path)), 'all bytes are written');
});

onBoth('what is no UTF-8 is read all the same', async (t, engine) => {
  const top = makeFolder();
  const cases: [bytes: number[], shown: RegExp][] = [
    [[0x61, 0xff, 0x62], /^a.b$/],
    [[0x61, 0xc3], /^a.$/],
    [[0xed, 0xa0, 0x80, 0x62], /^.+b$/],
    [[0xc0, 0x80, 0x62], /^.+b$/],
  ];
  for (const [i, [bytes, shown]] of cases.entries()) {
    const path = join(top, `odd${i}`);
    writeFileSync(path, Buffer.from(bytes));
    const [, read] = await use(engine, [
      ['open', path, true],
      ['readText', { file: 0 }],
    ]);
    t.match(read?.value, shown, Buffer.from(bytes).toString('hex'));
  }
});

onBoth('written from the beginning, and no further than the text goes', async (t, engine) => {
  const top = makeFolder();
  const path = join(top, 'file');
  await use(engine, [
    ['openLock', path],
    ['readText', { file: 0 }],
    ['writeText', { file: 0 }, 'ab'],
    ['writeText', { file: 0 }, 'c'],
  ]);
  t.equal(readFileSync(path, 'utf8'), 'cbxt');
});

/** Puts other things in place of a path, some ten thousand times a second. */
const SWAP = `
  const { linkSync, renameSync, rmSync } = require('node:fs');
  const things = ['file', 'link', 'file', 'pipe'];
  console.log('begins');
  for (let i = 0; process.uptime() < 30; i++) {
    linkSync(things[i % 4], 'next');
    renameSync('next', 'path');
    if (i % 8 === 7) rmSync('path');
  }
`;

onBoth('no link is followed, even when it comes in place of a file', async (t, engine) => {
  // Rarely is there nothing at a name when somebody wants to create it.
  for (const [how, ms] of [
    ['open', '1000'],
    ['openLock', '1000'],
    ['create', '3000'],
  ] as const) {
    const top = mkdtempSync(join(folder, 'race-'));
    const at = (name: string) => join(top, name);
    for (const name of ['secret', 'file']) writeFileSync(at(name), name, { mode: 0o600 });
    symlinkSync('secret', at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    const other = spawn(process.execPath, ['-e', SWAP], { cwd: top, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(other.stdout, 'data');
    const task = ['race', how, at('path'), at('secret'), ms];
    const counts = await ask<Record<string, number>>(engine, task).finally(() => other.kill('SIGKILL'));
    const what = `${how}: ${JSON.stringify(counts)}`;
    t.equal(counts.reached, undefined, what);
    // Else nothing was tried.
    const tries = Object.values(counts).reduce((sum, count) => sum + count, 0);
    t.ok(tries > 1000 && (counts.file ?? 0) > 0 && Object.keys(counts).length > 1, what);
    t.equal(readFileSync(at('secret'), 'utf8'), 'secret');
  }
});
