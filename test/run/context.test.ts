import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { createContext, requireRoot, toComplaint, withLock } from '../../lib/run/context.js';
import { Router, STATE_FILE } from './router.js';

const LOCK = `${STATE_FILE}.lock`;

tap.test('what is said goes to stdout, what is noted or wrong to stderr', async (t) => {
  const { machine, ...router } = new Router();
  const context = createContext(router.options, machine.engine, machine.exec);
  context.say('an answer');
  context.note('a note');
  context.complain(['it is wrong\x1b[2J', '  do this']);
  t.strictSame(machine.printed(), { out: 'an answer\n', err: 'a note\nmini-mwan: it is wrong?[2J\n  do this\n' });
  t.equal(toComplaint(['x'.repeat(1001)]), `mini-mwan: ${'x'.repeat(1000)}…\n`);
});

tap.test('colour only at a terminal, and where it is wanted', async (t) => {
  const CASES: [tty: boolean, option: boolean, variable: string | undefined, coloured: boolean][] = [
    [true, true, undefined, true],
    [false, true, undefined, false],
    [true, false, undefined, false],
    [true, true, '1', false],
    [true, true, '', true],
  ];
  for (const [tty, color, NO_COLOR, coloured] of CASES) {
    const { machine, options } = new Router();
    machine.tty = tty;
    const context = createContext({ ...options, color }, { ...machine.engine, env: { NO_COLOR } }, machine.exec);
    for (const colour of [await context.colour(), await context.errColour()]) {
      t.equal(colour.status('down', 'down') !== 'down', coloured, `${[tty, color, NO_COLOR]}`);
      t.match(colour.status('down', 'down'), 'down');
    }
  }
});

tap.test('the platform is the one of the machine', async (t) => {
  const { machine, options } = new Router();
  const platform = () => createContext(options, machine.engine, machine.exec).platform();
  t.equal((await platform()).announcer, undefined);
  machine.programs.ubus = () => ({});
  t.equal((await platform()).announcer, 'hotplug-call', 'OpenWrt has ubus');
});

tap.test('only root changes routes', async (t) => {
  const router = new Router();
  requireRoot(router.context(), 'check');
  router.machine.uid = 1000;
  for (const [command, remedy] of [
    ['check', ['to see what it would do: mini-mwan check --dry-run']],
    ['restore', []],
  ] as const) {
    const error = troubleOf(() => requireRoot(router.context(), command));
    t.equal(error.exitCode, EXIT.cannotRun);
    t.equal(error.message, `${command} changes routes and must be run as root`);
    t.strictSame(error.remedy, remedy);
  }
});

function troubleOf(work: () => void): Trouble {
  try {
    work();
  } catch (error) {
    if (error instanceof Trouble) return error;
  }
  throw new Error('it was no trouble');
}

tap.test('one works at a time, and the next when it is done, however that ended', async (t) => {
  const router = new Router();
  const context = router.context();
  const told: unknown[] = [];
  const busy = async (error: unknown) => told.push(error);
  const second = () => withLock(context, 1000, async () => 'second', busy);
  const first = await withLock(context, 1000, async (unlocked) => {
    t.equal(unlocked, undefined);
    await t.rejects(second(), {
      constructor: Trouble,
      exitCode: EXIT.cannotRun,
      message: /another round has held the lock/,
    });
    return 'first';
  });
  t.equal(first, 'first');
  t.match(told, [{ message: /^another round has held the lock for 0 s \(pid 42\); / }], 'and it was told');
  t.equal(told.length, 1);

  await t.rejects(
    withLock(context, 1000, () => Promise.reject(new Error('it went wrong')), busy),
    { message: 'it went wrong' },
  );
  t.equal(await second(), 'second');
  t.equal(told.length, 1, 'what goes wrong within is no busy lock');
  t.equal(router.machine.opened, 0, 'no file is left open');
});

tap.test('whoever is to be told may fail: the reason stays', async (t) => {
  const router = new Router();
  const context = router.context();
  await withLock(context, 1000, async () => {
    await t.rejects(
      withLock(context, 1000, async () => 'second'),
      { message: /another round/ },
      'nobody is told',
    );
  });
});

tap.test('a round without a lock is better than none, but knows of it', async (t) => {
  const CASES: [what: string, spoil: (router: Router) => void, problem: RegExp][] = [
    ['no flock', ({ machine }) => void delete machine.programs.flock, /flock: not found$/],
    [
      'no file',
      ({ machine }) => {
        machine.refuse = (operation) => (operation === 'openLock' ? 'EROFS' : undefined);
      },
      /\.lock: the file system is read-only$/,
    ],
    ['a file of somebody', ({ machine }) => machine.put(LOCK, '', { uid: 7 }), /it belongs to user 7$/],
  ];
  for (const [what, spoil, problem] of CASES) {
    const router = new Router();
    spoil(router);
    const work = async (unlocked?: string) => unlocked;
    t.match(await withLock(router.context(), 1000, work), problem, what);
    t.equal(router.machine.opened, 0, what);
  }
});
