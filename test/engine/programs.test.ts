import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import type { Ended } from '../../lib/engine/engine.js';
import { takePrecedence } from '../precedence.js';
import { ask, begin, folder, onBoth, run, type Started, type Surroundings } from './engines.js';
import type { Draft } from './perform.js';

// What the engine takes is measured.
takePrecedence();

tap.jobs = 2;

type Result = Ended & { took: number; pieces?: string[] };

/** ms that a busy machine may take for what takes no time. */
const PROMPT = 5000;

const start = (engine: Started, drafts: Draft[], more?: Surroundings) =>
  ask<Result[]>(engine, ['start', JSON.stringify(drafts)], more);
const shell = (text: string, more: Draft = {}): Draft => ({ args: ['-c', text], ...more });

/** Waits for what takes a while. */
async function becomes(what: () => boolean, patience = PROMPT): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end && !what(); ) await sleep(20);
  return what();
}

function isAlive(pid: number): boolean {
  try {
    // One that has ended and that nobody has asked for is not alive.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const pidsIn = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);

onBoth('how programs end, and what they say', async (t, engine) => {
  const CASES: [what: string, draft: Draft, expected: Partial<Ended>][] = [
    ['well', shell('echo a; echo b >&2'), { stdout: 'a\n', stderr: 'b\n', exitCode: 0 }],
    ['with a code', shell('exit 3'), { stdout: '', stderr: '', exitCode: 3 }],
    ['with the last code', shell('exit 255'), { exitCode: 255 }],
    ['with the code of a missing command', shell('nosuchthing'), { exitCode: 127 }],
    ['by a signal', shell('echo a; kill -TERM $$'), { stdout: 'a\n', signal: 'SIGTERM' }],
    ['by the one that kills', shell('kill -KILL $$'), { signal: 'SIGKILL' }],
    ['by a crash', shell('kill -SEGV $$'), { signal: 'SIGSEGV' }],
    ['in one', shell('echo a; sleep 0.2; echo b >&2', { output: 'mixed' }), { stdout: 'a\nb\n', exitCode: 0 }],
    ['unheard', shell('echo a; echo b >&2; exit 2', { output: 'none' }), { stdout: '', stderr: '', exitCode: 2 }],
    ['unheard, as if it were missing', shell('exit 127', { output: 'none' }), { exitCode: 127 }],
    ['without a last line end', shell('printf "a\\n\\nb"'), { stdout: 'a\n\nb' }],
    ['in any script', shell('printf "ü€😀"'), { stdout: 'ü€😀' }],
    [
      'with words as they are',
      shell('printf "%s|" "$@"', { args: ['-c', 'printf "%s|" "$@"', '-', 'a b', '', '$x', "'", '-n', 'ü'] }),
      { stdout: "a b||$x|'|-n|ü|" },
    ],
    ['with what it reads', { file: '/bin/cat', input: 'ü€😀\n' }, { stdout: 'ü€😀\n', exitCode: 0 }],
    ['with an empty input', { file: '/bin/cat', input: '' }, { stdout: '', exitCode: 0 }],
    ['with nothing to read', { file: '/bin/cat' }, { stdout: '', exitCode: 0 }],
    ['with what has passed the pipe already', shell('exec 0<&-; exit 4', { input: ['x', 1_000_000] }), { exitCode: 4 }],
    [
      'reading a little',
      { file: '/usr/bin/head', args: ['-c', '3'], input: ['abc', 300_000] },
      { stdout: 'abc', exitCode: 0 },
    ],
    ['word by word', shell(`for i in ${'word '.repeat(200)}; do printf $i; done`), { stdout: 'word'.repeat(200) }],
    ['from the root', shell('pwd'), { stdout: `${process.cwd()}\n` }],
    ['with less than is too much', shell('printf 12345', { maxOutput: 5 }), { stdout: '12345', exitCode: 0 }],
  ];
  const results = await start(
    engine,
    CASES.map(([, draft]) => draft),
  );
  for (const [i, [what, , expected]] of CASES.entries()) t.match(results[i], expected, what);
  for (const [i, [what, , expected]] of CASES.entries()) {
    if (!('signal' in expected)) t.equal(results[i]?.signal, undefined, what);
    t.equal(results[i]?.exitCode === undefined, 'signal' in expected, what);
    t.strictSame([results[i]?.unstarted, results[i]?.excess], [undefined, undefined], what);
  }
});

onBoth('a million characters, there and back', async (t, engine) => {
  const input: [string, number] = ['0123456789', 100_000];
  const slowly = 'head -c 10 >/dev/null; sleep 0.3; head -c 100000 >/dev/null; sleep 0.3; cat';
  // By itself: an engine that moves millions of characters meanwhile is late.
  const [never] = (await start(engine, [shell('sleep 60', { input, killAfter: 300 })])) as [Result];
  const [cat, slow, lost, both] = (await start(engine, [
    { file: '/bin/cat', input },
    shell(slowly, { input }),
    shell('sleep 0.3; exit 5', { input }),
    shell('head -c 1000000 /dev/zero | tr "\\0" a; head -c 1000000 /dev/zero | tr "\\0" b >&2'),
  ])) as [Result, Result, Result, Result];
  t.ok(cat.stdout === '0123456789'.repeat(100_000));
  t.ok(slow.stdout.length > 800_000 && slow.stdout.endsWith('0123456789'), `${slow.stdout.length}`);
  t.equal(lost.exitCode, 5);
  t.strictSame([never.exitCode, never.signal, never.unstarted], [undefined, undefined, undefined]);
  t.ok(never.took < 300 + PROMPT, `${never.took} ms`);
  t.ok(both.stdout === 'a'.repeat(1_000_000) && both.stderr === 'b'.repeat(1_000_000));
});

onBoth('what prints too much is killed', async (t, engine) => {
  const results = await start(engine, [
    shell('yes', { maxOutput: 100_000 }),
    shell('yes >&2', { maxOutput: 100_000 }),
    shell('yes & yes >&2', { maxOutput: 100_000, output: 'mixed' }),
    shell('printf 123456; sleep 60', { maxOutput: 5 }),
  ]);
  const yes = 'y\n'.repeat(8000);
  const beginnings = [yes, '', yes, '123456'];
  for (const [i, { stdout, stderr, took, excess, ...rest }] of results.entries()) {
    t.strictSame({ stdout, stderr, ...rest }, { stdout: '', stderr: '' });
    // Both engines read in pieces, and one of them no more than is allowed.
    t.ok(
      excess !== undefined && `${beginnings[i]}`.startsWith(excess) && excess.length >= `${beginnings[i]}`.length - 1,
    );
    t.ok(took < PROMPT, `${took} ms`);
  }
});

onBoth('what cannot be started', async (t, engine) => {
  const top = mkdtempSync(join(folder, 'programs-'));
  const lay = (name: string, text: string, mode: number) => {
    const path = join(top, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const CASES: [what: string, file: string, unstarted: string[], ended?: Partial<Ended>][] = [
    ['nothing of that name', join(top, 'nothing'), ['ENOENT']],
    ['a folder', top, ['EACCES']],
    ['below a file', '/etc/passwd/x', ['ENOTDIR', 'ENOENT']],
    ['not executable', lay('plain', '#!/bin/sh\n', 0o644), ['EACCES']],
    ['an interpreter that is missing', lay('missing', '#!/nonexistent/sh\n', 0o755), ['ENOENT', 'ENOEXEC']],
    ['no program', lay('broken', '\x7fELF and nothing more', 0o755), ['ENOEXEC'], { exitCode: 127 }],
    ['an empty file', lay('empty', '', 0o755), ['ENOEXEC'], { exitCode: 0 }],
    // The C library may give it to a shell.
    ['no interpreter', lay('bare', 'exit 6\n', 0o755), ['ENOEXEC'], { exitCode: 6 }],
  ];
  const results = await start(
    engine,
    CASES.map(([, file]) => ({ file })),
  );
  for (const [i, [what, , unstarted, ended]] of CASES.entries()) {
    const found = results[i] as Result;
    const ran = ended !== undefined && found.exitCode === ended.exitCode;
    t.ok(ran || unstarted.includes(found.unstarted ?? ''), `${what}: ${JSON.stringify(found)}`);
  }
  const [kept] = await start(engine, [{ file: lay('good', '#!/bin/sh\nexit 127\n', 0o755), output: 'none' }]);
  t.match(kept, { exitCode: 127 }, 'a script that ends like one that could not be started');
});

onBoth('who is heard until when', async (t, engine) => {
  const results = await start(engine, [
    shell('(sleep 1; echo late) & echo early'),
    shell('(sleep 1; echo late >&2) & echo early', { output: 'mixed' }),
    shell('sleep 60 & echo early', { output: 'none' }),
    shell('exec >&- 2>&-; sleep 1; exit 7'),
    shell('exec >/dev/null 2>&1 </dev/null; sleep 60', { killAfter: 500 }),
    shell('for i in 1 2 3 4 5 6 7 8 9; do printf word; done; sleep 60', { killAfter: 500 }),
    shell('while :; do printf word; done', { killAfter: 500, maxOutput: 1e9 }),
  ]);
  const [apart, mixed, none, closed, ...deaf] = results as [Result, Result, Result, Result, ...Result[]];
  t.equal(apart.stdout, 'early\nlate\n', 'until nobody can write to it');
  t.equal(mixed.stdout, 'early\nlate\n');
  t.equal(none.exitCode, 0);
  t.ok(none.took < PROMPT, `${none.took} ms: it has ended, whatever it left in the background`);
  t.ok(closed.exitCode === 7 && closed.took > 900, `${closed.took} ms: it closes its outputs and lives on`);
  for (const { exitCode, took } of deaf) t.ok(exitCode === undefined && took < 500 + PROMPT, `${took} ms`);
});

const heard = (result: Result | undefined) => (result?.pieces ?? []).join('');

onBoth('what is heard while a program runs', async (t, engine) => {
  const answer = join(mkdtempSync(join(folder, 'hear-')), 'answer');
  const both = 'echo 1; echo ü >&2; sleep 0.2; echo 2; exit 4';
  const results = await start(engine, [
    shell(both, { hear: 'noted' }),
    shell(both, { hear: 'noted', output: 'mixed' }),
    shell(`echo 1; until [ -e ${answer} ]; do sleep 0.1; done; echo 2`, {
      hear: 'noted',
      answer,
      killAfter: 4 * PROMPT,
    }),
    shell('head -c 300000 /dev/zero | tr "\\0" a', { hear: 'noted', maxOutput: 10 }),
    shell('echo a; echo b >&2; yes b >&2', { hear: 'noted', maxOutput: 1000 }),
    shell('while sleep 0.1; do echo a; done', { hear: 'noted', killAfter: 1000 }),
    shell('echo a; exit 127', { hear: 'noted' }),
  ]);
  const [apart, mixed, answered, much, wrong, killed, missing] = results;
  t.match(apart, { stdout: '', stderr: 'ü\n', exitCode: 4 });
  t.equal(heard(apart), '1\n2\n');
  t.match(mixed, { stdout: '', stderr: '', exitCode: 4 });
  t.strictSame(heard(mixed).split('\n').sort(), ['', '1', '2', 'ü']);
  t.match(answered, { exitCode: 0 }, 'it is heard before it has ended');
  t.equal(heard(answered), '1\n2\n');
  t.ok(heard(much) === 'a'.repeat(300_000) && much?.exitCode === 0, 'nothing is too much');
  t.equal(wrong?.excess, '', 'but of what is kept');
  t.match(killed, { stdout: '', stderr: '' });
  t.match(heard(killed), /^(a\n)*$/);
  t.ok((killed?.took ?? PROMPT) < 1000 + PROMPT);
  t.match(missing, { exitCode: 127 }, 'one that has printed has run');
});

onBoth('who is heard ends with us, however we end', async (t, engine) => {
  const pids = join(mkdtempSync(join(folder, 'hear-')), 'pids');
  const talk = shell(`echo $$ >${pids}; while sleep 0.1; do echo a; done`, { hear: 'printed' });
  const child = begin(engine, ['start', JSON.stringify([talk])]);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGKILL');
  const [pid = 0] = pidsIn(pids);
  t.ok(await becomes(() => !isAlive(pid)), 'when it has something to say');
});

/** It does not listen; nor do its child, a grandchild that has lost its parent, and one that takes what comes for output. */
const stubborn = (pids: string) => `trap '' TERM INT HUP; echo $$ >>${pids}
  (trap '' TERM; echo $(exec sh -c 'echo $PPID') >>${pids}; sleep 77) &
  ( (sleep 77 & echo $! >>${pids}) & )
  sleep 77 >/dev/null 2>&1 & echo $! >>${pids}; wait; sleep 77`;

onBoth('a killed program is over at once, and so is all that it has started', async (t, engine) => {
  const pids = join(mkdtempSync(join(folder, 'kill-')), 'pids');
  const [found, other] = (await start(engine, [
    shell(stubborn(pids), { killAfter: 1000 }),
    shell('sleep 3 & wait; echo well'),
  ])) as [Result, Result];
  t.strictSame(Object.keys(found).sort(), ['stderr', 'stdout', 'took']);
  t.ok(found.took < 1000 + PROMPT, `${found.took} ms`);
  t.match(other, { stdout: 'well\n', exitCode: 0 }, 'the others go on');
  const all = pidsIn(pids);
  t.equal(all.length, 4);
  t.ok(await becomes(() => !all.some(isAlive)), `${all.filter(isAlive)} of ${all}`);
});

onBoth('nor does it outlive us, if we end at once', async (t, engine) => {
  const pids = join(mkdtempSync(join(folder, 'kill-')), 'pids');
  await start(engine, [shell(stubborn(pids), { killAfter: 1000 })]);
  const all = pidsIn(pids);
  t.equal(all.length, 4);
  t.ok(await becomes(() => !all.some(isAlive)), `${all.filter(isAlive)} of ${all}`);
});

onBoth('what is killed while it is being started', async (t, engine) => {
  const results = await start(engine, [
    shell('sleep 60', { killAfter: 0 }),
    { file: '/nonexistent', killAfter: 0 },
    shell('true', { killAfter: 2000 }),
  ]);
  t.ok((results[0]?.took ?? PROMPT) < PROMPT);
  t.match(results[2], { exitCode: 0 }, 'a kill of what is over is none');
});

onBoth('one that outlives us, and has its input', async (t, engine) => {
  const top = mkdtempSync(join(folder, 'detach-'));
  const at = (name: string) => join(top, name);
  const input: [string, number] = ['0123456789', 100_000];
  const slow = `sleep 0.5; cat >${at('part')}; sleep 1; env >${at('env')}; ls /proc/self/fd >${at('fds')}; echo x; mv ${at('part')} ${at('whole')}`;
  t.strictSame(
    await ask(engine, ['detach', JSON.stringify(shell(slow, { input, env: { PATH: '/usr/bin:/bin', A: 'b' } }))]),
    true,
  );
  t.notOk(existsSync(at('whole')), 'it is not over when we are');
  t.ok(await becomes(() => existsSync(at('whole')), 2 * PROMPT));
  t.ok(readFileSync(at('whole'), 'utf8') === '0123456789'.repeat(100_000));
  t.match(readFileSync(at('env'), 'utf8'), /^A=b$/m);
  t.strictSame(
    readFileSync(at('fds'), 'utf8').trim().split('\n'),
    ['0', '1', '2', '3'],
    'and the folder that is listed',
  );
  const CASES: Draft[] = [
    { file: '/nonexistent', input: 'x' },
    { file: '/nonexistent' },
    { file: '/bin/true', input },
    shell('exec 0<&-; sleep 1', { input }),
  ];
  for (const draft of CASES) {
    const { code, stderr } = await run(engine, ['detach', JSON.stringify(draft)]);
    t.strictSame({ code, stderr }, { code: 0, stderr: '' }, JSON.stringify(draft));
  }
});

onBoth('three hundred at once', async (t, engine) => {
  const drafts = Array.from({ length: 300 }, (_, i) => shell(`sleep 1; echo ${i}`, { output: 'mixed' as const }));
  const results = await start(engine, drafts);
  t.strictSame(
    results.map(({ stdout }) => stdout),
    drafts.map((_, i) => `${i}\n`),
  );
});

onBoth('more than there are open files for are refused in words', async (t, engine) => {
  const wrapper = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'];
  const results = await start(
    engine,
    Array.from({ length: 100 }, () => shell('sleep 1; echo a')),
    { wrapper },
  );
  const [ran, refused] = [
    results.filter(({ exitCode }) => exitCode === 0),
    results.filter(({ unstarted }) => unstarted),
  ];
  t.equal(ran.length + refused.length, 100);
  t.ok(ran.length > 5 && refused.length > 5, `${ran.length} ran`);
  t.ok(ran.every(({ stdout }) => stdout === 'a\n'));
  t.strictSame([...new Set(refused.map(({ unstarted }) => unstarted))], ['EMFILE']);
  const after = await start(engine, [shell('echo a')], { wrapper });
  t.match(after, [{ stdout: 'a\n' }]);
});

onBoth('a child has three open files, and one of ours if that is meant', async (t, engine) => {
  const top = mkdtempSync(join(folder, 'open-'));
  const list = { file: '/bin/ls', args: ['/proc/self/fd'] };
  const results = await start(engine, [
    ...Array.from({ length: 20 }, () => shell('sleep 1', { input: 'x' })),
    list,
    { ...list, output: 'mixed' },
    { ...list, input: 'x' },
  ]);
  for (const { stdout } of results.slice(20)) t.equal(stdout, '0\n1\n2\n3\n', 'the last is the folder that is listed');
  const file = join(top, 'lock');
  const locked = await ask<Result[]>(engine, ['inherit', file]);
  t.match(locked, [{ exitCode: 0 }, { exitCode: 1 }, { stdout: `${file}\n` }, { exitCode: 0 }]);
});

onBoth('nothing is left of those that have ended', async (t, engine) => {
  const left = await ask<string[]>(engine, ['children', '20']);
  t.strictSame(left, []);
});

onBoth('the environment of a child is what it was given', async (t, engine) => {
  const env = { PATH: '/bin:/usr/bin', A: 'b=c', EMPTY: '', LINES: 'a\nb', 'with-dash': 'ü' };
  const [found] = await start(engine, [{ file: '/usr/bin/env', args: ['-0'], env }], { env: { OURS: 'x' } });
  const seen = found?.stdout.split('\0').filter((entry) => entry !== '' && !entry.startsWith('MINI_MWAN_CHILD='));
  t.strictSame(
    seen?.sort(),
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  );
});

onBoth('whoever ignores that children end, or that nobody reads, has not decided for us', async (t, engine) => {
  const wrapper = ['sh', '-c', 'trap \'\' CHLD PIPE; exec "$@"', 'sh'];
  const results = await start(engine, [shell('exit 3'), shell('yes | head -n 1; exit 4'), shell('kill -9 $$')], {
    wrapper,
  });
  t.match(results, [{ exitCode: 3 }, { stdout: 'y\n', stderr: '', exitCode: 4 }, { signal: 'SIGKILL' }]);
});

onBoth('a program that is told more while it runs', async (t, engine) => {
  const echo = 'while read -r line; do case $line in e*) echo $line >&2;; *) echo $line.;; esac; done';
  const begun = Date.now();
  const [talks, long, ended, missing] = await start(engine, [
    shell(echo, { hear: 'noted', talk: { first: ['a\n', 1], times: 4 } }),
    shell('head -c 300000 | wc -c', { hear: 'noted', talk: { first: ['x', 300_000], times: 2 }, killAfter: 5000 }),
    shell('exit 3', { hear: 'noted', talk: { first: ['nobody reads\n', 10_000], times: 2 } }),
    { file: '/nowhere', hear: 'noted', talk: { first: ['a\n', 1], times: 2 } },
  ]);
  t.strictSame(talks?.pieces, ['a.\n', 'a..\n', 'a...\n', 'a....\n']);
  t.equal(talks?.exitCode, undefined, 'it was killed');
  t.match(heard(long), /^ *300000\n$/, 'more than a pipe holds');
  t.equal(ended?.exitCode, 3);
  t.ok(missing?.unstarted === 'ENOENT' || missing?.exitCode === 127);
  t.ok(Date.now() - begun < 5000 + 2 * PROMPT);
  const [errors] = await start(engine, [shell(echo, { hear: 'noted', talk: { first: ['error\n', 1], times: 1 } })]);
  t.strictSame(errors?.pieces, ['error error\n']);
});
