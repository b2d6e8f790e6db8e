import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import tap from 'tap';
import type { Engine } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import { BUNDLES } from '../../lib/package/bundles.mjs';
import manifest from '../../package.json' with { type: 'json' };

const folder = await mkdtemp(join(tmpdir(), 'mini-mwan-cli-'));
tap.teardown(() => rm(folder, { recursive: true }));
// As it is built: with the yargs that runs on each engine, and with files that only the build can take in.
await build({ ...BUNDLES.node, entryPoints: ['lib/cli/main.ts'], outdir: folder });
const { main }: typeof import('../../lib/cli/main.js') = await import(join(folder, 'main.mjs'));

/** Runs a command line as bin would, and catches what it writes. */
async function run(line: string, uid = 1000) {
  let [stdout, stderr] = ['', ''];
  const stream = (write: (text: string) => void) => ({ write, isTTY: false });
  const engine: Engine = {
    ...createEngine(),
    name: 'Node 20.1.2',
    args: line.split(' ').filter(Boolean),
    uid,
    out: stream((text) => {
      stdout += text;
    }),
    err: stream((text) => {
      stderr += text;
    }),
  };
  const exitCode = await main(engine);
  return { stdout, stderr, exitCode };
}

tap.test('what is asked of the program itself', async (t) => {
  t.match(await run('--version'), { stdout: `${manifest.version} (Node 20.1.2)\n`, stderr: '', exitCode: 0 });
  const { stdout } = await run('--help');
  for (const word of [
    'check',
    'status',
    'validate',
    'restore',
    'metrics',
    'enable',
    'disable',
    'profile',
    'doctor',
    'import',
    'install',
    'uninstall',
    'replay',
    'completion',
    '--config',
    '--state',
    '--dry-run',
    '--record',
    'Exit codes:',
  ]) {
    t.match(stdout, word);
  }
  t.match(await run('status --help'), { stdout: /--watch/, exitCode: 0 });
  t.match((await run('completion')).stdout, /complete .* mini-mwan$/m);
  t.match((await run('--get-yargs-completions mini-mwan st')).stdout, /^status$/m);
});

tap.test('wrong usage is exit 2 and one line with where to look', async (t) => {
  const cases: [string, string][] = [
    ['chekc', 'Unknown argument: chekc'],
    ['check --dryrun', 'Unknown argument: dryrun'],
    ['status extra', 'Unknown argument: extra'],
    ['status --config', 'Not enough arguments following: config'],
    ['check -x', 'Unknown argument: x'],
    ['check --dry-run=1', '--dry-run takes no value'],
    ['check -n=yes', '-n takes no value'],
    ['status --json=true', '--json takes no value'],
    ['status --check=no', '--check takes no value'],
    ['status --check --watch', 'Arguments check and watch are mutually exclusive'],
    ['check --watch', 'Unknown argument: watch'],
    ['status --config.x=1', 'Unknown argument: config.x'],
    ['check --record', 'Not enough arguments following: record'],
    ['check --record=', '--record needs the name of a folder'],
    ['check --no-record', '--record needs the name of a folder'],
    ['replay', 'Not enough non-option arguments: got 0, need at least 1'],
    ['replay a b', 'Unknown argument: b'],
    ['profile', 'profile: create, list or test'],
    ['profile crate', 'Unknown argument: crate'],
    ['profile create', 'Not enough non-option arguments: got 0, need at least 1'],
    ['profile create a --type', 'Not enough arguments following: type'],
    ['profile test', 'Not enough non-option arguments: got 0, need at least 1'],
    ['import', 'import: mwan3 or multiwanbond'],
    ['import pfsense /a', 'Unknown arguments: pfsense, /a'],
    ['import mwan3', 'Not enough non-option arguments: got 0, need at least 1'],
    ['import mwan3 /a /b', 'Unknown argument: /b'],
    ['enable now', 'Unknown argument: now'],
    ['metrics dpinger', 'metrics: also by the names of mwan3 or multiwanbond'],
    ['metrics mwan3 multiwanbond', 'Unknown argument: multiwanbond'],
    ['-- status', 'what stands behind -- is not read: status'],
    ['status -- --check', 'what stands behind -- is not read: --check'],
    ['status --no-config', '--config and --state need the name of a file'],
  ];
  for (const [line, message] of cases) {
    t.strictSame(
      await run(line),
      { stdout: '', stderr: `mini-mwan: ${message}\n  see: mini-mwan --help\n`, exitCode: 2 },
      line,
    );
  }
});

tap.test('changing routes is for root', async (t) => {
  for (const line of ['', 'check', 'restore']) {
    const { stderr, exitCode } = await run(line);
    t.match(stderr, /^mini-mwan: (check|restore) changes routes and must be run as root\n/, line);
    t.equal(exitCode, 3);
  }
  t.match((await run('check')).stderr, 'to see what it would do: mini-mwan check --dry-run');
});

tap.test("what is IPFire's own is so elsewhere", async (t) => {
  const commands = ['enable', 'disable', 'profile create a', 'profile list', 'profile test a', 'doctor'];
  for (const line of commands) {
    const said = `mini-mwan: ${line.replace(/ a$/, '')} is for IPFire, and this is none: there is no /var/ipfire/ethernet/settings\n`;
    t.strictSame(await run(line, 0), { stdout: '', stderr: said, exitCode: 2 }, line);
  }
});

