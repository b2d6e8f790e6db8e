import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';
import tap from 'tap';
import acl from '../../lib/rpcd/acl.json' with { type: 'json' };
import { valuesOf } from '../report/exposition.js';
import { type Lab, until } from './lab.js';
import { onEachEngine, scenario } from './scenario.js';

tap.jobs = 4;

const PLUGIN = resolve('lib/rpcd/mini-mwan');

/** Calls the plugin as rpcd does: a method, and its arguments on stdin. */
async function call(lab: Lab, words: string, shell = '') {
  return lab.system(`echo '{}' | ${shell} ${PLUGIN} ${words}`);
}

for (const shell of ['', 'busybox ash']) {
  scenario(`ubus through rpcd, ${shell === '' ? 'executed' : `in ${shell}`}`, [{}, {}], async (t, lab) => {
    const error = 'no round since the start or restore';
    const none = { mode: null, timestamp: null, check_interval: null, interfaces: [], error };
    await lab.configureAll();
    const methods = JSON.parse((await call(lab, 'list', shell)).stdout);
    t.strictSame(methods, { status: {} });
    t.strictSame(acl['mini-mwan'].read.ubus, { 'mini-mwan': Object.keys(methods) }, 'LuCI may call them');
    t.strictSame(JSON.parse((await call(lab, 'call status', shell)).stdout), none);

    // A value that JSON has to quote.
    await lab.configureAll({ colour: 'b"lue\\' });
    await lab.unplug(2);
    await lab.system('mini-mwan check');
    const { stdout, stderr, exitCode } = await call(lab, 'call status', shell);
    t.equal(stderr, '');
    t.equal(exitCode, 0);
    t.match(JSON.parse(stdout), {
      mode: 'failover',
      check_interval: 10,
      interfaces: [
        { name: 'wan1', device: 'eth1', status: 'up', gateway: '100.64.1.1' },
        { name: 'wan2', device: 'eth2', status: 'interface_down', latency: null },
      ],
      complaints: Array(2).fill(/option colour 'b"lue\?': unknown option/),
    });
    const [first] = JSON.parse(stdout).interfaces;
    t.equal(first.ping_target, '1.1.1.1, 8.8.8.8');
    t.ok(first.rx_bytes > 0 && first.latency >= 0 && first.latency !== null, 'numbers');

    for (const words of ['call restart', 'call', 'status', '']) {
      t.match(await call(lab, words, shell), { stdout: '', exitCode: 1 }, words);
    }
    // More than a pipe holds: whoever sends it would be ended by a signal.
    const sent = await lab.system(`{ head -c 300000 /dev/zero && echo sent >&2; } | ${shell} ${PLUGIN} call status`);
    t.equal(sent.stderr, 'sent');
    t.equal(JSON.parse(sent.stdout).mode, 'failover');
  });
}

scenario('the answer for ubus goes when it is no longer so', [{}, {}], async (t, lab) => {
  const answer = `${lab.state}.json`;
  await lab.configureAll();
  await lab.mwan('check --dry-run');
  t.notOk(existsSync(answer), 'a dry run leaves nothing');
  await lab.mwan('check');
  t.equal(JSON.parse(await readFile(answer, 'utf8')).interfaces[0].status, 'up');
  await lab.mwan('restore');
  t.notOk(existsSync(answer), 'nothing is steered any more');

  await lab.mwan('check');
  await rm(lab.state);
  await mkdir(lab.state);
  t.match((await lab.mwan('check')).stderr, 'cannot be written: it is a directory; the next round remembers nothing');
  t.notOk(existsSync(answer), 'it is never older than the state');

  await rm(lab.state, { recursive: true });
  await mkdir(answer);
  const { stderr, exitCode } = await lab.mwan('check');
  t.equal(stderr, `mini-mwan: ${answer} cannot be written: it is a directory; ubus has no answer`);
  t.equal(exitCode, 0);
  t.equal((await lab.mwan('status')).exitCode, 0, 'the state is there all the same');
});

scenario('status --check', [{}, {}], async (t, lab) => {
  const ask = async () => {
    // Neither the programs that others need, nor a configuration.
    const { stdout, stderr, exitCode } = await lab.mwan('status --check', { hide: ['ip', 'ping', 'flock'] });
    t.equal(stdout + stderr, '', 'it is silent');
    return exitCode;
  };
  t.equal(await ask(), 1, 'no round has run');
  await lab.configureAll();
  await lab.mwan('check');
  await rm(lab.config);
  t.equal(await ask(), 0);

  await lab.configureAll();
  await lab.silence(1);
  await lab.mwan('check');
  t.equal(await ask(), 0, 'one of two is up');
  await lab.silence(2);
  await lab.mwan('check');
  t.equal(await ask(), 1, 'none is');
  await lab.heal(2);
  await lab.mwan('check');
  t.equal(await ask(), 0);

  const text = await readFile(lab.state, 'utf8');
  const cases: [string, string][] = [
    ['a round in the future', text.replace(/^uptime=.*$/m, 'uptime=999999999.00')],
    ['the router has restarted', text.replace(/^boot_id=.*$/m, 'boot_id=another')],
    ['half of it', text.slice(0, text.length / 2)],
    ['nothing', ''],
  ];
  for (const [name, broken] of cases) {
    await writeFile(lab.state, broken);
    t.equal(await ask(), 1, name);
    t.equal(await readFile(lab.state, 'utf8'), broken, 'it only looks');
  }
});

