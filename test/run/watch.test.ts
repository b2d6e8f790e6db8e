import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { watch } from '../../lib/run/watch.js';
import { FakeClock } from '../clock.js';
import { Router } from './router.js';

/** Watches until three looks were taken. */
async function watched(look: (count: number) => string[], { tty = false, json = false } = {}) {
  const router = new Router();
  router.machine.tty = tty;
  const clock = new FakeClock();
  const context = router.context();
  let stop = () => {};
  const onInterrupt = (told: () => void) => {
    stop = told;
  };
  const engine = { ...context.engine, out: router.machine.engine.out, after: clock.after, onInterrupt };
  let looks = 0;
  const watching = watch({ ...context, engine, options: { ...context.options, json } }, async ({ complain }) => {
    looks += 1;
    if (looks === 3) stop();
    if (looks === 2) complain(['it is odd']);
    return look(looks);
  });
  const exitCode = await clock.run(watching);
  return { out: router.machine.printed().out, exitCode, ms: clock.now };
}

tap.test('one screen after the other, until Ctrl-C', async (t) => {
  const { out, exitCode, ms } = await watched((count) => [`look ${count}`]);
  t.equal(out, 'look 1\n\nlook 2\nit is odd\n\nlook 3\n', 'what is wrong is part of the screen');
  t.equal(exitCode, EXIT.ok);
  t.ok(ms >= 2000 && ms <= 8000, `${ms} ms for two pauses`);
});

tap.test('on a terminal, in each other’s place', async (t) => {
  const clear = '\x1b[H\x1b[J';
  const { out } = await watched((count) => [`look ${count}`], { tty: true });
  t.equal(out, `${clear}look 1\n${clear}look 2\nit is odd\n${clear}look 3\n\n`);
});

tap.test('as JSON, a line for each look', async (t) => {
  const { out } = await watched((count) => [`{"look":${count}}`], { json: true, tty: true });
  t.strictSame(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [{ look: 1 }, { look: 2 }, { look: 3 }],
  );
});

tap.test('what goes wrong for the moment ends nothing; a bug does', async (t) => {
  const trouble = (count: number) => {
    if (count === 1) throw new Trouble(EXIT.cannotRun, 'no round has run yet\x1b[2J', ['run one']);
    return [`look ${count}`];
  };
  t.match((await watched(trouble)).out, /^no round has run yet\?\[2J\n {2}run one\n\nlook 2\n/);
  const [first] = (await watched(trouble, { json: true })).out.split('\n');
  t.match(JSON.parse(first ?? ''), { error: /^no round has run yet/ });
  const bug = () => {
    throw new TypeError('a bug');
  };
  await t.rejects(watched(bug), { message: 'a bug' });
  await t.rejects(watched(bug, { json: true }), { message: 'a bug' });
});