tap.test('no configuration', async (t) => {
  const { stderr, exitCode } = await run(`check --config /nonexistent/mini-mwan --state ${folder}/status`, 0);
  t.match(stderr, /^mini-mwan: there is no configuration \/nonexistent\/mini-mwan\n {2}the smallest one that works:\n/);
  t.equal(exitCode, 2);
  t.match(
    (await run('validate --config /a --config /b')).stderr,
    'there is no configuration /b',
    'the last one counts',
  );
  t.equal((await run('validate --config /nonexistent/mini-mwan')).exitCode, 2);
});

tap.test('an error of a command is told in its own words', async (t) => {
  const config = join(folder, 'config');
  await writeFile(config, "config interface 'a'\n\toption metric '1\n");
  t.strictSame(await run(`check -n --config ${config}`), {
    stdout: '',
    stderr: `mini-mwan: ${config}, line 2: the quote ' is never closed\n  the routes stay as they are until this is mended\n`,
    exitCode: 2,
  });
});

/** A file of mwan3 with one WAN, and one of MultiWANBond. */
const MWAN3 = `config interface 'wan'
	option enabled '1'
	list track_ip '192.0.2.1'
	option size '1000'
config member 'm'
	option interface 'wan'
config policy 'p'
	list use_member 'm'
config rule 'r'
	option use_policy 'p'
`;
const BOND = { wans: [{ name: 'Fibre', interface: 'eth1', enabled: true }] };

tap.test('import: a configuration on stdout, and what is not in it on stderr', async (t) => {
  const file = join(folder, 'mwan3');
  await writeFile(file, MWAN3);
  const made = await run(`import mwan3 ${file}`);
  t.equal(made.exitCode, 0);
  t.match(made.stderr, /^line 4: option size '1000': no counterpart: .*\nnext:\n/);
  const config = join(folder, 'mini-mwan');
  await writeFile(config, made.stdout.replace("option enabled '0'", "option enabled '1'"));
  t.match((await run(`validate --config ${config}`)).stdout, 'WANs: wan\n', 'the program reads what it printed');

  await writeFile(file, JSON.stringify(BOND));
  const bond = await run(`import multiwanbond ${file} --json`);
  t.match(bond, { exitCode: 0, stderr: '' });
  const { configuration, notes } = JSON.parse(bond.stdout);
  t.match(configuration, /^config interface 'Fibre'\n\toption enabled '1'\n\toption device 'eth1'\n/m);
  t.match(notes.join('\n'), 'targets: none is in the file');
});

tap.test('import: a file that is none of theirs is exit 2, and prints nothing', async (t) => {
  const file = join(folder, 'odd');
  const CASES: [name: string, text: string | Uint8Array, from: string, said: RegExp][] = [
    ['empty', '', 'mwan3', /odd: not a configuration of mwan3: no section as config interface/],
    ['empty', '', 'multiwanbond', /odd: not JSON\n$/],
    ['binary', Uint8Array.from({ length: 999 }, (_, i) => i % 256), 'mwan3', /odd, line 1: a binary file, not text/],
    ['binary', Uint8Array.from({ length: 999 }, (_, i) => i % 256), 'multiwanbond', /odd: not JSON/],
    ['huge', MWAN3.repeat(3000), 'mwan3', /odd: it is larger than 0.4 MB/],
    ['huge', JSON.stringify(BOND).padEnd(500_000), 'multiwanbond', /odd: it is larger than 0.4 MB/],
    ['an open quote', "config interface 'a", 'mwan3', /odd, line 1: the quote ' is never closed/],
    [
      'one name for two',
      `${MWAN3}config policy 'wan'\n`,
      'mwan3',
      /line 11: section 'wan' is of type 'interface' already/,
    ],
    ['the other format', JSON.stringify(BOND), 'mwan3', /odd, line 1: expected config, option or list/],
    ['the other format', MWAN3, 'multiwanbond', /odd: not JSON/],
    ['cut off', JSON.stringify(BOND).slice(0, -1), 'multiwanbond', /odd: not JSON/],
    ['deep', `{"wans":${'['.repeat(150_000)}${']'.repeat(150_000)}}`, 'multiwanbond', /odd: not /],
    [
      'of other types',
      '{"wans":{"a":1}}',
      'multiwanbond',
      /not a configuration of MultiWANBond: no list "wans" is in it/,
    ],
    ['a list', '[[]]', 'multiwanbond', /no list "wans" is in it/],
  ];
  for (const [name, text, from, said] of CASES) {
    await writeFile(file, text);
    const made = await run(`import ${from} ${file}`);
    t.match(made, { stdout: '', exitCode: 2 }, `${from}: ${name}`);
    t.match(made.stderr, said, `${from}: ${name}`);
  }
  for (const from of ['mwan3', 'multiwanbond']) {
    t.match(await run(`import ${from} ${folder}`), { stdout: '', stderr: /it is a directory/, exitCode: 2 });
    t.match(await run(`import ${from} /nonexistent`), { stdout: '', stderr: /no such file or directory/, exitCode: 2 });
    t.match(await run(`import ${from} /dev/zero`), { stdout: '', stderr: /it is no regular file/, exitCode: 2 });
  }
});