scenario('status --check starts no program', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const words = ['-f', '-qq', '-e', 'trace=execve', ...lab.program, 'status', '--check', '--state', lab.state];
  const { stderr, exitCode } = await lab.router.run('strace', words);
  t.equal(exitCode, 0);
  t.equal(stderr.match(/execve\(/g)?.length, 1, 'but itself');
});

scenario('metrics', [{}, {}], async (t, lab) => {
  const early = await lab.mwan('metrics');
  t.equal(early.stdout, '', 'nothing that a collector could take for news');
  t.equal(early.stderr, 'mini-mwan: no round has run yet\n  run: mini-mwan check --verbose');
  t.equal(early.exitCode, 3);
  await lab.configureAll({ check_quality: 1, ping_count: 2, ping_timeout: 1 });
  await lab.silence(2);
  await lab.mwan('check');
  const { stdout, stderr, exitCode } = await lab.mwan('metrics', { hide: ['ip', 'ping'] });
  t.equal(stderr, '');
  t.equal(exitCode, 0);
  const ours = valuesOf(`${stdout}\n`, 'device');
  t.match(ours, { 'mini_mwan_wan_up wan1': 1, 'mini_mwan_wan_up wan2': 0, 'mini_mwan_wan_health wan1 up': 1 });
  for (const name of ['wan_rtt', 'wan_window_rtt_median', 'wan_window_jitter']) {
    const rtt = ours[`mini_mwan_${name}_seconds wan1`] ?? -1;
    t.ok(rtt >= 0 && rtt < 0.5, `${name}: ${rtt} s`);
    t.notOk(`mini_mwan_${name}_seconds wan2` in ours, 'nothing of what was not heard');
  }
  t.equal(ours['mini_mwan_wan_window_loss_ratio wan1'], 0);
  t.equal(ours['mini_mwan_wan_loss_ratio wan2'], 1);

  for (const [also, told] of [
    ['mwan3', { 'mwan3_interface_status wan1 online': 1, 'mwan3_interface_status wan2 offline': 1 }],
    ['multiwanbond', { 'multiwanbond_wan_state 1 wan1': 1, 'multiwanbond_wan_state 2 wan2': 0 }],
  ] as const) {
    const more = await lab.mwan(`metrics ${also}`, { hide: ['ip', 'ping'] });
    t.ok(more.stdout.startsWith(stdout), `${also}: ours are as they were`);
    const { 'mwan3_interface_age wan1': age = 0, ...values } = valuesOf(`${more.stdout}\n`, 'device');
    t.match(values, { ...ours, ...told });
    t.ok(age >= 0 && age < 60, `${age} s`);
  }
});

/** Starts `status --watch` on the router, and reads what it has written until now. */
function startWatch(lab: Lab, more: string, terminal = false) {
  const words = `${lab.program.join(' ')} status --watch ${more} --config ${lab.config} --state ${lab.state}`;
  // A shell around it prints its exit status: that of script may be script's own.
  const shown = `trap : INT; ${words}; echo "exit status $?"`;
  const command = terminal ? ['script', '-qc', shown, '/dev/null'] : words.trim().split(/ +/);
  const child = execa('ip', ['netns', 'exec', lab.router.namespace, ...command], { reject: false, buffer: false });
  let [text, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    text += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return { child, text: () => text, errors: () => errors };
}

const PATIENCE = 30_000;
const CLEAR = '\x1b[H\x1b[J';

scenario('status --watch into a pipe', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const { child, text, errors } = startWatch(lab, '');
  const screens = () => text().split(/\n\n(?=WAN |no round)/);
  await until(async () => screens().length >= 2, PATIENCE);
  await rename(lab.state, `${lab.state}.away`);
  await until(async () => text().endsWith('\n\nno round has run yet\n  run: mini-mwan check --verbose\n'), PATIENCE);
  await rename(`${lab.state}.away`, lab.state);
  await lab.silence(1);
  await lab.mwan('check');
  await until(async () => /^wan1 has been down/m.test(text()), PATIENCE);
  t.match(text(), /^WAN +STATUS .*\nwan1 +up /);
  t.notMatch(text(), '\x1b');
  child.kill('SIGINT');
  t.equal((await child).exitCode, 0);
  t.equal(errors(), '');
});

scenario('status --watch --json', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const { child, text } = startWatch(lab, '--json');
  await until(async () => text() !== '', PATIENCE);
  await lab.mwan('check');
  await until(async () => /"mode".*\n.*"mode".*\n$/.test(text()), PATIENCE);
  child.kill('SIGINT');
  t.equal((await child).exitCode, 0);
  const [first, ...more] = text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.strictSame(first, { error: 'no round has run yet' });
  t.match(more.at(-1), { mode: 'failover', wans: [{ name: 'wan1', status: 'up' }, {}] });
});

onEachEngine('status --watch on a terminal, and when its reader goes', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const { child, text } = startWatch(lab, '', true);
  await until(async () => text().split(CLEAR).length > 2, PATIENCE);
  t.ok(text().startsWith(CLEAR));
  t.match(text(), /WAN .*STATUS/);
  // The terminal makes a signal of it, as of Ctrl-C.
  child.stdin.write('\x03');
  await child;
  t.match(text(), /\^C\r\nexit status 0\r\n$/, 'the prompt gets a line of its own');

  const gone = startWatch(lab, '');
  await until(async () => gone.text() !== '', PATIENCE);
  gone.child.stdout.destroy();
  t.equal((await gone.child).exitCode, 0);
});
