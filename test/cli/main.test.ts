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
    ['enable now', 'Unknown argument: now'],
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
