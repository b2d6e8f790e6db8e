import { chmod, chown, link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { onEachEngine, scenario } from './scenario.js';

tap.jobs = 4;

/** Sets a title, clears the screen by either kind of control character, erases, rings, begins a line of its own. */
const EVIL = '\x1b]0;x\x07\x1b[2J\u009b2J\x7f\b\r\nmini-mwan: all is well';
/** What a text on a screen may hold. */
const HARMLESS = /^[\n\x20-\x7e\u00a0-\uffff]*$/;
const ASCII = /^[\n\x20-\x7e]*$/;
const COMMANDS = ['check --verbose', 'status', 'validate', 'check --json', 'status --json', 'validate --json'];

async function expectHarmless(t: Test, lab: Lab, what: string, commands = COMMANDS) {
  for (const command of commands) {
    const { stdout, stderr } = await lab.mwan(command);
    t.match(stdout + stderr, HARMLESS, `${command}, with ${what}`);
    t.notMatch(stdout + stderr, /^mini-mwan: all is well/m, `${command}: no line of its own, with ${what}`);
    if (command.includes('--json')) t.match(stdout, ASCII, `${command}: nothing but ASCII, with ${what}`);
  }
}

scenario('nothing reaches a screen, a file or JSON as the configuration has it', [{}, {}], async (t, lab) => {
  const evil = `${EVIL}\u202e\u2028`;
  const wan = { device: 'eth1', ping_target: TARGETS };
  const [device, name, target] = [{ device: evil }, { device: '', interface: evil }, { ping_target: evil }];
  await lab.configure(
    { a: wan, b: { ...wan, ...device }, c: { ...wan, ...name }, d: { ...wan, ...target }, e: { ...wan, metric: evil } },
    { mode: evil, notify: evil, colour: evil },
  );
  await expectHarmless(t, lab, 'the configuration');
  for (const file of [lab.state, `${lab.state}.json`]) t.match(await readFile(file, 'utf8'), ASCII, file);
});

scenario('nor as netifd, ping, logger and ip have it', [{}, {}], async (t, lab) => {
  const wan = { ping_target: TARGETS };
  await lab.configure({ wan1: { device: 'eth1', ...wan }, wan2: { interface: 'wan', ...wan } });
  const route = [{ target: '0.0.0.0', mask: 0, nexthop: '100.64.1.1' }];
  const list = [
    { interface: EVIL, l3_device: 'eth1', route },
    { interface: 'wan', l3_device: `eth2${EVIL}`, route: [{ ...route[0], nexthop: EVIL }] },
  ];
  await lab.replace('ubus', `cat <<'END'\n${JSON.stringify({ interface: list })}\nEND`);
  await expectHarmless(t, lab, 'netifd');
  for (const file of [lab.state, `${lab.state}.json`]) t.match(await readFile(file, 'utf8'), ASCII, file);
  for (const program of ['ubus', 'ping', 'logger']) await lab.replace(program, `printf '${EVIL}' >&2; exit 4`);
  await expectHarmless(t, lab, 'the words of programs');
  const refuse = `case "$*" in "-batch -") printf '${EVIL}\\nCommand failed -:1\\n' >&2; exit 1;; esac`;
  await lab.replace('ip', `${refuse}; exec /sbin/ip "$@"`);
  await lab.configureAll({ metric: 7 });
  await expectHarmless(t, lab, 'ip that refuses');
  await lab.replace('ip', `printf '${EVIL}' >&2; exit 1`);
  await expectHarmless(t, lab, 'ip', ['check', 'status --json']);
});

scenario('nor as the state file or the kernel has it', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.unplug(1);
  await lab.mwan('check');
  const good = await readFile(lab.state, 'utf8');
  for (const bad of [
    good.replace(/^reason=.*/m, `reason=${JSON.stringify(EVIL)}`),
    good.replace(/^(gateway|device|interface)=.*/gm, `$1=${JSON.stringify(EVIL)}`),
    good.replace('[wan1]', `[${EVIL.replace(/[\r\n\]]/g, '')}]`),
    good.replace(/^exit_code/m, `complaints[]=${JSON.stringify(EVIL)}\nexit_code`),
  ]) {
    await writeFile(lab.state, bad);
    await expectHarmless(t, lab, 'the state', ['status', 'status --json']);
  }
  // An empty one would be as good as none.
  t.match((await lab.mwan('status')).stdout, 'all is well', 'what can be shown is shown');
  const names = ['\x1b[2J', '\u009b2J'];
  for (const [i, name] of names.entries()) {
    await lab.router.run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', `peer${i}`]);
    await lab.router.run('ip', ['link', 'set', name, 'up']);
    await lab.router.run('ip', ['route', 'add', 'default', 'dev', name, 'metric', `${5 + i}`]);
  }
  await expectHarmless(t, lab, 'names of devices', ['check --verbose', 'status', 'validate', 'status --json']);
});

