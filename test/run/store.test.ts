import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import type { State } from '../../lib/model.js';
import {
  dropAnswer,
  exitCodeOf,
  keepConfiguration,
  keptConfiguration,
  loadState,
  requireState,
  saveState,
} from '../../lib/run/store.js';
import { parseState } from '../../lib/state/parse.js';
import { Machine } from '../machine.js';
import { STATE_FILE, settled } from './router.js';

const ANSWER = `${STATE_FILE}.json`;
const KEPT = `${STATE_FILE}.config`;

/** A state as a round leaves it, in which one WAN is up and one is down. */
async function makeState(): Promise<State> {
  const router = await settled();
  router.fake.answers = { wan2: 'no' };
  await router.check();
  return router.state() as State;
}

tap.test('what was saved is there again, and the answer for ubus says the same', async (t) => {
  const { engine, state, text, has } = await withState();
  t.strictSame(loadState(engine, STATE_FILE, false).state, state);
  t.match(JSON.parse(text(ANSWER)), {
    interfaces: [
      { name: 'wan1', status: 'up' },
      { name: 'wan2', status: 'down' },
    ],
  });
  dropAnswer(engine, STATE_FILE);
  t.notOk(has(ANSWER));
  dropAnswer(engine, STATE_FILE);
  t.ok(has(STATE_FILE), 'whether there is one or not');
});

/** A machine with a state that was saved. */
async function withState() {
  const machine = new Machine();
  const state = await makeState();
  const unsaved = saveState(machine.engine, STATE_FILE, state);
  if (unsaved) throw new Error(unsaved.text);
  const text = (path: string) => machine.text(path) ?? '';
  return { machine, engine: machine.engine, state, text, has: (path: string) => machine.text(path) !== undefined };
}

tap.test('what cannot be used is set aside, unless one only looks', async (t) => {
  const CASES: [what: string, put: (machine: Machine) => void, problem: RegExp | undefined, aside: boolean][] = [
    ['nothing is there', () => {}, undefined, false],
    ['half of it', (machine) => machine.put(STATE_FILE, 'mode = failover\n'), / is no state file, or not whole/, true],
    ['nothing in it', (machine) => machine.put(STATE_FILE, ''), / is no state file, or not whole/, true],
    [
      'of another user',
      (machine) => machine.put(STATE_FILE, 'x', { uid: 7 }),
      /cannot be read: it belongs to user 7/,
      false,
    ],
    [
      'a folder',
      (machine) => machine.put(STATE_FILE, '', { kind: 'folder' }),
      /cannot be read: it is a directory/,
      false,
    ],
  ];
  for (const [what, put, problem, aside] of CASES) {
    for (const keep of [true, false]) {
      const machine = new Machine();
      put(machine);
      const before = machine.text(STATE_FILE);
      const remembered = loadState(machine.engine, STATE_FILE, keep);
      t.equal(remembered.state, undefined, what);
      if (problem) t.match(remembered.problem, problem, what);
      else t.equal(remembered.problem, undefined, what);
      const moved = aside && !keep;
      t.equal(machine.text(`${STATE_FILE}.corrupt`), moved ? before : undefined, what);
      t.equal(machine.text(STATE_FILE), moved ? undefined : before, what);
      if (moved) t.match(remembered.problem, `it is now ${STATE_FILE}.corrupt`);
      t.equal(machine.opened, 0);
    }
  }
});

tap.test('an old state does not stay where the new one cannot be written', async (t) => {
  const { machine, engine, state, has } = await withState();
  keepConfiguration(engine, STATE_FILE, 'config');
  machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  const unsaved = saveState(engine, STATE_FILE, state);
  t.strictSame(unsaved, {
    text: `${STATE_FILE} cannot be written: no space left; the next round remembers nothing`,
    lost: true,
  });
  t.strictSame([STATE_FILE, ANSWER, KEPT].filter(has), [], 'nor the answer, nor what takes its room');
});

