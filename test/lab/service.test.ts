import { join } from 'node:path';
import tap from 'tap';
import { type Lab, until } from './lab.js';
import { Machine } from './machine.js';
import { scenario } from './scenario.js';

tap.jobs = 3;

const EVENT = { ACTION: 'ifup', INTERFACE: 'wan', DEVICE: 'eth1' };
const HOOK = '. /etc/hotplug.d/iface/25-mini-mwan';

/** An OpenWrt on which it is installed, and the first round has run. */
async function installed(lab: Lab): Promise<Machine> {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  await machine.makeOpenwrt();
  await machine.run(`cp ${lab.config} /etc/config/mini-mwan`);
  await machine.mwan('install');
  await until(async () => (await lab.ours()).length === 2 && !(await machine.busy()));
  return machine;
}

// First what waits for a minute.
scenario('uninstall removes nothing while a round goes on and on', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  await machine.run(`cp ${lab.config} /etc/config/mini-mwan`);
  await machine.mwan('install');
  await machine.run('mini-mwan check');
  await machine.run('flock /run/mini-mwan.status.lock sleep 200 >/dev/null 2>&1 &');
  const { stderr, stdout, exitCode } = await machine.mwan('uninstall');
  t.match([exitCode, stdout], [3, '']);
  t.match(stderr, /^mini-mwan: another round has held the lock for /);
  t.equal((await lab.ours()).length, 2, 'its routes are as they were');
  t.equal((await machine.run('ls /usr/bin/mini-mwan')).exitCode, 0);
});

for (const shell of ['sh', 'busybox ash']) {
  scenario(`install, stop, start, uninstall, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configureAll();
    const machine = await Machine.create(lab);
    await machine.makeOpenwrt();
    await machine.write('/etc/crontabs/root', '0 4 * * * reboot\n');
    await machine.write('/usr/sbin/sync', `#!/bin/sh\necho flushed >>${lab.folder}/flash\n`, '755');
    const flushed = async () => (await machine.run(`wc -l <${lab.folder}/flash`)).stdout;
    const service = (action: string) => machine.run(`${shell} /etc/rc.common /etc/init.d/mini-mwan ${action}`);
    const before = await machine.tree();
    await machine.run(`cp ${lab.config} /etc/config/mini-mwan`);

    const { stdout, stderr, exitCode } = await machine.mwan('install');
    t.equal(stderr, '');
    t.equal(exitCode, 0);
    t.match(
      stdout,
      /^created {4}\/usr\/bin\/mini-mwan\ncreated {4}\/usr\/lib\/mini-mwan\/engine\nkept {7}\/etc\/config\/mini-mwan\n/m,
    );
    t.match(stdout, /\nupdated {4}\/etc\/crontabs\/root\nnext:\n/);
    await until(async () => (await lab.ours()).length === 2);
    t.equal(await lab.exit(), 'eth1', 'it has begun');
    t.equal((await machine.run('cat /etc/asked; rm /etc/asked')).stdout, 'cron enable\ncron restart\nrpcd reload');
    t.equal((await machine.run('cat /run/procd; ls /etc/rc.d')).stdout, 'trigger mini-mwan\nS21mini-mwan');
    t.equal((await service('running')).exitCode, 0);
    t.equal(await flushed(), '1', 'it is on the flash');
    t.match((await machine.mwan('install')).stdout, 'nothing changed');
    t.equal((await machine.run('cat /etc/asked')).stdout, '', 'and nothing is started');
    t.equal(await flushed(), '1', 'nor flushed');

    await until(async () => !(await machine.busy()));
    await service('stop');
    t.strictSame(await lab.ours(), [], 'stop removes the routes');
    t.equal((await machine.run('cat /etc/crontabs/root')).stdout, '0 4 * * * reboot', 'and the line of the crontab');
    t.equal((await machine.run('cat /etc/asked; rm /etc/asked')).stdout, 'cron restart');
    t.equal(await lab.exit(), 'eth1', 'and leaves those of the system');
    t.not((await service('running')).exitCode, 0);
    await machine.run('rm -f /run/mini-mwan.event');
    await machine.run(HOOK, { shell, env: EVENT });
    t.equal((await machine.run('ls /run/mini-mwan.event')).stdout, '', 'an event begins nothing');
    t.match(await machine.run('/usr/lib/mini-mwan/minute', { shell }), { stdout: '', stderr: '', exitCode: 0 });
    t.notOk(await machine.busy());
    t.strictSame(await lab.ours(), [], 'and they stay away');

    await service('start');
    await until(async () => (await lab.ours()).length === 2);
    t.pass('back after start');
    t.match((await machine.run('cat /etc/crontabs/root')).stdout, '* * * * * /usr/lib/mini-mwan/minute\n0 4 * * *');
    t.equal((await machine.run('cat /etc/asked')).stdout, 'cron enable\ncron restart');
    await until(async () => !(await machine.busy()));
    await lab.unplug(1);
    await machine.run(HOOK, { shell, env: EVENT });
    await until(async () => (await lab.exit()) === 'eth2');
    t.pass('events count again');

    const removed = await machine.mwan('uninstall');
    t.match(removed, { exitCode: 0, stderr: '' });
    t.match(removed.stdout, 'kept     /etc/config/mini-mwan (it is yours)\n');
    t.equal(await flushed(), '2');
    t.strictSame(await lab.ours(), []);
    await machine.run('rm -r /etc/config/mini-mwan /etc/asked');
    t.equal(await machine.tree(), before, 'nothing is left');
  });
}

