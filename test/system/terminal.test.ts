import tap from 'tap';
import { openTerminal } from '../../lib/system/terminal.js';
import { Machine } from '../machine.js';

/** A terminal with lines typed into it, and its echo. */
function terminal(...typed: string[]) {
  const machine = new Machine();
  machine.typed.push(...typed);
  const echo: string[] = [];
  let interrupt = () => {};
  machine.engine.onInterrupt = (told) => {
    interrupt = told;
  };
  machine.programs.stty = ([word = '']) => {
    echo.push(word);
    return {};
  };
  return { machine, echo, interrupt: () => interrupt(), ask: openTerminal(machine).ask };
}

tap.test('questions and answers', async (t) => {
  const { machine, echo, ask } = terminal(' red1 ', ' se cret ', 'x\r');
  t.equal(await ask('device: '), 'red1');
  t.strictSame(echo, [], 'what may be seen is seen');
  t.equal(await ask('password: ', true), ' se cret ', 'a blank may be a part of it');
  t.strictSame(echo, ['-echo', 'echo']);
  t.equal(await ask('more: '), 'x');
  t.strictSame(machine.printed(), { out: '', err: 'device: password: \nmore: ' }, 'and nothing of the answers');
  await t.rejects(ask('more: '), { message: /nothing was written/ }, 'no answer comes any more');
});

tap.test('Ctrl-C brings the echo back', async (t) => {
  const { machine, echo, ask, interrupt } = terminal();
  machine.engine.line = () => new Promise(() => {});
  const asked = ask('password: ', true);
  await Promise.resolve();
  setImmediate(interrupt);
  await t.rejects(asked, { message: /^interrupted/ });
  t.strictSame(echo, ['-echo', 'echo']);
});
