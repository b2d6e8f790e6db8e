import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import type { Ended, Order } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import { createExec, type StartOptions } from '../../lib/system/exec.js';
import { FakeClock } from '../clock.js';

const engine = createEngine();
const top = mkdtempSync(join(tmpdir(), 'mini-mwan-exec-'));
tap.teardown(() => rmSync(top, { recursive: true }));

tap.test('what came of it, in words', async (t) => {
  const CASES: [ended: Partial<Ended>, expected: object][] = [
    [
      { stdout: 'a', stderr: 'b', exitCode: 0 },
      { stdout: 'a', stderr: 'b', exitCode: 0 },
    ],
    [
      { stdout: 'a', exitCode: 2 },
      { stdout: 'a', exitCode: 2 },
    ],
    [{ signal: 'SIGKILL' }, { failure: 'ended by SIGKILL' }],
    [{ excess: 'abc' }, { failure: 'printed far too much', beginning: 'abc' }],
    [{ unstarted: 'ENOENT' }, { failure: 'not found', unstarted: true }],
    [{ unstarted: 'EACCES' }, { failure: 'not executable', unstarted: true }],
    [{ unstarted: 'ENOEXEC' }, { failure: 'not executable', unstarted: true }],
    [{ unstarted: 'EAGAIN' }, { failure: 'no process can be started: there are too many', unstarted: true }],
    [{ unstarted: 'ENOMEM' }, { failure: 'no process can be started: out of memory', unstarted: true }],
    [{ unstarted: 'EMFILE' }, { failure: 'no process can be started: too many open files', unstarted: true }],
    [{ unstarted: 'EXXX' }, { failure: 'EXXX', unstarted: true }],
  ];
  for (const [ended, expected] of CASES) {
    const start = () => ({ ended: Promise.resolve({ stdout: '', stderr: '', ...ended }), kill: () => {} });
    const { finished } = createExec({ ...engine, start }).start('/x', [], { timeout: 1000 });
    t.strictSame(await finished, { stdout: '', stderr: '', ...expected }, JSON.stringify(ended));
  }
});

tap.test('how it is started', async (t) => {
  const orders: Order[] = [];
  const start = (order: Order) => {
    orders.push(order);
    return { ended: Promise.resolve({ stdout: '', stderr: '', exitCode: 0 }), kill: () => {} };
  };
  const detach = async (order: Order) => orders.push(order) > 0;
  const env = { PATH: `relative::${top}:/opt/bin:.`, HOME: '/root', LD_PRELOAD: 'x', LC_ALL: 'de_DE' };
  const exec = createExec({ ...engine, env, start, detach });
  const PATH = `${top}:/opt/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const run = (options: Partial<StartOptions>) => exec.start('/x', ['a b'], { timeout: 1000, ...options }).finished;
  await run({});
  await run({
    env: { ACTION: 'up', PATH: 'mine', LC_ALL: 'mine' },
    input: 'text',
    output: 'none',
    maxOutput: 5,
    inherit: 7,
  });
  t.ok(await exec.detach('/y', ['z'], 'input'));
  t.strictSame(orders, [
    { file: '/x', args: ['a b'], env: { PATH, LC_ALL: 'C' }, maxOutput: 10_000_000 },
    {
      ...{ file: '/x', args: ['a b'], input: 'text', output: 'none', maxOutput: 5, inherit: 7 },
      env: { ACTION: 'up', PATH, LC_ALL: 'C' },
    },
    { file: '/y', args: ['z'], env: { PATH, LC_ALL: 'C' }, input: 'input', maxOutput: 0 },
  ]);
});

tap.test('where a program is', async (t) => {
  const lay = (name: string, mode: number) => {
    writeFileSync(join(top, name), '#!/bin/sh\nexit 5\n');
    chmodSync(join(top, name), mode);
  };
  lay('mine', 0o755);
  lay('sh', 0o755);
  lay('plain', 0o644);
  mkdirSync(join(top, 'true'));
  const exec = createExec({ ...engine, env: { PATH: `/nonexistent:${top}` } });
  const CASES: [program: string, found: string | undefined][] = [
    ['mine', join(top, 'mine')],
    ['sh', join(top, 'sh')],
    ['plain', undefined],
    ['true', '/usr/bin/true'],
    ['nothing', undefined],
    ['/any/path', '/any/path'],
  ];
  for (const [program, found] of CASES) t.equal(await exec.find(program), found, program);
  t.match(await exec.start('mine', [], { timeout: 20_000 }).finished, { exitCode: 5 });
  const missing = exec.start('nothing', [], { timeout: 20_000 });
  t.strictSame(await missing.finished, { stdout: '', stderr: '', failure: 'not found', unstarted: true });
  missing.kill();
  t.equal(await createExec({ ...engine, env: {} }).find('true'), '/usr/bin/true', 'without a PATH');
});

tap.test('its time, and what is left of it', async (t) => {
  const clock = new FakeClock();
  const never = () => {
    let end: (ended: Ended) => void = () => {};
    const ended = new Promise<Ended>((resolve) => {
      end = resolve;
    });
    return { ended, kill: () => end({ stdout: 'half', stderr: '' }) };
  };
  const exec = createExec({ ...clock.engine, start: never });
  const late = await clock.run(exec.start('/x', [], { timeout: 1500 }).finished);
  t.strictSame([late, clock.now], [{ stdout: '', stderr: '', failure: 'no end after 1.5 s' }, 1500]);
  const child = exec.start('/x', [], { timeout: 1500 });
  clock.after(100, child.kill);
  t.strictSame([await clock.run(child.finished), clock.now], [{ stdout: '', stderr: '', failure: 'stopped' }, 1600]);
  const quick = createExec({
    ...clock.engine,
    start: () => ({ ended: Promise.resolve({ stdout: '', stderr: '', exitCode: 0 }), kill: () => t.fail('killed') }),
  });
  await clock.run(quick.start('/x', [], { timeout: 1500 }).finished);
  await t.rejects(clock.run(new Promise(() => {})), /nothing is left/, 'nobody waits any longer');
});

tap.test('what is out of its time ends, with all that it has started', async (t) => {
  const mark = join(top, 'mark');
  const text = `(sleep 2; touch ${mark}) & sleep 60`;
  const { failure } = await createExec(engine).start('sh', ['-c', text], { timeout: 500 }).finished;
  t.equal(failure, 'no end after 0.5 s');
  await sleep(2500);
  t.notOk(existsSync(mark));
});