tap.test('the room of the configuration is enough for it', async (t) => {
  const { machine, engine, state, has } = await withState();
  keepConfiguration(engine, STATE_FILE, 'config');
  machine.refuse = (operation) => (operation === 'create' && has(KEPT) ? 'ENOSPC' : undefined);
  const later = { ...state, timestamp: state.timestamp + 60 };
  t.equal(saveState(engine, STATE_FILE, later), undefined);
  t.equal(loadState(engine, STATE_FILE, true).state?.timestamp, later.timestamp);
  t.notOk(has(KEPT));
});

tap.test('an old answer does not stay either, but the state does', async (t) => {
  const { machine, engine, state, has } = await withState();
  machine.refuse = (operation, path) => (operation === 'create' && path.startsWith(ANSWER) ? 'EROFS' : undefined);
  const unsaved = saveState(engine, STATE_FILE, state);
  t.strictSame(unsaved, {
    text: `${ANSWER} cannot be written: the file system is read-only; ubus has no answer`,
    lost: false,
  });
  t.strictSame([STATE_FILE, ANSWER].filter(has), [STATE_FILE]);
});

tap.test('a write that breaks off leaves nothing half', async (t) => {
  const { machine, engine, state, text } = await withState();
  const names = () => engine.files.list('/var/run').sort();
  const before = names();
  machine.refuse = (operation) => (operation === 'rename' ? 'EIO' : undefined);
  t.ok(saveState(engine, STATE_FILE, state)?.lost);
  t.strictSame(names(), [], 'no temporary file either');
  machine.refuse = () => undefined;
  saveState(engine, STATE_FILE, state);
  t.strictSame(names(), before);
  t.strictSame(parseState(text(STATE_FILE)), state);
});

tap.test('the configuration is kept, for root alone, or is not', async (t) => {
  const machine = new Machine();
  const { engine } = machine;
  t.equal(keptConfiguration(engine, STATE_FILE), undefined);
  keepConfiguration(engine, STATE_FILE, 'first');
  keepConfiguration(engine, STATE_FILE, 'second');
  t.equal(keptConfiguration(engine, STATE_FILE), 'second');
  t.equal(machine.mode(KEPT), 0o600);
  machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  keepConfiguration(engine, STATE_FILE, 'third');
  t.equal(keptConfiguration(engine, STATE_FILE), 'second', 'it stops nobody');
  machine.put(KEPT, 'theirs', { uid: 7 });
  t.equal(keptConfiguration(engine, STATE_FILE), undefined, 'what others have written is not ours');
});

tap.test('whoever only looks needs a state', async (t) => {
  const CASES: [what: string, put: (machine: Machine) => void, message: RegExp, remedy: RegExp[]][] = [
    ['no round has run', () => {}, /^no round has run yet$/, [/mini-mwan check --verbose$/]],
    ['it cannot be used', (machine) => machine.put(STATE_FILE, 'x'), /is no state file, or not whole$/, [/check/]],
    [
      'the service is stopped',
      (machine) => machine.put('/etc/init.d/mini-mwan', ''),
      /^the service is stopped: /,
      [/^\/etc\/init\.d\/mini-mwan start$/, /mini-mwan enable$/],
    ],
  ];
  for (const [what, put, message, remedy] of CASES) {
    const machine = new Machine();
    put(machine);
    const error = (() => {
      try {
        return requireState(machine.engine, STATE_FILE);
      } catch (thrown) {
        return thrown as Trouble;
      }
    })();
    t.match(error, { exitCode: EXIT.cannotRun, message, remedy }, what);
    t.ok(error instanceof Trouble);
  }
  const { engine, state } = await withState();
  t.strictSame(requireState(engine, STATE_FILE), state);
});

tap.test('is the router on the Internet', async (t) => {
  const state = await makeState();
  t.equal(exitCodeOf(state), EXIT.ok);
  t.equal(exitCodeOf({ ...state, wans: state.wans.filter(({ verdict }) => verdict.status !== 'up') }), EXIT.noneUp);
  t.equal(exitCodeOf({ ...state, wans: [] }), EXIT.noneUp);
});
