import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { uciConfiguration } from '../../lib/platform/uci.js';
import type { Finished } from '../../lib/system/exec.js';
import { Machine } from '../machine.js';

const FILE = '/etc/config/mini-mwan';
const STAGED = '/tmp/.uci/mini-mwan';
const TEXT = "config settings 'settings'\n\toption enabled '1'\n";

/** A machine with the file, and with changes that wait for `uci commit` if there is an answer to `uci export`. */
function machineWith(answer?: Partial<Finished>): Machine {
  const machine = new Machine();
  machine.put(FILE, TEXT);
  if (answer) {
    machine.put(STAGED, "mini-mwan.settings.mode='multiuplink'\n");
    machine.programs.uci = (args) => (`${args}` === 'export,mini-mwan' ? answer : { exitCode: 1 });
  }
  return machine;
}

tap.test('the file as it is', async (t) => {
  t.strictSame(await uciConfiguration(machineWith()).read(FILE), { text: TEXT, merged: false });
});

tap.test('no file, and one that cannot be read', async (t) => {
  const gone = machineWith();
  gone.drop(FILE);
  const missing = { exitCode: EXIT.config, message: `there is no configuration ${FILE}` };
  await t.rejects(uciConfiguration(gone).read(FILE), missing);
  const { remedy } = (await uciConfiguration(gone)
    .read(FILE)
    .catch((error) => error)) as Trouble;
  const example = remedy.filter((line) => /^ +(config|option|list) /.test(line)).join('\n');
  const { config, problems } = await uciConfiguration(gone).parse(FILE, example);
  t.match(config, { enabled: true, wans: [{ name: 'wan', device: 'eth1', enabled: true }] }, 'the example works');
  t.strictSame(problems, []);

  const CASES: [spoil: (machine: Machine) => void, why: string][] = [
    [(machine) => machine.put(FILE, '', { kind: 'folder' }), 'it is a directory'],
    [(machine) => machine.put(FILE, '', { kind: 'other' }), 'it is no regular file'],
    [(machine) => machine.put(FILE, 'x'.repeat(400_001)), 'it is larger than 0.4 MB'],
    [
      (machine) => {
        machine.refuse = (operation, path) => (operation === 'open' && path === FILE ? 'EACCES' : undefined);
      },
      'permission denied',
    ],
  ];
  for (const [spoil, why] of CASES) {
    const machine = machineWith();
    spoil(machine);
    const expected = { exitCode: EXIT.config, message: `${FILE} cannot be read: ${why}` };
    await t.rejects(uciConfiguration(machine).read(FILE), expected, why);
  }
});

tap.test('what waits for uci commit counts, as far as uci can be asked', async (t) => {
  const merged = `package mini-mwan\n\n${TEXT}\toption mode 'multiuplink'\n`;
  t.strictSame(await uciConfiguration(machineWith({ stdout: merged })).read(FILE), { text: merged, merged: true });
  const CASES: [what: string, answer: Partial<Finished>, why: RegExp][] = [
    [
      'it refuses',
      { exitCode: 1, stdout: merged },
      /^uci export mini-mwan: exit 1; what is not committed does not count$/,
    ],
    ['it says nothing', { stdout: '' }, /its answer is not understood/],
    ['it says something strange', { stdout: 'config settings' }, /its answer is not understood/],
    ['it does not end', { stdout: merged, failure: 'no end after 5 s' }, /: no end after 5 s;/],
  ];
  for (const [what, answer, why] of CASES) {
    const source = await uciConfiguration(machineWith(answer)).read(FILE);
    t.match(source, { text: TEXT, merged: false, problem: why }, what);
  }
});

tap.test('uci is asked only where it may know more', async (t) => {
  const answer = { stdout: `package mini-mwan\n${TEXT}` };
  const CASES: [what: string, file: string, change: (machine: Machine) => void][] = [
    ['nothing waits', FILE, (machine) => machine.drop(STAGED)],
    ['all that waits is nothing', FILE, (machine) => machine.put(STAGED, '')],
    ['a file of another folder', '/etc/mini-mwan', (machine) => machine.put('/etc/mini-mwan', TEXT)],
  ];
  for (const [what, file, change] of CASES) {
    const machine = machineWith(answer);
    change(machine);
    t.strictSame(await uciConfiguration(machine).read(file), { text: TEXT, merged: false }, what);
  }
});

tap.test('whoever else could change it is named', async (t) => {
  const merged = { stdout: `package mini-mwan\n${TEXT}` };
  const CASES: [what: string, machine: Machine, expose: string, exposed: string | undefined][] = [
    ['the file', machineWith(), FILE, FILE],
    ['its folder', machineWith(), '/etc/config', '/etc/config'],
    ['what waits', machineWith(merged), STAGED, STAGED],
    ['what waits in vain', machineWith({ exitCode: 1 }), STAGED, undefined],
    ['another file', machineWith(), '/etc/passwd', undefined],
  ];
  for (const [what, machine, expose, exposed] of CASES) {
    const kind = expose === '/etc/config' ? 'folder' : 'file';
    machine.put(expose, machine.text(expose) ?? '', { kind, mode: 0o777 });
    const source = await uciConfiguration(machine).read(FILE);
    t.strictSame(source.exposed, exposed && { path: exposed, reason: 'others may write it' }, what);
  }
});

tap.test('what a text means', async (t) => {
  const { parse } = uciConfiguration(new Machine());
  t.match(await parse(FILE, TEXT), { config: { enabled: true, mode: 'failover' } });
  const odd = await parse(FILE, `${TEXT}\toption mode 'fast'\n`);
  t.match(odd, { config: { mode: 'failover' }, problems: [{ line: 3, option: 'option mode', value: 'fast' }] });
  await t.rejects(parse(FILE, `${TEXT}\toption mode 'fast\n`), {
    constructor: Trouble,
    exitCode: EXIT.config,
    message: `${FILE}, line 3: the quote ' is never closed`,
    remedy: ['the routes stay as they are until this is mended'],
  });
});
