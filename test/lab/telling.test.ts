import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { onEachEngine, scenario } from './scenario.js';

// They mostly wait.
tap.jobs = 4;

/** Runs a script on the router beside a real syslogd, and resolves to what that wrote: `daemon.notice wan1 …`. */
async function syslogOf(lab: Lab, script: string): Promise<string[]> {
  const [dev, log] = [join(lab.folder, 'dev'), join(lab.folder, 'messages')];
  await lab.system(`
    mkdir -p ${dev}; cp -a /dev/null /dev/zero /dev/urandom ${dev}; mount --bind ${dev} /dev
    busybox syslogd -n -O ${log} & syslogd=$!
    until [ -S /dev/log ]; do sleep 0.02; done
    ${script}
    busybox logger the end
    until grep -q 'the end$' ${log}; do sleep 0.02; done
    kill $syslogd; rm /dev/log`);
  const lines = (await readFile(log, 'utf8')).split('\n');
  return lines.flatMap((line) => / (daemon\.\w+) mini-mwan: (.*)/.exec(line)?.slice(1).join(' ') ?? []);
}

/** Both WANs, with these settings. */
async function configure(lab: Lab, settings: Record<string, string>) {
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, settings);
}

/** A program that writes down these variables of its environment, one line each time. */
async function recorder(lab: Lab, program: string, variables: string[]): Promise<() => Promise<string[]>> {
  const log = join(lab.folder, `${program}.log`);
  const words = variables.map((name) => `${name}=\${${name}-}`).join(' ');
  await lab.replace(program, `echo "$* ${words}" >>${log}`);
  return async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean);
}

// First what takes longest.
onEachEngine(
  'a notify script that fails or hangs is stopped and logged, behind the round',
  [{}, {}],
  async (t, lab) => {
    const notify = join(lab.bin, 'notify');
    await configure(lab, { notify });
    await lab.replace(
      'notify',
      `[ "$WAN" = wan1 ] && { echo sorry >&2; exit 7; }; sleep 1000; echo late >${lab.folder}/late`,
    );
    const waiting = `pgrep -xf "/bin/sh ${notify}"`;
    const told = `grep -q 'no end after' ${lab.folder}/messages`;
    const lines = await syslogOf(
      lab,
      `mini-mwan check; until ${waiting}; do sleep 0.05; done; echo after >${lab.folder}/after; while ${waiting}; do sleep 0.2; done; for i in $(seq 100); do ${told} && break; sleep 0.1; done`,
    );
    t.strictSame(lines.slice(2), [
      `daemon.err ${notify}, connected of wan1: exit 7`,
      `daemon.err ${notify}, connected of wan2: no end after 30 s`,
    ]);
    t.equal(await readFile(`${lab.folder}/after`, 'utf8'), 'after\n', 'the round had ended before');
    await t.rejects(readFile(`${lab.folder}/late`), 'and all that it had started is gone');
    t.equal(await lab.exit(), 'eth1');
  },
);

scenario('syslog hears of edges, each with its priority', [{}, {}], async (t, lab) => {
  await configure(lab, { log_level: 'info' });
  t.strictSame(await syslogOf(lab, 'mini-mwan check'), [
    'daemon.notice wan1 (eth1) up: reply from 1.1.1.1, 8.8.8.8',
    'daemon.notice wan2 (eth2) up: reply from 1.1.1.1, 8.8.8.8',
    'daemon.info + default via 100.64.1.1 dev eth1 metric 10',
    'daemon.info + default via 100.64.2.1 dev eth2 metric 20',
  ]);
  await configure(lab, { colour: 'red' });
  await lab.silence(1);
  t.strictSame((await syslogOf(lab, 'mini-mwan check; mini-mwan check')).slice(4), [
    "daemon.warn /etc/config/mini-mwan, line 4: option colour 'red': unknown option; ignored",
    'daemon.notice wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8',
  ]);
});

scenario('a round that cannot run is told once', [{}, {}], async (t, lab) => {
  await writeFile(lab.config, 'option nonsense');
  const once = await syslogOf(lab, 'mini-mwan check; mini-mwan check');
  t.match(once, [/^daemon\.err \/etc\/config\/mini-mwan, line 1: /]);
  t.equal(once.length, 1);
  await configure(lab, {});
  await lab.silence(1);
  await lab.silence(2);
  const told = await syslogOf(lab, 'mini-mwan check');
  t.match(told.slice(1), [/^daemon.notice wan1 .*down/, /^daemon.notice wan2 .*down/]);
});

