import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import tap, { type Test } from 'tap';
import type { Lab } from './lab.js';
import { QUICKJS } from './program.js';
import { onEachEngine, scenario } from './scenario.js';

tap.jobs = 4;

const BOTH = ['1.1.1.1', '8.8.8.8'];
/** User and group of nobody. */
const NOBODY = 65534;

// biome-ignore lint/suspicious/noExplicitAny: the tests edit it as they like
type Calls = any;

/** A folder that belongs to nobody, with a copy of another one; where that is. */
async function giveAway(folder: string): Promise<{ place: string; copy: string }> {
  const place = await mkdtemp(join(tmpdir(), 'mini-mwan-replay-'));
  const copy = join(place, 'copy');
  await cp(folder, copy, { recursive: true });
  await execa('chown', ['-R', `${NOBODY}:${NOBODY}`, place]);
  return { place, copy };
}

/** The words that start a stranger's copy of a program, which is made once. */
const strangers = new Map<string, Promise<string[]>>();

async function makeStranger(program: string[]): Promise<string[]> {
  const main = program.at(-1) as string;
  const { place, copy } = await giveAway(dirname(main));
  tap.teardown(() => rm(place, { recursive: true }));
  const { stdout: engine } = await execa('/bin/sh', ['-c', `command -v ${program[0]}`]);
  return [engine, ...program.slice(1, -1), join(copy, basename(main))];
}

/** Replays a folder as a stranger would: a copy of it in another place, as nobody, without any program or variable. */
async function replay(folder: string, more: string[] = [], program = QUICKJS) {
  const key = program.join(' ');
  const stranger = strangers.get(key) ?? makeStranger(program);
  strangers.set(key, stranger);
  const started = await stranger;
  const { place, copy } = await giveAway(folder);
  try {
    const options = { uid: NOBODY, gid: NOBODY, cwd: '/', reject: false };
    const words = ['-i', 'PATH=', ...started, 'replay', copy, ...more];
    const { stdout, stderr, exitCode } = await execa('/usr/bin/env', words, options);
    const { stdout: all } = await execa('/bin/sh', ['-c', '/usr/bin/env "$@" 2>&1', 'sh', ...words], options);
    const elsewhere = (text: unknown) => String(text).replaceAll(copy, folder);
    return { stdout: elsewhere(stdout), stderr: elsewhere(stderr), exitCode, all: elsewhere(all) };
  } finally {
    await rm(place, { recursive: true });
  }
}

/** Records a round, and expects that a replay prints what it printed, that the folder has it, too, and the same exit code. */
async function expectSame(t: Test, lab: Lab, command = 'check', options: Parameters<Lab['mwan']>[1] = {}) {
  const folder = join(lab.folder, randomBytes(4).toString('hex'));
  const { stdout, stderr, exitCode } = await lab.mwan(`${command} --record ${folder}`, options);
  const again = await replay(folder, command.includes('--json') ? ['--json'] : [], lab.program);
  t.strictSame({ stdout: again.stdout, stderr: again.stderr, exitCode: again.exitCode }, { stdout, stderr, exitCode });
  t.equal(`${again.all}\n`, await readFile(join(folder, 'decisions.txt'), 'utf8'));
  return { folder, stdout, stderr, exitCode };
}

/** A copy of a recording with other calls. */
async function mutate(folder: string, edit: (calls: Calls) => void): Promise<string> {
  const copy = `${folder}-${randomBytes(4).toString('hex')}`;
  await cp(folder, copy, { recursive: true });
  const head = JSON.parse(await readFile(join(copy, 'calls.json'), 'utf8'));
  edit(head);
  await writeFile(join(copy, 'calls.json'), JSON.stringify(head));
  return copy;
}

/** Records a round on a system with other mounts. */
async function inMounts(lab: Lab, mount: string, folder: string) {
  const command = `${lab.program.join(' ')} check --config ${lab.config} --state ${lab.state} --record ${folder}`;
  return lab.router.run('sh', ['-c', `${mount} && ${command}`], { reject: false });
}

/** Makes the probe of a WAN fail, or succeed. */
function probing(wan: string, answered: boolean) {
  return ({ calls }: Calls) => {
    const { answer } = calls.find(({ call }: Calls) => call === `probe ${wan}`);
    const results = BOTH.map((target) => ({ target, outcome: answered ? 'answered' : 'lost' }));
    Object.assign(answer, { answered, failures: answered ? 0 : 2, targets: results });
  };
}