scenario('nor as a recording has it, which may come from anybody', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  const folder = join(lab.folder, 'round');
  await lab.mwan(`check --dry-run --record ${folder}`);
  const file = join(folder, 'calls.json');
  const head = JSON.parse(await readFile(file, 'utf8'));
  for (const { call, answer } of head.calls) {
    // Our own routes as they are now; a round removes them, with what it read.
    if (call.startsWith('ip ')) {
      answer.stdout = answer.stdout.replaceAll(/"(gateway|dst)":"100[^"]*"/g, `"$1":${JSON.stringify(EVIL)}`);
      answer.stdout = answer.stdout.replaceAll('"eth2"', JSON.stringify(EVIL));
    }
  }
  await writeFile(file, JSON.stringify({ ...head, stateProblem: EVIL, unlocked: EVIL }));
  const { stdout, stderr } = await lab.mwan(`replay ${folder}`);
  t.match(stdout, /^- 0\.0\.0\.0\/0 via inet6 \?/m, 'it would remove what it read');
  t.match(stdout + stderr, HARMLESS);
  t.notMatch(stdout + stderr, /^mini-mwan: all is well/m);
});

scenario('a name that ip would take for a comment costs nobody a route', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  for (const name of ['one', 'one#two']) {
    await lab.router.ip(`link add ${name} type veth peer name x${name.length}`);
    await lab.router.ip(`link set ${name} up`);
  }
  await lab.router.ip('route add default dev one metric 3000 proto static');
  await lab.router.ip('route add default dev one#two metric 10 proto 77');
  await lab.mwan('check');
  await lab.mwan('restore');
  t.match((await lab.routes()).join('\n'), 'default dev one proto static', 'it is not ours');
});

scenario('values are words, whatever they hold: no shell, no option of a program', [{}, {}], async (t, lab) => {
  const pwned = join(lab.folder, 'pwned');
  const [log, hook] = [join(lab.folder, 'arguments'), join(lab.folder, `a b;touch ${pwned.replaceAll('/', '_')}`)];
  // The whole path of a program, with blanks and all: it is run, and nothing else.
  await writeFile(hook, `#!/bin/sh\necho "$# $WAN" >>${lab.folder}/told\n`, { mode: 0o755 });
  const real = { ping: '/bin/ping', ip: '/sbin/ip' };
  for (const [program, path] of Object.entries(real)) {
    await lab.replace(program, `for word; do echo "$word" >>${log}; done\nexec ${path} "$@"`);
  }
  const orders = [
    `$(touch ${pwned})`,
    `\`touch ${pwned}\``,
    `;touch ${pwned}`,
    `|touch ${pwned}`,
    '-f',
    '--help',
    '-I',
  ];
  const wans = orders.flatMap((order) => [
    { device: order, ping_target: '1.1.1.1' },
    { interface: order, ping_target: '1.1.1.1' },
    { device: 'eth1', ping_target: order },
    { device: 'eth1', ping_target: '1.1.1.1', metric: order },
  ]);
  const two = { device: 'eth2', ping_target: '8.8.8.8' };
  await lab.configure(Object.fromEntries([...wans, two].map((wan, i) => [`wan${i}`, wan])));
  await lab.mwan('check');
  await lab.netifd({ wan: '-f', wanb: '100.64.2.1' });
  await lab.mwan('check');
  const known = /^(-[nNjscWI]|-batch|-|[0-3]|eth[12]|1\.1\.1\.1|8\.8\.8\.8)$/;
  const words = (await readFile(log, 'utf8')).split('\n').filter(Boolean);
  t.ok(words.length > 20, `${words.length} words`);
  t.strictSame(
    [...new Set(words)].filter((word) => !known.test(word)),
    [],
  );

  for (const notify of [`/bin/sh -c touch${pwned}`, hook]) {
    await rm(lab.state, { force: true });
    await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { notify });
    await lab.mwan('check');
  }
  const told = () => readFile(join(lab.folder, 'told'), 'utf8').catch(() => '');
  await until(async () => (await told()) !== '');
  t.equal(await told(), '0 wan1\n', 'by its own name, without arguments, and once');
  t.notOk((await readdir(lab.folder)).includes('pwned'));
});