scenario('when the last one goes, and by the logger of BusyBox', [{}, {}], async (t, lab) => {
  await configure(lab, {});
  await lab.system('ln -s $(command -v busybox) $(dirname $(command -v mini-mwan))/logger; mini-mwan check');
  await lab.silence(1);
  await lab.silence(2);
  t.strictSame(await syslogOf(lab, 'mini-mwan check'), [
    'daemon.err wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8',
    'daemon.err wan2 (eth2) down: no reply from 1.1.1.1, 8.8.8.8',
    'daemon.err no WAN is up; the routes stay as they are',
  ]);
});

scenario('a logger that is missing, fails or hangs stops nothing', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  t.match(await lab.mwan('check', { hide: ['logger'] }), { exitCode: 0, stderr: '' });
  await lab.replace('logger', 'echo no socket >&2; exit 1');
  await lab.silence(1);
  t.match(await lab.mwan('check --verbose'), { exitCode: 0, stderr: /nothing goes to syslog: logger: no socket/ });
  await lab.replace('logger', 'exec sleep 100');
  await lab.silence(2);
  t.match(await lab.mwan('check --verbose'), {
    exitCode: 1,
    stderr: /nothing goes to syslog: logger: no end after 2 s/,
  });
});

scenario('hotplug scripts hear of what carries traffic, notify of every transition', [{}, {}], async (t, lab) => {
  const [event, own] = [
    ['ACTION', 'INTERFACE', 'DEVICE'],
    ['WAN', 'OLD_STATUS', 'NEW_STATUS', 'REASON'],
  ];
  const hotplug = await recorder(lab, 'hotplug-call', event);
  const notify = await recorder(lab, 'notify', [...event, ...own]);
  await configure(lab, { notify: join(lab.bin, 'notify') });
  await lab.netifd({ wan: '100.64.1.1', wanb: '100.64.2.1' });
  await lab.mwan('check');
  await until(async () => (await notify()).length === 2);
  t.strictSame(await hotplug(), [
    'iface ACTION=connected INTERFACE=wan DEVICE=eth1',
    'iface ACTION=connected INTERFACE=wanb DEVICE=eth2',
  ]);
  await lab.silence(1);
  await lab.mwan('check');
  await lab.unplug(1);
  await lab.mwan('check');
  await until(async () => (await notify()).length === 4);
  t.strictSame((await hotplug()).slice(2), ['iface ACTION=disconnected INTERFACE=wan DEVICE=eth1'], 'once');
  t.strictSame((await notify()).slice(2), [
    ' ACTION=disconnected INTERFACE=wan DEVICE=eth1 WAN=wan1 OLD_STATUS=up NEW_STATUS=down REASON=no reply from 1.1.1.1, 8.8.8.8',
    ' ACTION=disconnected INTERFACE=wan DEVICE=eth1 WAN=wan1 OLD_STATUS=down NEW_STATUS=interface_down REASON=eth1 has no carrier',
  ]);
  await lab.mwan('check');
  await lab.mwan('check --dry-run');
  t.equal((await notify()).length, 4, 'nothing happened, nobody is told');
});

scenario('what has never been up does not cease to be', [{}, {}], async (t, lab) => {
  // Its scripts are netifd's.
  await lab.replace('ubus', `echo '{"interface":[]}'`);
  const hotplug = await recorder(lab, 'hotplug-call', ['ACTION', 'INTERFACE', 'DEVICE']);
  const notify = await recorder(lab, 'notify', ['WAN', 'NEW_STATUS']);
  await configure(lab, { notify: join(lab.bin, 'notify') });
  await lab.unplug(1);
  await lab.silence(2);
  await lab.mwan('check');
  await until(async () => (await notify()).length === 2);
  t.strictSame(await hotplug(), []);
  await lab.plug(1);
  await lab.mwan('check');
  await until(async () => (await hotplug()).length > 0);
  t.strictSame(await hotplug(), ['iface ACTION=connected INTERFACE=wan1 DEVICE=eth1']);
});

