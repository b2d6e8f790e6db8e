import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap from 'tap';
import { createEngine } from '../../lib/engine/node/engine.js';
import { createContext } from '../../lib/run/context.js';
import { copyHistory } from '../../lib/run/history-copy.js';
import { leaveSample } from '../../lib/run/history-files.js';
import { writeHistory } from '../../lib/run/history-write.js';
import { readClock } from '../../lib/system/clock.js';
import { MAX_BYTES } from '../../lib/system/files.js';
import { Database, lineOf } from '../history/database.js';
import { makeConfig } from '../make.js';

const all = mkdtempSync(join(tmpdir(), 'mini-mwan-copy-'));
tap.teardown(() => rmSync(all, { recursive: true, force: true }));
let routers = 0;

/** Files of a router, on which history is kept and copied by the real programs; nothing is started in the background. */
class Router {
  readonly folder = join(all, String(++routers));
  readonly state = join(this.folder, 'ram');
  readonly database = `${this.state}.history`;
  readonly path = join(this.folder, 'flash');
  private text = '';

  constructor() {
    mkdirSync(join(this.folder, 'bin'), { recursive: true });
    this.replace('logger', 'cat >/dev/null');
  }

  /** Puts a shell script in place of a program. @param script absent: the program is back */
  replace(program: string, script?: string): void {
    const file = join(this.folder, 'bin', program);
    if (script === undefined) rmSync(file);
    else writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  private context() {
    const engine = createEngine();
    const write = (text: string) => {
      this.text += text;
    };
    const err = { write, isTTY: false };
    const env = { PATH: `${join(this.folder, 'bin')}:${process.env.PATH}` };
    const options = { config: '/nowhere', state: this.state, verbose: false, json: false, color: false };
    return createContext(options, { ...engine, env, err, self: ['/bin/true'] });
  }

  private readonly config = makeConfig([], { history: { size: 5e6, copy: { path: this.path, interval: 3600 } } });

  /** A round saw this WAN. */
  see(wan: string, more = {}): void {
    const { engine } = this.context();
    const now = readClock(engine);
    leaveSample(engine, this.state, { ...now, lines: [lineOf({ wan })], shaped: [], events: [], ...more });
  }

  /** @returns what was said */
  async write(): Promise<string> {
    return this.said(writeHistory(this.context(), this.config));
  }

  async copy(): Promise<string> {
    return this.said(copyHistory(this.context(), this.config));
  }

  private async said(work: Promise<void>): Promise<string> {
    this.text = '';
    await work;
    return this.text;
  }

  /** It starts again: RAM is empty. */
  restart(): void {
    for (const end of ['.history', '.history-wal', '.history-shm', '.samples', '.samples.taken', '.history.not-copied'])
      rmSync(this.state + end, { force: true });
  }

  /** WANs that a database knows. */
  async wans(path = this.database): Promise<string[]> {
    const rows = await new Database(path).ask<{ name: string }>('SELECT name FROM wans ORDER BY name;');
    return rows.map(({ name }) => name);
  }

  /** A history that was copied, and is what is left of it. */
  async kept(wan: string): Promise<void> {
    this.see(wan);
    await this.write();
    await this.copy();
    this.restart();
  }
}

const TEXT = `# ${'somebody else’s\n'.repeat(100)}`;
const FAILS = 'echo "Error: stepping, database or disk is full (13)" >&2; exit 1';

tap.test('a copy that cannot be read now is read later, and samples wait for it', async (t) => {
  const CASES: [what: string, break_: (router: Router) => void, mend: (router: Router) => void, said: RegExp][] = [
    [
      'a disk that is full',
      (r) => r.replace('sqlite3', FAILS),
      (r) => r.replace('sqlite3'),
      /flash cannot be read: .*full/,
    ],
    ['somebody may write it', (r) => chmodSync(r.path, 0o666), (r) => chmodSync(r.path, 0o644), /others may write it/],
  ];
  for (const [what, break_, mend, said] of CASES) {
    const router = new Router();
    await router.kept('old');
    const before = readFileSync(router.path);
    break_(router);
    router.see('new');
    t.equal(await router.write(), '', what);
    t.match(await router.copy(), said);
    t.equal(await router.copy(), '', 'it is said once');
    router.see('newer');
    await router.write();
    t.notOk(existsSync(router.database), 'nothing takes its place');
    t.ok(readFileSync(router.path).equals(before));
    mend(router);
    t.equal(await router.copy(), '');
    await router.write();
    await router.write();
    t.strictSame(await router.wans(), ['new', 'newer', 'old']);
    await router.copy();
    t.strictSame(await router.wans(router.path), ['new', 'newer', 'old']);
    t.notOk(existsSync(`${router.path}.old`), 'what it was fetched from is replaced');
  }
});

tap.test('what is no history of ours is left alone, and that is said', async (t) => {
  const CASES: [what: string, make: (path: string) => Promise<void>, said: RegExp][] = [
    ['a text', async (path) => writeFileSync(path, TEXT), /is no history, and is left alone/],
    ['a database', async (path) => void (await new Database(path).ask('CREATE TABLE meta(a);')), /is no history/],
    ['of all the world', makeOpen, /flash: others may write it/],
    ['a folder', async (path) => void mkdirSync(path), /flash: it is no regular file/],
  ];
  for (const [what, make, said] of CASES) {
    const router = new Router();
    await make(router.path);
    const content = () => (statSync(router.path).isFile() ? readFileSync(router.path, 'latin1') : 'folder');
    const before = content();
    t.match(await router.copy(), said, `${what}, to be fetched`);
    t.notOk(existsSync(router.database));
    // A database that began before the file was there.
    copyFileSync((await another('here')).path, router.database);
    rmSync(`${router.state}.history.not-copied`);
    t.match(await router.copy(), said, `${what}, to be written over`);
    t.equal(content(), before);
    for (const end of ['.old', '.corrupt', '.copy']) t.notOk(existsSync(router.path + end), end);
  }
});

async function makeOpen(path: string): Promise<void> {
  copyFileSync((await another('x')).path, path);
  chmodSync(path, 0o666);
}

/** A router with a copy of its history. */
async function another(wan: string): Promise<Router> {
  const router = new Router();
  await router.kept(wan);
  return router;
}

tap.test('one of another version is left alone until it is moved away', async (t) => {
  const router = await another('old');
  await new Database(router.path).ask('PRAGMA user_version=7;');
  t.match(await router.copy(), /is of another version of mini-mwan; to begin anew: mv /);
  t.notOk(existsSync(router.database));
  t.strictSame(await router.wans(router.path), ['old']);
});

tap.test('what is damaged is set aside, and history begins anew', async (t) => {
  for (const damage of [(bytes: Buffer) => bytes.fill(7, 2000), () => Buffer.alloc(0)]) {
    const router = await another('old');
    writeFileSync(router.path, damage(readFileSync(router.path)));
    t.match(await router.copy(), /flash is damaged \(.*\); it is now .*flash\.corrupt; history begins anew/);
    router.see('new');
    t.equal(await router.write(), '');
    t.strictSame(await router.wans(), ['new']);
    await router.copy();
    t.strictSame(await router.wans(router.path), ['new']);
  }
});

tap.test('a folder that came later than the first round: what is in it stays', async (t) => {
  const router = await another('month');
  const stick = readFileSync(router.path);
  rmSync(router.path);
  router.see('new');
  await router.write();
  // Where it is to be mounted, something may be written before.
  t.equal(await router.copy(), '');
  writeFileSync(router.path, stick);
  t.match(await router.copy(), /flash was another history; it is now .*flash\.old/);
  t.strictSame(await router.wans(`${router.path}.old`), ['month']);
  t.strictSame(await router.wans(router.path), ['new']);
  router.see('newer');
  await router.write();
  await router.copy();
  t.strictSame(await router.wans(router.path), ['new', 'newer'], 'its own copy is replaced');

  router.restart();
  copyFileSync((await another('next')).path, router.database);
  t.match(await router.copy(), /flash is another history, and there is .*flash\.old already: move one of them away/);
  t.strictSame(await router.wans(router.path), ['new', 'newer']);
  t.strictSame(await router.wans(`${router.path}.old`), ['month']);
});

tap.test('a copy takes its place only when it has reached the flash', async (t) => {
  const router = new Router();
  router.see('old');
  await router.write();
  const seen = join(router.folder, 'seen');
  router.replace('sync', `test -s "$1" && test ! -e ${router.path} && cat "$1" >${seen}`);
  t.equal(await router.copy(), '');
  t.strictSame(readFileSync(router.path), readFileSync(seen));
  router.see('new');
  await router.write();
  router.replace('sync', 'exit 1');
  t.match(await router.copy(), /flash cannot be written: sync: exit 1/);
  t.strictSame(readFileSync(router.path), readFileSync(seen), 'the old one is there');
  t.notOk(existsSync(`${router.path}.copy`));
  router.replace('sync');
  await router.copy();
  t.strictSame(await router.wans(router.path), ['new', 'old']);
});

tap.test('samples that cannot be read are in nobody’s way', async (t) => {
  const router = new Router();
  const taken = `${router.state}.samples.taken`;
  writeFileSync(taken, 'x'.repeat(MAX_BYTES + 1));
  router.see('wan1');
  t.match(await router.write(), /samples\.taken: it is larger than .*; it is now .*samples\.taken\.corrupt/);
  await router.write();
  t.strictSame(await router.wans(), ['wan1']);
  t.notOk(existsSync(taken));

  // Nor does it come so far: whatever a round has to tell.
  const samples = `${router.state}.samples`;
  const long = { events: Array.from({ length: 99 }, () => ({ kind: 'change', words: 'é'.repeat(400) })) };
  for (let i = 0; i < 9; i++) router.see('wan1', long);
  t.ok(statSync(samples).size > 200_000);
  writeFileSync(samples, '\n'.repeat(249_999));
  for (let i = 0; i < 9; i++) router.see('wan1', { events: [{ kind: 'change', words: 'é'.repeat(100_000) }] });
  t.ok(statSync(samples).size <= MAX_BYTES, `${statSync(samples).size}`);
});
