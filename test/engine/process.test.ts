import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import type { Engine } from '../../lib/engine/engine.js';
import { takePrecedence } from '../precedence.js';
import { ask, begin, folder, onBoth, run, type Started, type Surroundings } from './engines.js';

// What the engine takes is measured.
takePrecedence();

tap.jobs = 2;

type Facts = Pick<Engine, 'kind' | 'name' | 'args' | 'env' | 'self' | 'program' | 'pid' | 'uid'> & {
  folder: string;
  tty: boolean[];
};

const facts = (engine: Started, args: string[] = [], more?: Surroundings) =>
  ask<Facts>(engine, ['facts', ...args], more);
const shell = (text: string) => ['sh', '-c', `${text} exec "$@"`, 'sh'];

onBoth('what it was started with', async (t, engine) => {
  const args = ['--version', '-e', '', 'a b', '--', '-', 'ü€😀', "'", '\n', '--config=x'];
  const env = { A: 'b=c', EMPTY: '', LINES: 'a\nb', NAME: 'ü€😀', NODE: '1' };
  const cwd = mkdtempSync(join(folder, 'cwd ü-'));
  const found = await facts(engine, args, { env, cwd });
  const [program = ''] = engine.words.slice(-1);
  t.strictSame(found.args, ['facts', ...args]);
  t.match(found.env, env);
  t.match(found, { kind: engine.kind, program, folder: realpathSync(cwd), uid: process.geteuid?.() as number });
  t.match(found.name, engine.kind === 'node' ? `Node ${process.versions.node}` : /^QuickJS/);
  t.ok(found.pid > 1);
  const [file = '', ...words] = found.self;
  const again = spawnSync(file, [...words, 'facts', 'again'], { env: { PATH: '/nonexistent' }, encoding: 'utf8' });
  t.match(JSON.parse(again.stdout), { value: { args: ['facts', 'again'], program } }, 'and again, without a PATH');
});

onBoth('started by a link, or from beside it', async (t, engine) => {
  const [program = ''] = engine.words.slice(-1);
  const link = join(mkdtempSync(join(folder, 'link-')), 'main.mjs');
  symlinkSync(program, link);
  const byLink = { ...engine, words: [...engine.words.slice(0, -1), link] };
  t.equal((await facts(byLink)).program, program, 'what it is, not what it is called');
  const beside = { ...engine, words: [...engine.words.slice(0, -1), `./${program.split('/').at(-1)}`] };
  const found = await facts(beside, [], { cwd: join(program, '..') });
  t.equal(found.program, program);
});

onBoth('whose it is', async (t, engine) => {
  for (const path of [folder, ...engine.words.slice(-1)]) chmodSync(path, 0o755);
  const setpriv = (...words: string[]) => ['setpriv', ...words, '--clear-groups'];
  t.equal((await facts(engine, [], { wrapper: setpriv('--reuid', '1234', '--regid', '1234') })).uid, 1234);
  t.equal((await facts(engine, [], { wrapper: setpriv('--euid', '1234') })).uid, 1234, 'the one that counts');
  t.equal((await facts(engine)).uid, 0);
});

onBoth('a folder that is gone', async (t, engine) => {
  const gone = join(folder, `gone-${engine.kind}`);
  mkdirSync(gone);
  const wrapper = shell(`cd ${gone}; rmdir ${gone};`);
  const { stdout, code } = await run(engine, ['facts'], { wrapper });
  t.strictSame([JSON.parse(stdout), code], [{ code: 'ENOENT' }, 0], 'is not there, and nothing else fails');
  t.strictSame(await ask(engine, ['alive', '1'], { wrapper }), [true]);
});

onBoth('who is busy hears first what was said in the meantime', async (t, engine) => {
  t.strictSame(await ask(engine, ['busy']), [...Array(10).fill('a\n'), 'late']);
});

onBoth('exit codes', async (t, engine) => {
  for (const code of [0, 1, 2, 3, 4, 99, 255]) {
    t.match(await run(engine, ['alive'], { env: { CODE: String(code) } }), { code, signal: null, stderr: '' });
  }
});