onEachEngine(
  'in a folder for everybody, no link leads astray and nothing is for others to write',
  [{}, {}],
  async (t, lab) => {
    await lab.configureAll({ metric: 'ten' });
    const [shared, victim] = [join(lab.folder, 'shared'), join(lab.folder, 'victim')];
    await mkdir(shared);
    await chmod(shared, 0o1777);
    const state = join(shared, 'status');
    const check = async (before = '') => {
      const args = [...lab.program, 'check', '--config', lab.config, '--state', state];
      return lab.router.run('sh', ['-c', `${before} exec "$@"`, 'sh', ...args], { reject: false });
    };
    const ends = ['', '.lock', '.announce.lock', '.json', '.config', '.hash_policy', '.corrupt'];
    for (const mask of ['000', '077']) {
      await writeFile(victim, 'precious');
      for (const end of ends) {
        await rm(state + end, { force: true });
        await symlink(victim, state + end);
      }
      for (let i = 0; i < 3; i++) await check(`umask ${mask};`);
      t.equal(await readFile(victim, 'utf8'), 'precious');
      t.equal((await stat(victim)).mode & 0o777, 0o644);
      for (const end of ends)
        if (['.lock', '.announce.lock', '.hash_policy', '.corrupt'].includes(end)) await rm(state + end);
      for (let i = 0; i < 3; i++) await check(`umask ${mask};`);
      for (const name of await readdir(shared)) {
        const { mode, uid } = await stat(join(shared, name));
        t.equal(mode & 0o777, /lock|config/.test(name) ? 0o600 : 0o644, `${name}, umask ${mask}`);
        t.equal(uid, 0);
      }
      t.strictSame((await readdir(shared)).sort(), ['status', 'status.config', 'status.json', 'status.lock']);
    }

    await rm(`${state}.lock`);
    await link(victim, `${state}.lock`);
    t.match((await check()).stderr, /no lock against other rounds: .*\.lock: it has a second name/);
    t.equal(await readFile(victim, 'utf8'), 'precious', 'a lock is signed, and this is none');
    await rm(`${state}.lock`);

    await chmod(state, 0o666);
    t.match((await check()).stderr, /status cannot be read: others may write it; nothing is remembered/);
    t.equal((await stat(state)).mode & 0o777, 0o644, 'it is ours again');
  },
);

scenario('a recording is for its owner, in a folder of nobody else', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const folder = join(lab.folder, 'round');
  const { stderr } = await lab.router.run('sh', [
    '-c',
    `umask 0; exec ${lab.program.join(' ')} check --record ${folder} --config ${lab.config} --state ${lab.state}`,
  ]);
  t.match(stderr, 'up, 0 of 2 failures');
  t.equal((await stat(folder)).mode & 0o777, 0o700);
  for (const name of await readdir(folder)) t.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);

  const foreign = join(lab.folder, 'foreign');
  await mkdir(foreign);
  await chown(foreign, 1234, 0);
  t.match((await lab.mwan(`check --record ${foreign}`)).stderr, /foreign': it belongs to user 1234; no round was run/);
  await chown(foreign, 0, 0);
  await chmod(foreign, 0o777);
  t.match((await lab.mwan(`check --record ${foreign}`)).stderr, /foreign': others may write it; no round was run/);
  t.strictSame(await readdir(foreign), []);
});

scenario('what others may write and is done as root is warned about', [{}, {}], async (t, lab) => {
  const hook = join(lab.folder, 'hook');
  await writeFile(hook, '#!/bin/sh\n', { mode: 0o755 });
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { notify: hook });
  t.equal((await lab.mwan('check --verbose')).stderr.includes('as root'), false);
  t.notMatch((await lab.mwan('validate')).stdout, 'as root');

  await chmod(lab.config, 0o666);
  const words = `${lab.config}: others may write it, and could have mini-mwan do anything as root`;
  t.match((await lab.mwan('check')).stderr, words);
  t.notMatch((await lab.mwan('check')).stderr, 'as root', 'it is said once');
  t.match((await lab.mwan('status')).stdout, words);
  t.match(
    (await lab.mwan('validate')).stdout,
    `${words}\n    chown root '${lab.config}' && chmod go-w '${lab.config}'\n`,
  );
  await chmod(lab.config, 0o644);
  await chmod(hook, 0o777);
  t.match((await lab.mwan('validate')).stdout, `warning: ${hook}: others may write it`);
  t.notMatch((await lab.mwan('check --verbose')).stderr, 'as root', 'what is mended is not said again');
  t.notMatch((await lab.mwan('status')).stdout, 'as root');
});

onEachEngine('what lies where temporary files are made keeps no state from being saved', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await mkdir(`${lab.state}.999999999.tmp`);
  const { stderr, exitCode } = await lab.mwan('check');
  t.match({ stderr, exitCode }, { stderr: '', exitCode: 0 });
  t.match(await readFile(lab.state, 'utf8'), /^status=up$/m);
});

scenario('what is too large to mean anything is not read', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await writeFile(lab.state, '[a]\n'.repeat(125_000));
  t.match(
    (await lab.mwan('check')).stderr,
    `${lab.state} cannot be read: it is larger than 0.4 MB; nothing is remembered`,
  );
  t.equal((await lab.mwan('check')).stderr, '', 'it was written anew');
  const before = await lab.routes();
  await writeFile(lab.config, '#'.repeat(500_000));
  t.match(await lab.mwan('check'), { exitCode: 2, stderr: `${lab.config} cannot be read: it is larger than 0.4 MB` });
  t.strictSame(await lab.routes(), before);
});