scenario('the line of the crontab, which keeps every other byte', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  await machine.makeOpenwrt();
  await machine.mwan('install');
  await until(async () => !(await machine.busy()));
  await machine.run('mkdir /run/busybox && for name in sed grep; do ln -s /usr/bin/busybox /run/busybox/$name; done');
  const line = '* * * * * /usr/lib/mini-mwan/minute\n';
  const own = '*/5 * * * * /usr/lib/mini-mwan/minute\n';
  const crontabs: [before: string, started: string, stopped: string][] = [
    ['', line, ''],
    ['# mine\n0 4 * * * reboot', `${line}# mine\n0 4 * * * reboot`, '# mine\n0 4 * * * reboot'],
    [`#${line}${own}`, `#${line}${own}`, `#${line}`],
  ];
  const crontab = async () => (await machine.run("od -An -c -w1 -v /etc/crontabs/root | tr -d ' \\n'")).stdout;
  const shown = (text: string) => text.replaceAll(' ', '').replaceAll('\n', '\\n');
  for (const [shell, path] of [
    ['sh', ''],
    ['busybox ash', '/run/busybox:'],
  ] as const) {
    const env = { PATH: `${path}/usr/sbin:/usr/bin:/usr/local/bin` };
    const service = (action: string) => machine.run(`${shell} /etc/rc.common /etc/init.d/mini-mwan ${action}`, { env });
    for (const [before, started, stopped] of crontabs) {
      await machine.write('/etc/crontabs/root', before);
      for (const [action, expected] of [
        ['start', started],
        ['start', started],
        ['stop', stopped],
        ['stop', stopped],
      ] as const) {
        t.match(await service(action), { stderr: '', exitCode: 0 });
        t.equal(await crontab(), shown(expected), `${action} in ${shell}`);
      }
    }
  }
  await until(async () => !(await machine.busy()));
});

scenario('after a restart of the router, only what is enabled begins', [{}, {}], async (t, lab) => {
  const machine = await installed(lab);
  await machine.run('rm -rf /run/*; ip route flush proto 77; /etc/init.d/mini-mwan disable');
  await machine.run(HOOK, { env: EVENT });
  await machine.run('/usr/lib/mini-mwan/minute');
  t.equal((await machine.run('ls /run')).stdout, '', 'neither event nor cron does anything');
  await machine.run('/etc/init.d/mini-mwan enable; for script in /etc/rc.d/S*; do $script start; done');
  await until(async () => (await lab.ours()).length === 2);
  t.pass('the service begins at boot');
});

scenario('stop while a round is under way', [{}, {}], async (t, lab) => {
  const machine = await installed(lab);
  await lab.silence(1);
  await machine.run(HOOK, { env: EVENT });
  const isHeld = async () => (await machine.run('flock -n /run/mini-mwan.status.lock true')).exitCode === 1;
  await until(isHeld);
  await machine.run('/etc/init.d/mini-mwan stop');
  t.strictSame(await lab.ours(), [], 'stop waits for it');
  await until(async () => !(await machine.busy()));
  t.strictSame(await lab.ours(), [], 'and has the last word');
});

