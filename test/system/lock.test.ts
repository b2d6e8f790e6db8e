import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { createEngine } from '../../lib/engine/node/engine.js';
import { Trouble } from '../../lib/explain.js';
import { readClock } from '../../lib/system/clock.js';
import { createExec, type Exec } from '../../lib/system/exec.js';
import { takeLock } from '../../lib/system/lock.js';

const engine = createEngine();
const exec = createExec(engine);
const tools = { engine, exec };
const top = mkdtempSync(join(tmpdir(), 'mini-mwan-lock-'));
tap.teardown(() => rmSync(top, { recursive: true }));

tap.test('one at a time, and the next when it is given back', async (t) => {
  const path = join(top, 'lock');
  const first = await takeLock(tools, path, 1000);
  t.equal(first.problem, undefined);
  const since = () => Number(new RegExp(`^${process.pid} (\\d+\\.\\d\\d) *\\n$`).exec(readFileSync(path, 'utf8'))?.[1]);
  const begun = since();
  t.ok(Math.abs(readClock(engine).uptime - begun) < 10, 'since now');
  t.equal(statSync(path).mode & 0o7777, 0o600);
  writeFileSync(path, `${process.pid} ${(begun - 40).toFixed(2)}`.padEnd(40));
  writeFileSync(path, '\n', { flag: 'a' });
  await t.rejects(takeLock(tools, path, 300), {
    constructor: Trouble,
    exitCode: 3,
    message: new RegExp(
      `^another round has held the lock for 4\\d s \\(pid ${process.pid}\\); leaving it to that one$`,
    ),
  });
  const next = takeLock(tools, path, 10_000);
  await sleep(1000);
  first.release();
  const second = await next;
  t.equal(second.problem, undefined);
  t.ok(since() >= begun + 1, 'since it got it, not since it asked');
  second.release();
});

tap.test('a lock file that is removed while somebody waits is no lock any more', async (t) => {
  const path = join(top, 'removed');
  const first = await takeLock(tools, path, 1000);
  const waiting = takeLock(tools, path, 10_000);
  await sleep(300);
  rmSync(path);
  const second = await takeLock(tools, path, 1000);
  first.release();
  await sleep(300);
  second.release();
  const third = await waiting;
  t.equal(third.problem, undefined);
  t.match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} `), 'it has the one that is there');
  third.release();
});

tap.test('where there can be none, a round goes on all the same, and says so', async (t) => {
  const at = (name: string) => join(top, name);
  mkdirSync(at('folder'));
  symlinkSync('lock', at('link'));
  writeFileSync(at('twice'), '');
  linkSync(at('twice'), at('second'));
  writeFileSync(at('open'), '');
  const CASES: [name: string, reason: RegExp][] = [
    ['folder', /it is a directory$/],
    ['link', /symbolic links$/],
    ['nothing/lock', /no such file or directory$/],
    ['twice', /it has a second name$/],
  ];
  for (const [name, reason] of CASES) {
    const { problem = '', release } = await takeLock(tools, at(name), 1000);
    t.match(problem, /^no lock against other rounds: /, name);
    t.match(problem, reason, name);
    release();
  }
  t.equal(readFileSync(at('twice'), 'utf8'), '', 'nothing is written to it');
  const ends = (finished: object): Exec => ({
    ...exec,
    start: () => ({ finished: Promise.resolve({ stdout: '', stderr: '', ...finished }), kill: () => {} }),
  });
  for (const [finished, reason] of [
    [{ failure: 'not found', unstarted: true }, 'flock: not found'],
    [{ exitCode: 69 }, 'flock: exit 69'],
    [{ exitCode: 1 }, 'flock: exit 1'],
    [{ failure: 'no end after 5 s' }, 'flock: no end after 5 s'],
  ] as const) {
    const { problem, release } = await takeLock({ engine, exec: ends(finished) }, at('lock'), 1000);
    t.equal(problem, `no lock against other rounds: ${reason}`);
    release();
  }
});