onBoth('all that was written has left when it ends', async (t, engine) => {
  const CASES: [string, number][][] = [
    [['x', 1_000_000]],
    [['ü€😀', 100_000]],
    [
      ['line\n', 50_000],
      ['', 1],
      ['end', 1],
    ],
    [['\0\u0001\u{10ffff}', 1]],
  ];
  for (const pieces of CASES) {
    const { stdout, stderr } = await run(engine, ['write', JSON.stringify(pieces), JSON.stringify(pieces)]);
    const expected = pieces.map(([text, times]) => text.repeat(times)).join('');
    t.ok(stdout === expected && stderr === expected, JSON.stringify(pieces));
  }
  const slow = await run(engine, ['write', '[["0123456789",100000]]'], {
    wrapper: shell('exec 3>&1; exec >&-; exec >&3;'),
  });
  t.equal(slow.stdout.length, 1_000_000);
  const words = [...engine.words, 'write', '[["0123456789",100000]]'].map((word) => `'${word}'`).join(' ');
  const piped = spawnSync('sh', ['-c', `${words} | (sleep 1; wc -c)`], { encoding: 'utf8' });
  t.equal(piped.stdout.trim(), '1000000', 'to a reader that takes its time');
});

onBoth('nobody reads it', async (t, engine) => {
  const words = (task: string[]) => [...engine.words, ...task].map((word) => `'${word}'`).join(' ');
  const into = (task: string[], reader: string) =>
    spawnSync('bash', ['-c', `CODE=7 ${words(task)} | ${reader}; echo "\${PIPESTATUS[0]}"`], {
      encoding: 'utf8',
      timeout: 20_000,
    });
  const much = ['write', '[["line\\n",100000]]'];
  t.strictSame(into(much, 'head -n 1').stdout, 'line\n7\n', 'that stops nothing');
  t.strictSame(into(much, 'true').stdout, '7\n');
  t.equal(into(['write', '[["a",1],["b",1]]', '[["",1]]'], 'sleep 0').stderr, '');
  // As `status --watch | head`.
  const watched = into(['interrupt', '1'], 'head -n 2');
  t.strictSame(watched.stdout, 'ready\n.\n7\n', 'who goes on and on is told');
  const full = spawnSync('sh', ['-c', `CODE=7 ${words(much)} >/dev/full`], { encoding: 'utf8' });
  t.strictSame([full.status, full.stderr], [7, '']);
});

onBoth('Ctrl-C', async (t, engine) => {
  const child = begin(engine, ['interrupt'], { env: { CODE: '5' } });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const ended = new Promise<unknown[]>((resolve) => child.on('close', (...how) => resolve(how)));
  while (!stdout.includes('ready')) await sleep(20);
  child.kill('SIGINT');
  t.strictSame([await ended, stdout], [[5, null], 'ready\n{"value":"told"}']);
  const deaf = begin(engine, ['start', '[{"args":["-c","sleep 60"]}]']);
  const how = new Promise<unknown[]>((resolve) => deaf.on('close', (...found) => resolve(found)));
  await sleep(1000);
  deaf.kill('SIGINT');
  t.strictSame(await how, [null, 'SIGINT'], 'whoever does not ask for it ends by it');
});

onBoth('what comes by standard input', async (t, engine) => {
  const input = (max: number, text: string | Buffer, more: Surroundings = {}) =>
    ask<{ length: number; ends: string[] }>(engine, ['input', String(max)], { input: text, ...more });
  t.strictSame(await input(100, 'ü€😀\nab'), { length: 7, ends: ['ü€😀\nab', 'ü€😀\nab'] });
  t.strictSame(await input(100, ''), { length: 0, ends: ['', ''] });
  t.match(await input(1_000_000, 'x'.repeat(1_000_000)), { length: 1_000_000 });
  t.match(await input(1_000_001, '€'.repeat(333_333)), { length: 333_333 }, 'across what is read at once');
  await t.rejects(input(999_999, 'x'.repeat(1_000_000)), /too much input/);
  await t.rejects(input(1000, '€'.repeat(400)), /too much input/, 'bytes, not characters');
  t.match(await input(100, '', { wrapper: shell('exec <&-;') }), { length: 0 }, 'none');
  t.match(await input(100, '', { wrapper: ['sh', '-c', '(printf a; sleep 1; printf b) | "$@"', 'sh'] }), { length: 2 });
});

