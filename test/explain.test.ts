import tap from 'tap';
import { EXIT, explain, fileError, Trouble } from '../lib/explain.js';

tap.test('exit codes are a promise', async (t) => {
  t.strictSame(EXIT, { ok: 0, noneUp: 1, config: 2, cannotRun: 3, routes: 4 });
});

tap.test('trouble: what is wrong, and what to do', async (t) => {
  t.strictSame(explain(new Trouble(EXIT.config, 'no configuration')), { lines: ['no configuration'], exitCode: 2 });
  t.strictSame(explain(new Trouble(EXIT.routes, 'no route', ['do this', 'then that'])), {
    lines: ['no route', '  do this', '  then that'],
    exitCode: 4,
  });
});

tap.test('a system that has run out of something', async (t) => {
  for (const [code, words] of Object.entries({
    EMFILE: 'ulimit -n',
    ENFILE: 'file-nr',
    ENOMEM: 'free',
    EAGAIN: 'ps',
  })) {
    const { lines, exitCode } = explain(Object.assign(new Error('x'), { code }));
    t.match(lines, [/; nothing more was done$/, words]);
    t.equal(lines.length, 2, 'no stack trace');
    t.equal(exitCode, 3);
  }
});

tap.test('what QuickJS throws for want of memory', async (t) => {
  for (const error of [
    null,
    ...['out of memory', 'out of memory in regexp execution', 'error is not initialized'].map((m) => new Error(m)),
  ]) {
    t.match(explain(error), { lines: ['the system has no memory left; nothing more was done', /free/], exitCode: 3 });
    t.throws(() => fileError(error), 'it is no matter of a file');
  }
});

tap.test('a file of the program that cannot be loaded', async (t) => {
  for (const error of [
    new ReferenceError("could not load module filename '/x/others-1.js'"),
    Object.assign(new Error("Cannot find module '/x/others-1.mjs'"), { code: 'ERR_MODULE_NOT_FOUND' }),
    new SyntaxError('unexpected end of input'),
  ]) {
    const { lines, exitCode } = explain(error);
    t.strictSame(lines, [
      `a file of the program is missing, damaged or of another version: ${error.message}`,
      '  install it again',
    ]);
    t.equal(exitCode, 3);
  }
});

tap.test('anything else is a bug of ours', async (t) => {
  const report = 'this is a bug in mini-mwan. Please report it with these lines:';
  const failed = new TypeError('x is not a function');
  t.match(explain(failed), {
    lines: [report, '  TypeError: x is not a function', /^ {6}at .*explain\.test\.ts/],
    exitCode: 3,
  });
  // As QuickJS has it.
  const traced = Object.assign(new TypeError('not a function'), { stack: '    at check (main.js:1:2)\n' });
  t.match(explain(traced).lines, [report, '  TypeError: not a function', '      at check (main.js:1:2)']);
  const bare = new Error('no stack');
  delete bare.stack;
  const CASES: [unknown, string[]][] = [
    [bare, ['  Error: no stack']],
    ['two\nlines', ['  two', '  lines']],
    [undefined, ['  undefined']],
    [{}, ['  [object Object]']],
  ];
  for (const [error, lines] of CASES) t.strictSame(explain(error), { lines: [report, ...lines], exitCode: 3 });
});

tap.test('what the system says of a file', async (t) => {
  const CASES: [string, string][] = [
    ['EACCES', 'permission denied'],
    ['EPERM', 'not permitted'],
    ['ENOENT', 'no such file or directory'],
    ['ENOTDIR', 'a part of its path is no directory'],
    ['EISDIR', 'it is a directory'],
    ['ENOSPC', 'no space left'],
    ['EROFS', 'the file system is read-only'],
    ['ELOOP', 'too many symbolic links'],
    ['EIO', 'EIO'],
  ];
  for (const [code, text] of CASES) t.equal(fileError(Object.assign(new Error('-5'), { code })), text);
  t.equal(fileError(new Error('odd')), 'Error: odd');
});