onEachEngine('a terminal that goes takes no script with it', [{}, {}], async (t, lab) => {
  await lab.replace('notify', `sleep 1; echo $WAN >>${lab.folder}/told`);
  await configure(lab, { notify: join(lab.bin, 'notify') });
  const words = `${lab.program.join(' ')} check --no-color --config ${lab.config} --state ${lab.state}`;
  t.match((await lab.router.run('script', ['-qec', words, '/dev/null'])).stdout, /^wan1 .*\r\nwan2 /);
  const told = () => readFile(join(lab.folder, 'told'), 'utf8');
  await until(async () => (await told()) === 'wan1\nwan2\n');
  t.pass('each was told');
});

scenario('where nothing can be remembered, scripts are not told the same again and again', [{}, {}], async (t, lab) => {
  const notify = await recorder(lab, 'notify', ['WAN']);
  await configure(lab, { notify: join(lab.bin, 'notify') });
  await lab.system('mkdir -p /run/mini-mwan.status/x');
  const lines = await syslogOf(lab, 'mini-mwan check; mini-mwan check; sleep 0.3');
  const reminder = 'daemon.err /var/run/mini-mwan.status cannot be written: it is a directory';
  t.ok(
    lines.every((line) => line.startsWith(reminder)),
    'now and then, and no more than that',
  );
  t.match((await lab.system('mini-mwan check --verbose')).stderr, reminder.slice('daemon.err '.length));
  t.strictSame(await notify(), []);
  t.equal(await lab.exit(), 'eth1');
});

scenario('what a script leaves in the background lives on, and holds nothing', [{}, {}], async (t, lab) => {
  const notify = await recorder(lab, 'notify', ['WAN']);
  await lab.replace(
    'notify',
    `${(await readFile(join(lab.bin, 'notify'), 'utf8')).split('\n')[1]}\n{ sleep 57; } & { sleep 1; echo done >&2; echo done >>${lab.folder}/done; } & exit 0`,
  );
  await configure(lab, { notify: join(lab.bin, 'notify') });
  // As OpenWrt's rc.common does, which locks a service by its file 1000.
  const lines = await syslogOf(
    lab,
    "busybox ash -c 'exec 1000>/run/service; flock 1000; mini-mwan check'; until grep -c done DONE 2>/dev/null | grep -q 2; do sleep 0.1; done".replace(
      'DONE',
      `${lab.folder}/done`,
    ),
  );
  t.equal(lines.length, 2, 'no failure');
  t.equal((await notify()).length, 2, 'the second one need not wait for the first');
  const free = await lab.system('flock -n /run/service true && pgrep -xf "sleep 57" | wc -l');
  t.equal(free.stdout, '2');
});

scenario('scripts hear of rounds in their order', [{}, {}], async (t, lab) => {
  const log = join(lab.folder, 'log');
  await configure(lab, {});
  await lab.mwan('check');
  await configure(lab, { notify: join(lab.bin, 'notify') });
  await lab.replace('notify', `[ "$NEW_STATUS" = up ] || sleep 2; echo "$WAN $NEW_STATUS" >>${log}`);
  await lab.unplug(1);
  await lab.mwan('check');
  await lab.plug(1);
  for (let i = 0; i < 3; i++) {
    await lab.later();
    await lab.mwan('check');
  }
  await until(async () => (await readFile(log, 'utf8')).split('\n').length === 4);
  t.equal(await readFile(log, 'utf8'), 'wan1 interface_down\nwan1 down\nwan1 up\n');
});

scenario('a round that could not run is no round', [{}, {}], async (t, lab) => {
  t.equal((await lab.mwan('check')).exitCode, 2, 'there is no configuration');
  t.match((await lab.mwan('status')).stdout, /^no round since the router started; run: mini-mwan check$/m);
  t.equal((await lab.mwan('status --check')).exitCode, 1);
  await t.rejects(readFile(`${lab.state}.json`), 'ubus has no answer');
});

onEachEngine('announce is nobody’s command', [], async (t, lab) => {
  for (const input of [
    '',
    'nonsense',
    '{"list":[null]}',
    '{"list":[{"event":{},"full":{"A":1}}]}',
    '{"list":[],"notify":7}',
  ]) {
    const args = [...lab.program, 'announce', '--state', lab.state];
    const { exitCode, stderr } = await lab.router.run('env', args, { input, reject: false });
    t.match([exitCode, stderr], [2, /^mini-mwan: announce is started by check, with what it found$/], input);
  }
});