onBoth('standard input, line by line', async (t, engine) => {
  const lines = (many: number, input: string, wrapper: string[] = []) =>
    ask<(string | null)[]>(engine, ['lines', String(many)], { input, wrapper });
  t.strictSame(await lines(4, 'a\n\nü€ b\n'), ['a', '', 'ü€ b', null]);
  t.strictSame(await lines(2, 'without an end'), ['without an end', null]);
  t.strictSame(await lines(2, ''), [null, null]);
  t.strictSame(await lines(1, 'x\n', shell('exec <&-;')), [null], 'none');
  const slow = ['sh', '-c', '(printf a; sleep 0.3; printf "b\\nc"; sleep 0.3; echo) | "$@"', 'sh'];
  t.strictSame(await lines(2, '', slow), ['ab', 'c'], 'as they come');
});

onBoth('started without standard streams', async (t, engine) => {
  const top = mkdtempSync(join(folder, 'closed-'));
  const CASES = ['<&-', '>&-', '2>&-', '<&- >&-', '<&- >&- 2>&-', '>&- 2>&-'];
  for (const [i, closed] of CASES.entries()) {
    const RESULT = join(top, String(i));
    const [stdin] = ['/bin/readlink', '/proc/self/fd/0'];
    const drafts = [
      { args: ['-c', 'echo out; echo err >&2; cat; exit 3'], input: 'in\n' },
      { args: ['-c', 'echo out; echo err >&2'], output: 'mixed' },
      { file: stdin, args: ['/proc/self/fd/0', '/proc/self/fd/2'], output: 'mixed' },
    ];
    const { code } = await run(engine, ['start', JSON.stringify(drafts)], {
      env: { RESULT, CODE: '6' },
      wrapper: shell(`exec ${closed};`),
    });
    t.equal(code, 6, closed);
    const { value } = JSON.parse(readFileSync(RESULT, 'utf8'));
    t.match(value, [
      { stdout: 'out\nin\n', stderr: 'err\n', exitCode: 3 },
      { exitCode: 0 },
      { stdout: /^\/dev\/null\n/, exitCode: 0 },
    ]);
    t.strictSame(value[1].stdout.split('\n').sort(), ['', 'err', 'out']);
    const facts = await run(engine, ['write', '[["x",10]]', '[["y",10]]'], { wrapper: shell(`exec ${closed};`) });
    const heard = {
      stdout: / >&-|^>&-/.test(closed) ? '' : 'x'.repeat(10),
      stderr: /2>&-/.test(closed) ? '' : 'y'.repeat(10),
    };
    t.match(facts, { ...heard, code: 0 }, 'what has no place goes nowhere else');
  }
});

onBoth('a terminal', async (t, engine) => {
  const RESULT = join(folder, `terminal-${engine.kind}`);
  const line = (task: string) => `RESULT=${RESULT} CODE=0 ${engine.words.join(' ')} ${task}`;
  const look = (redirect: string) => {
    const command = `rm -f ${RESULT}; ${line('facts')} ${redirect}`;
    spawnSync('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'ignore', 'ignore'] });
    return JSON.parse(readFileSync(RESULT, 'utf8')).value.tty;
  };
  t.strictSame(look(''), [true, true]);
  t.strictSame(look('>/dev/null'), [false, true]);
  t.strictSame(look('2>/dev/null'), [true, false]);
  t.strictSame(look('| cat'), [false, true]);
  t.strictSame((await facts(engine)).tty, [false, false]);
});

onBoth('time', async (t, engine) => {
  const { back, slept, done } = await ask<{ back: number; slept: number; done: string[] }>(engine, ['time']);
  t.equal(back, 0, 'it never goes back');
  // Node counts whole ms.
  t.ok(slept >= 48 && slept < 2000, `${slept} ms`);
  t.strictSame(done, ['at once', 'soon', 'first', 'second']);
});

onBoth('who is alive', async (t, engine) => {
  const dead = spawnSync('true').pid;
  const pids = [process.pid, 1, dead, 2 ** 22 + 1];
  t.strictSame(await ask(engine, ['alive', ...pids.map(String)]), [true, true, false, false]);
  chmodSync(folder, 0o755);
  const wrapper = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  t.strictSame(await ask(engine, ['alive', '1', String(dead)], { wrapper }), [true, false], "somebody else's, too");
});