scenario('a line that dies and comes back', [{}, {}], async (t, lab) => {
  await lab.configureAll({ recovery_threshold: 2 });
  const first = await expectSame(t, lab);
  t.match(first.stdout, /^wan1 \(eth1\) up: .*\nwan2 \(eth2\) up: /);
  t.match(first.stderr, /^\[#\] ip route add default via 100\.64\.1\.1 dev eth1 metric 10 proto 77$/m);
  const healthy = await expectSame(t, lab);
  t.match(healthy.stderr, /^no change, [\d.]+ m?s$/m);
  t.match((await expectSame(t, lab, 'check --dry-run')).stdout, /^no change \(dry run\), /);
  await lab.silence(1);
  t.match((await expectSame(t, lab, 'check -n')).stdout, /^- default via 100\.64\.1\.1 dev eth1 metric 10$/m);
  const failover = await expectSame(t, lab);
  t.equal(failover.stdout, 'wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8');
  await lab.heal(1);
  t.match((await expectSame(t, lab)).stderr, /down, 1 of 2 good rounds$/m);
  await lab.later();
  t.match((await expectSame(t, lab)).stdout, /^wan1 \(eth1\) up: /);
  await lab.router.ip('route del default dev eth1 metric 10');
  t.match((await expectSame(t, lab)).stderr, /^\[#\] ip route add .*\n.*\n.*\n1 change, /, 'put back before it probes');
  await lab.silence(1);
  await lab.silence(2);
  t.equal((await expectSame(t, lab)).exitCode, 1);
  const { stdout } = await expectSame(t, lab, 'check --json');
  t.match(JSON.parse(stdout), { exit_code: 1, wans: [{ status: 'down' }, { status: 'down' }] });

  const same = { stdout: failover.stdout, exitCode: 0 };
  await rm(lab.config);
  await rm(lab.state);
  t.match(await replay(failover.folder), same, 'it needs neither the configuration nor the state');
});

scenario('another answer gives another decision', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const planned = await expectSame(t, lab, 'check -n');
  const worse = await replay(await mutate(planned.folder, probing('wan1', false)));
  t.match(worse.stdout, /^wan1 \(eth1\) down: .*\n- default via 100\.64\.1\.1 dev eth1 metric 10\n1 change not made/);

  const healthy = await expectSame(t, lab);
  const undone = await replay(await mutate(healthy.folder, probing('wan1', false)));
  t.equal(undone.exitCode, 2);
  const [, , command, end, batch] = undone.stderr.split('\n');
  t.equal(command, '[#] ip route del default via 100.64.1.1 dev eth1 metric 10 proto 77');
  t.equal(end, 'mini-mwan: the recorded round did not do this, so its recording ends here: ip -batch -');
  t.equal(batch, '  route del default via 100.64.1.1 dev eth1 metric 10 proto 77');

  await lab.silence(1);
  const failover = await expectSame(t, lab);
  const better = await replay(await mutate(failover.folder, probing('wan1', true)));
  t.match(better, { stdout: '', stderr: /\nno change, /, exitCode: 0 });

  const forgetful = await mutate(failover.folder, (head) => {
    const last = head.calls.findLastIndex(({ call }: Calls) => call.startsWith('ip -N'));
    head.calls.splice(last, 1);
  });
  t.match((await replay(forgetful)).stderr, /recording ends here: ip -N -j -s -batch -\n/, 'what changed must be seen');
});

scenario('netifd, and a nexthop that is refused', [{}, {}, {}], async (t, lab) => {
  const wan = (name: string) => ({ interface: name, ping_target: BOTH });
  await lab.configure({ wan1: wan('a'), wan2: wan('b'), wan3: wan('c') }, { mode: 'multiuplink' });
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.1', c: '100.64.3.1' });
  await expectSame(t, lab);
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.255', c: '100.64.3.1' });
  const refused = await expectSame(t, lab);
  t.equal(refused.exitCode, 4);
  t.match(refused.stderr, /via 100\.64\.2\.255 dev eth2 .*: refused\n {2}Error: Nexthop has invalid gateway/);
  await lab.netifd({ a: '100.64.1.1', b: '100.64.2.1', c: undefined });
  t.match((await expectSame(t, lab)).stdout, /^wan3 /m);
  for (const script of ['exit 4', 'echo nonsense', 'printf "\\033[31mno\\001" >&2; exit 1']) {
    await lab.replace('ubus', script);
    t.match((await expectSame(t, lab)).stderr, /netifd cannot be asked/);
  }
});

scenario('rounds that go wrong', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const expectTrouble = async (exitCode: number, message: RegExp, hide: string[] = []) => {
    const round = await expectSame(t, lab, 'check', { hide });
    t.match(round, { exitCode, stderr: message });
  };
  await expectTrouble(3, /the program 'ip' is not there.*\n.*opkg install ip-full/, ['ip']);
  await expectTrouble(3, /ping could not be used: not /, ['ping']);
  await expectTrouble(0, /no lock against other rounds: flock: not /, ['flock']);
  await writeFile(lab.state, 'nonsense');
  await expectTrouble(0, /is no state file, or not whole; it is now /);
  await rm(lab.state);
  await mkdir(lab.state);
  await expectTrouble(0, /cannot be read: it is a directory; nothing is remembered\n.*cannot be written: it is a dir/);
  await rm(lab.state, { recursive: true });
  for (const [script, message] of [
    ['echo "Error: \x1b[2Jsomething" >&2; exit 1', /exit 1; nothing was changed\n {2}Error: \?\[2Jsomething/],
    ['exec busybox ip "$@"', /knows no -json \(BusyBox has a small one\)/],
    ['kill -9 $$', /ended by SIGKILL/],
  ] as const) {
    await lab.replace('ip', script);
    await expectTrouble(3, message);
  }
  await rm(join(lab.bin, 'ip'));
  await lab.configureAll({ metric: 'ten' });
  const { folder } = await expectSame(t, lab);
  t.match((await replay(folder)).stderr, /, line 7: option metric 'ten'/);
  const merged = await mutate(folder, ({ calls }) => {
    calls.find(({ call }: Calls) => call === 'configuration').answer.merged = true;
  });
  t.match((await replay(merged)).stderr, /: option metric 'ten'/);
  t.notMatch((await replay(merged)).stderr, /line \d/, 'the lines of what uci merged are nobody');
  const hostile = await mutate(folder, (head) => {
    Object.assign(head, { paths: { config: '\x1b[2J', state: '\x1b' }, stateProblem: '\x1b[2J', unlocked: '\x1b[2J' });
  });
  for (const more of [[], ['--json']])
    t.notMatch((await replay(hostile, more)).all, '\x1b', 'anybody may have written it');
  t.match((await replay(hostile)).stderr, /^mini-mwan: \?\[2J, line 7: option metric/m);
  await lab.configure({}, { enabled: 0 });
  await expectTrouble(0, /disabled; option enabled '1'/);
  await writeFile(lab.config, "config interface 'a'\n\toption device '\x1b[2J\n");
  await expectTrouble(2, /line 2: the quote ' is never closed/);
  await rm(lab.config);
  await expectTrouble(2, /there is no configuration .*\n {2}the smallest one that works/);
});

onEachEngine('the folder', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const { folder } = await expectSame(t, lab);
  t.equal((await stat(folder)).mode & 0o777, 0o700);
  t.strictSame((await readdir(folder)).sort(), ['calls.json', 'config', 'decisions.txt', 'state']);
  for (const file of await readdir(folder)) t.equal((await stat(join(folder, file))).mode & 0o777, 0o600, file);
  t.equal(await readFile(join(folder, 'config'), 'utf8'), await readFile(lab.config, 'utf8'));

  const empty = join(lab.folder, 'empty');
  await mkdir(empty);
  t.equal((await lab.mwan(`check --record ${empty}`)).exitCode, 0);
  t.equal((await replay(empty, [], lab.program)).exitCode, 0);

  await lab.silence(1);
  const routes = await lab.routes();
  const state = await readFile(lab.state, 'utf8');
  // Any round would set it aside.
  await writeFile(lab.state, 'nonsense');
  for (const [path, why] of [
    [folder, 'it is there and not empty'],
    [lab.config, 'a file is in its place'],
    [`${lab.config}/x`, 'a part of its path is no directory'],
    [`${lab.folder}/x/y`, 'no such file or directory'],
    ['/proc/x', 'no such file or directory'],
  ]) {
    const { stderr, stdout, exitCode } = await lab.mwan(`check --record ${path}`);
    const [first] = stderr.split('\n');
    t.equal(first, `mini-mwan: nothing can be recorded in '${path}': ${why}; no round was run`);
    t.match({ stdout, exitCode }, { stdout: '', exitCode: 2 });
  }
  await mkdir(join(lab.folder, 'sealed'));
  const seal = `mount -t tmpfs -o ro none ${lab.folder}/sealed`;
  const readOnly = await inMounts(lab, seal, `${lab.folder}/sealed`);
  t.match(
    readOnly.stderr,
    /^mini-mwan: nothing can be recorded in '.*\/sealed': the file system is read-only; no round/,
  );
  t.strictSame(await lab.routes(), routes);
  t.equal(await readFile(lab.state, 'utf8'), 'nonsense', 'no round ran');
  await writeFile(lab.state, state);

  await mkdir(join(lab.folder, 'small'));
  const full = await inMounts(lab, `mount -t tmpfs -o size=4k none ${lab.folder}/small`, `${lab.folder}/small/x`);
  t.match(full.stderr, /mini-mwan: the recording in .*\/small\/x is not whole: no space left$/);
  t.match(full, { exitCode: 0, stdout: 'wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8' }, 'the round was whole');
});

scenario('a replay reads the folder and nothing else, and does nothing', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const { folder } = await expectSame(t, lab);
  await lab.mwan('restore');
  const trace = join(lab.folder, 'trace');
  const calls = 'execve,open,openat,creat,mkdir,unlink,unlinkat,rename,renameat,renameat2,socket,connect';
  const before = await readFile(lab.state, 'utf8');
  const events = await lab.monitor(async () => {
    const words = ['strace', '-f', '-o', trace, '-e', `trace=${calls}`, ...lab.program, 'replay', folder];
    await lab.router.run('env', ['-i', `PATH=${process.env.PATH}`, ...words]);
  });
  t.strictSame(events, [], 'no route');
  t.equal(await readFile(lab.state, 'utf8'), before, 'no state');
  const lines = (await readFile(trace, 'utf8')).split('\n');
  const seen = (pattern: RegExp) => lines.filter((line) => pattern.test(line));
  t.equal(seen(/execve\(/).length, 1, 'no program but itself');
  t.strictSame(seen(/O_CREAT|creat\(|mkdir\(|unlink|rename|socket\(|connect\(/), []);
  t.strictSame(seen(/uptime|boot_id|etc\/config|mini-mwan\.status/), []);
  t.strictSame(seen(new RegExp(`"${lab.config}"`)), []);
  t.equal(seen(new RegExp(`openat.*"${folder}/`)).length, 2, 'the calls and the configuration: there was no state');
});

scenario('folders that cannot be replayed', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const { folder } = await expectSame(t, lab);
  const expectDamage = async (damaged: string, message: RegExp) => {
    const { stdout, stderr, exitCode } = await replay(damaged);
    t.match(stderr, message);
    t.equal(stderr.split('mini-mwan: ').length - 1, 1, 'it is said once');
    t.notMatch(stderr, / at .*:\d+:\d+/, 'no stack trace');
    t.notMatch(stderr, '\x1b');
    t.match({ stdout, exitCode }, { stdout: '', exitCode: 2 });
  };
  const call = (name: string, answer: unknown) => (head: Calls) => {
    head.calls.find((entry: Calls) => entry.call === name).answer = answer;
  };
  const look = 'ip -N -j -s -batch -';
  const target = { target: '1.1.1.1', outcome: 'answered' };
  const probe = { answered: true, failures: 0, targets: [target, { ...target, target: '8.8.8.8' }], sent: 2, lost: 0 };
  const edits: [RegExp, (head: Calls) => void][] = [
    [/it is of version 2, and this mini-mwan replays version 1/, (head) => Object.assign(head, { version: 2 })],
    [/it is of no known version/, (head) => Object.assign(head, { version: '\x1b[2J' })],
    [/a part of it is missing/, (head) => delete head.calls],
    [/a part of it is missing/, (head) => Object.assign(head, { calls: {} })],
    [/a part of it is missing/, (head) => delete head.has],
    [/a part of it is missing/, (head) => Object.assign(head.has, { state: 'no' })],
    [/a part of it is missing/, (head) => Object.assign(head, { paths: { config: 1 } })],
    [/a part of it is missing/, (head) => Object.assign(head, { dryRun: 'no' })],
    [/call 1 is none/, (head) => Object.assign(head.calls, [null])],
    [/call 2 is none/, (head) => delete head.calls[1].answer],
    [/call 1 is none/, (head) => Object.assign(head.calls[0], { input: 7 })],
    [/ends here: now$/, (head) => Object.assign(head, { calls: [] })],
    [
      /ends here: ip -N -j -s -batch -\n {2}addr show\n/,
      (head) =>
        call(look, null)(head) ??
        Object.assign(
          head.calls.find((c: Calls) => c.call === look),
          { input: 'x' },
        ),
    ],
    [/the answer to 'configuration'/, call('configuration', {})],
    [/the answer to 'configuration'/, call('configuration', { trouble: { exitCode: 9, message: 'x', remedy: [] } })],
    [/the answer to 'configuration'/, call('configuration', { trouble: { exitCode: 2, message: 'x', remedy: [{}] } })],
    [/the answer to 'configuration'/, (head) => Object.assign(head.has, { config: false })],
    [/the answer to 'find ubus'/, call('find ubus', {})],
    [/the answer to 'now'/, call('now', { wall: 1, uptime: '2', bootId: 'x' })],
    [/the answer to 'ip -N/, call(look, { stdout: '', stderr: '' })],
    [/the answer to 'ip -N/, call(look, { stdout: [], stderr: '', exitCode: 0 })],
    [/the answer to 'probe wan1'/, call('probe wan1', null)],
    [/the answer to 'probe wan1'/, call('probe wan1', { ...probe, targets: [target] })],
    [
      /the answer to 'probe wan1'/,
      call('probe wan1', { ...probe, targets: [target, { ...target, target: '\x1b[2J' }] }),
    ],
    [/the answer to 'probe wan1'/, call('probe wan1', { ...probe, targets: [target, { ...target, rtt: -1 }] })],
    [/the answer to 'probe wan1'/, call('probe wan1', { ...probe, sent: '2' })],
    [/the answer to 'probe wan1'/, call('probe wan1', { ...probe, answered: 1 })],
  ];
  for (const [message, edit] of edits) await expectDamage(await mutate(folder, edit), message);

  const files: [RegExp, (copy: string) => Promise<unknown>][] = [
    [/calls\.json cannot be replayed: there is no such file\n.*check --record/, (copy) => rm(join(copy, 'calls.json'))],
    [/config cannot be replayed: there is no such file/, (copy) => rm(join(copy, 'config'))],
    [/state cannot be replayed: there is no such file/, (copy) => rm(join(copy, 'state'))],
    [
      /config cannot be replayed: it is a directory/,
      (copy) => rm(join(copy, 'config')).then(() => mkdir(join(copy, 'config'))),
    ],
    [/it is not JSON of a recording/, (copy) => writeFile(join(copy, 'calls.json'), '')],
    [/it is not JSON of a recording/, (copy) => writeFile(join(copy, 'calls.json'), '{"version":1,')],
    [/it is not JSON of a recording/, (copy) => writeFile(join(copy, 'calls.json'), Buffer.from([0, 255, 1]))],
    [/it is not JSON of a recording/, (copy) => writeFile(join(copy, 'calls.json'), '['.repeat(100_000))],
    [/it is not JSON of a recording/, (copy) => writeFile(join(copy, 'calls.json'), '[]')],
  ];
  for (const [message, harm] of files) {
    const copy = await mutate(folder, () => {});
    await harm(copy);
    await expectDamage(copy, message);
  }
  for (const [path, why] of [
    [`${lab.folder}/none`, 'there is no such file'],
    [lab.config, 'a part of its path is no directory'],
  ]) {
    const { stderr, exitCode } = await lab.mwan(`replay ${path}`);
    t.equal(stderr.split('\n')[0], `mini-mwan: ${path}/calls.json cannot be replayed: ${why}`);
    t.equal(exitCode, 2);
  }
});
