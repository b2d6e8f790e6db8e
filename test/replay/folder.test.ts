import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { prepareRecording, type Recording, readRecording, writeRecording } from '../../lib/replay/folder.js';
import { Machine } from '../machine.js';

const FOLDER = '/tmp/record';
const CALLS = `${FOLDER}/calls.json`;

const RECORDING: Recording = {
  paths: { config: '/etc/config/mini-mwan', state: '/var/run/state' },
  dryRun: false,
  json: true,
  config: 'config settings\n',
  state: '',
  stateProblem: 'it was odd',
  unlocked: undefined,
  calls: [
    { call: 'now', answer: { wall: 1 } },
    { call: 'ip -batch -', input: 'route add\n', answer: null },
  ],
};
const { config: _config, state: _state, ...BARE } = RECORDING;

function recorded(recording: Recording = RECORDING): Machine {
  const machine = new Machine();
  prepareRecording(machine.engine, FOLDER);
  writeRecording(machine.engine, FOLDER, recording, '1.2.3', 'what was printed\n');
  return machine;
}

tap.test('what was recorded is read again, and nobody else may read it', async (t) => {
  for (const recording of [RECORDING, { ...BARE, dryRun: true }]) {
    const machine = recorded(recording);
    const { unlocked, ...read } = readRecording(machine.engine, FOLDER);
    t.equal(unlocked, undefined);
    const { unlocked: __, ...expected } = recording;
    t.strictSame(read, expected);
    t.equal(machine.text(`${FOLDER}/decisions.txt`), 'what was printed\n');
    for (const name of machine.engine.files.list(FOLDER)) t.equal(machine.mode(`${FOLDER}/${name}`), 0o600, name);
    t.equal(machine.mode(FOLDER), 0o700);
    t.equal(machine.opened, 0);
  }
  const { files } = recorded(BARE).engine;
  t.strictSame(files.list(FOLDER).sort(), ['calls.json', 'decisions.txt'], 'what could not be read has no file');
  const long = { ...RECORDING, calls: [{ call: 'ip', answer: 'x'.repeat(500_000) }] };
  t.strictSame(readRecording(recorded(long).engine, FOLDER).calls, long.calls, 'a table may be long');
});

tap.test('a folder that can hold no recording is found before anything is done', async (t) => {
  const CASES: [what: string, spoil: (machine: Machine) => void, why: string | undefined][] = [
    ['it is not there', () => {}, undefined],
    ['it is empty', (machine) => machine.put(FOLDER, '', { kind: 'folder', mode: 0o700 }), undefined],
    [
      'it is not empty',
      (machine) => {
        machine.put(FOLDER, '', { kind: 'folder', mode: 0o700 });
        machine.put(CALLS, '');
      },
      'it is there and not empty',
    ],
    ['it is a file', (machine) => machine.put(FOLDER, ''), 'a file is in its place'],
    [
      'others may write it',
      (machine) => machine.put(FOLDER, '', { kind: 'folder', mode: 0o777 }),
      'others may write it',
    ],
    ['there is no folder for it', (machine) => machine.drop('/tmp'), 'no such file or directory'],
    [
      'nothing can be written there',
      (machine) => {
        machine.put(FOLDER, '', { kind: 'folder', mode: 0o700 });
        machine.refuse = (operation) => (operation === 'create' ? 'EROFS' : undefined);
      },
      'the file system is read-only',
    ],
  ];
  for (const [what, spoil, why] of CASES) {
    const machine = new Machine();
    spoil(machine);
    const prepare = () => prepareRecording(machine.engine, FOLDER);
    if (why === undefined) {
      prepare();
      t.strictSame(machine.engine.files.list(FOLDER), [], what);
      continue;
    }
    const message = `nothing can be recorded in '${FOLDER}': ${why}; no round was run`;
    t.throws(prepare, { constructor: Trouble, exitCode: EXIT.config, message }, what);
  }
});

tap.test('never over a file that is there', async (t) => {
  const machine = recorded();
  t.throws(() => writeRecording(machine.engine, FOLDER, BARE, '1.2.3', ''), { code: 'EEXIST' });
  t.equal(machine.text(`${FOLDER}/decisions.txt`), 'what was printed\n');
});

tap.test('one that breaks off is no recording', async (t) => {
  for (const left of [0, 1, 2, 3]) {
    const machine = new Machine();
    prepareRecording(machine.engine, FOLDER);
    let files = 0;
    machine.refuse = (operation) => (operation === 'create' && ++files > left ? 'ENOSPC' : undefined);
    t.throws(() => writeRecording(machine.engine, FOLDER, RECORDING, '1.2.3', ''), { code: 'ENOSPC' });
    machine.refuse = () => undefined;
    t.throws(() => readRecording(machine.engine, FOLDER), { message: /there is no such file$/ }, `after ${left} files`);
  }
});

// biome-ignore lint/suspicious/noExplicitAny: the cases edit it as they like
type Head = any;

tap.test('what is damaged, or of another version, says so', async (t) => {
  const edit = (change: (head: Head) => unknown) => (machine: Machine) => {
    const head = JSON.parse(machine.text(CALLS) ?? '');
    machine.put(CALLS, JSON.stringify(change(head) ?? head));
  };
  const missing = /calls\.json cannot be replayed: a part of it is missing$/;
  const CASES: [what: string, spoil: (machine: Machine) => void, message: RegExp][] = [
    ['no JSON', (machine) => machine.put(CALLS, '{'), /calls\.json cannot be replayed: it is not JSON of a recording$/],
    ['a list', edit(() => []), /it is not JSON of a recording$/],
    [
      'a later version',
      edit((head) => ({ ...head, version: 2 })),
      /it is of version 2, and this mini-mwan replays version 1$/,
    ],
    ['no version', edit((head) => ({ ...head, version: 'x' })), /it is of no known version, /],
    ['without paths', edit((head) => ({ ...head, paths: { config: 'x' } })), missing],
    ['without calls', edit((head) => ({ ...head, calls: {} })), missing],
    ['without a switch', edit((head) => ({ ...head, dryRun: 'no' })), missing],
    ['without another', edit((head) => ({ ...head, json: undefined })), missing],
    ['without what it has', edit((head) => ({ ...head, has: { config: true } })), missing],
    [
      'a call without a name',
      edit((head) => void delete head.calls[1].call),
      /calls\.json cannot be replayed: call 2 is none$/,
    ],
    ['a call without an answer', edit((head) => void delete head.calls[0].answer), /: call 1 is none$/],
    ['an odd input', edit((head) => void Object.assign(head.calls[1], { input: 7 })), /: call 2 is none$/],
    [
      'the configuration is gone',
      (machine) => machine.drop(`${FOLDER}/config`),
      /record\/config cannot be replayed: there is no/,
    ],
    [
      'the state is a folder',
      (machine) => machine.put(`${FOLDER}/state`, '', { kind: 'folder' }),
      /state .*: it is a directory$/,
    ],
    [
      'the configuration is too large',
      (machine) => machine.put(`${FOLDER}/config`, 'x'.repeat(400_001)),
      /: it is larger than 0\.4 MB$/,
    ],
  ];
  for (const [what, spoil, message] of CASES) {
    const machine = recorded();
    spoil(machine);
    t.throws(
      () => readRecording(machine.engine, FOLDER),
      { constructor: Trouble, exitCode: EXIT.config, message },
      what,
    );
    t.equal(machine.opened, 0, what);
  }
});