scenario('a round that gets the lock only after stop does nothing', [{}, {}], async (t, lab) => {
  const machine = await installed(lab);
  const log = join(lab.folder, 'log');
  // The stop falls between the beginning of a round and its lock.
  await machine.write(
    '/usr/sbin/flock',
    `#!/bin/sh
if [ "$1" = -x ] && [ -e /run/stop ]; then
	rm /run/stop /run/mini-mwan.started
	/usr/bin/mini-mwan restore
	echo stopped >>${log}
fi
exec /usr/bin/flock "$@"
`,
    '755',
  );
  const begin: Record<string, string> = {
    hotplug: HOOK,
    cron: '/usr/lib/mini-mwan/minute & sleep 15; kill $!',
    start: '/etc/init.d/mini-mwan start',
  };
  for (const [name, script] of Object.entries(begin)) {
    await machine.run(`: >${log}; : >/run/mini-mwan.started; mini-mwan check; : >/run/stop`);
    t.equal((await lab.ours()).length, 2);
    await machine.run(script, { env: EVENT });
    await until(async () => (await machine.run(`cat ${log}`)).stdout === 'stopped');
    await until(async () => !(await machine.busy()));
    t.strictSame(await lab.ours(), [], name);
  }
});

scenario(
  'a stopped service is said by all, and nobody adds routes that nobody would watch',
  [{}, {}],
  async (t, lab) => {
    const machine = await installed(lab);
    const state = async () => (await machine.run('cat /run/mini-mwan.status')).stdout;
    const ubus = async () =>
      JSON.parse((await machine.run("echo '{}' | /usr/libexec/rpcd/mini-mwan call status")).stdout);
    const commands = ['/etc/init.d/mini-mwan start'];
    t.match(await ubus(), { mode: 'failover' });
    t.equal((await machine.run('mini-mwan status --check')).exitCode, 0);
    await machine.run('/etc/init.d/mini-mwan stop');
    const left = await state();

    /** How each command meets it, with these commands to start it. */
    const expectStopped = async (round: boolean) => {
      const [first, ...more] = commands;
      const start = commands.map((line) => `  ${line}`).join('\n');
      for (const command of ['check', 'check --record /run/recording', '']) {
        const { stdout, stderr, exitCode } = await machine.run(`mini-mwan ${command}`);
        t.equal(exitCode, 0, 'by the verdicts');
        t.ok(
          stderr.startsWith(
            `mini-mwan: the service is stopped, so nothing is changed: nobody would watch the routes. To start it:\n${start}`,
          ),
          stderr,
        );
        t.match(
          stdout,
          /^\+ default via 100.64.1.1 dev eth1 metric 10\n.*\n2 changes not made \(dry run\)/m,
          'the plan',
        );
      }
      t.match(JSON.parse((await machine.run('mini-mwan check --json')).stdout), { dry_run: true });
      await machine.run('rm -r /run/recording');
      t.strictSame(await lab.ours(), [], 'and nothing is done');

      const validated = (await machine.run('mini-mwan validate')).stdout;
      t.match(
        validated,
        /^warning: the service is stopped: no line is watched, and no route is kept\n {4}\/etc\/init.d/,
      );
      for (const line of commands) t.match(validated, `\n    ${line}\n`);
      const { stdout, stderr, exitCode } = await machine.run('mini-mwan status');
      t.equal(exitCode, round ? 1 : 3);
      const said = stdout + stderr;
      t.match(said, /^(mini-mwan: )?the service is stopped: no line is watched, and no route is kept/);
      for (const line of [first, ...more]) t.match(said, line);
      t.notMatch(said + validated, /mini-mwan check|wan\d +up|no problem|missing/, 'nothing that misleads');
      t.equal((await machine.run('mini-mwan status --check')).exitCode, 1);
      t.match(await ubus(), { mode: null, interfaces: [], error: 'the service is stopped' });
      const metrics = (await machine.run('mini-mwan metrics')).stdout;
      t.notMatch(metrics, 'wan1');
      if (round) t.match(metrics, /^mini_mwan_service_started 0$/m);
    };
    await expectStopped(true);
    t.equal(await state(), left, 'what the rounds before have left, no plan touches');
    t.match(JSON.parse((await machine.run('mini-mwan status --json')).stdout), {
      service_stopped: true,
      wans: [{ status: 'unknown' }, { status: 'unknown' }],
    });

    // What is left all the same, by whatever way, is not watched either.
    await lab.router.ip('route add default via 100.64.1.1 dev eth1 metric 10 proto 77');
    t.match((await machine.run('mini-mwan status')).stdout, /^1 route of ours left, .*; run: mini-mwan restore$/m);
    t.match(await machine.run('mini-mwan restore'), { exitCode: 0, stderr: '' });
    t.strictSame(await lab.ours(), []);

    // A boot without it.
    await machine.run('/etc/init.d/mini-mwan disable; rm -rf /run/mini-mwan.*');
    commands.push('/etc/init.d/mini-mwan enable');
    await expectStopped(false);
    t.equal((await machine.run('ls /run/mini-mwan.status')).exitCode, 2, 'nor is a state begun');

    await machine.run('/etc/init.d/mini-mwan start');
    await until(async () => (await lab.ours()).length === 2 && !(await machine.busy()));
    t.match((await machine.run('mini-mwan status')).stdout, /^WAN .*\nwan1 +up .*in use$/m);
    t.match(await ubus(), { interfaces: [{ status: 'up' }, { status: 'up' }] });
    t.match((await machine.run('mini-mwan validate')).stdout, /^\/etc\/config\/mini-mwan: no problem; /);
    await lab.silence(1);
    t.match(await machine.run('mini-mwan check'), { stderr: '', stdout: /^wan1 \(eth1\) down/ });
    t.ok(await lab.reaches(), 'started, a round by hand is one');
  },
);

scenario('who starts it at a terminal sees what it says', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  await machine.makeOpenwrt();
  await machine.mwan('install');
  const { stdout } = await machine.run("script -qec '/etc/init.d/mini-mwan start' /dev/null");
  t.match(stdout, "disabled; option enabled '1' in section settings turns it on");
});

scenario('a round that waits while it is uninstalled puts nothing back', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  await machine.run(`cp ${lab.config} /etc/config/mini-mwan`);
  await machine.mwan('install');
  await machine.run('mini-mwan check');
  const list = `for pid in $(ip netns pids ${lab.router.namespace}); do tr '\\0' ' ' </proc/$pid/cmdline; echo; done`;
  const waiting = (count: number) => async () =>
    (await lab.router.run('sh', ['-c', list])).stdout.split('\n').filter((line) => line.endsWith('flock -x 0 '))
      .length === count;
  const holder = machine.run('exec flock /run/mini-mwan.status.lock sleep 611');
  const held = async () => (await machine.run('flock -n /run/mini-mwan.status.lock true')).exitCode === 1;
  await until(held);
  const removing = machine.mwan('uninstall');
  await until(waiting(1));
  const late = machine.run('mini-mwan check');
  await until(waiting(2));
  await machine.run('pkill -xf "sleep 611"');
  await holder;
  t.equal((await removing).exitCode, 0);
  const { stderr, exitCode } = await late;
  t.equal(exitCode, 3);
  t.match(stderr, /main.js was removed while this round waited; nothing was done/);
  t.strictSame(await lab.ours(), []);
});

scenario('a plain Linux', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  const before = await machine.tree();
  t.match(await machine.mwan('install'), { exitCode: 0, stderr: '', stdout: /^created {4}\/etc\/cron.d\/mini-mwan$/m });
  t.match(await machine.run('mini-mwan validate'), { exitCode: 0, stderr: '' }, 'the installed program works');
  await machine.run('cp /etc/config/mini-mwan /etc/config/default');
  await machine.run(`cp ${lab.config} /etc/config/mini-mwan`);
  await machine.run("sed -i '2a option check_interval 300' /etc/config/mini-mwan");
  t.match(await machine.run('/usr/lib/mini-mwan/minute'), { exitCode: 0, stderr: '' });
  t.equal((await lab.ours()).length, 2, 'cron runs rounds');
  await machine.run('mv /etc/config/default /etc/config/mini-mwan');
  const { stdout } = await machine.run('mini-mwan uninstall');
  t.match(stdout, /^removed {2}\/etc\/cron.d\/mini-mwan$/m);
  t.match(stdout, /^removed {2}\/var\/run\/mini-mwan.status.lock$/m);
  t.strictSame(await lab.ours(), []);
  t.equal(await machine.tree(), before, 'nothing is left');
});
