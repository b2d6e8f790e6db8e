import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { until } from '../lab.js';
import { bare, installed, traces, tree } from './installed.js';

tap.jobs = 2;

const HOOKS = ['red.up', 'red.down'].map((name) => `/etc/rc.d/init.d/networking/${name}/95-mini-mwan`);
const STATUS = '/run/mini-mwan.status';

tap.test('what is laid down, run, and taken away', async (t) => {
  const machine = await bare(t, { primary: 'DHCP', backups: [] });
  const before = await tree(machine);
  t.match(await machine.mwan('install'), { exitCode: 0, stderr: '' });
  const after = await tree(machine);
  const { stdout: laid } = await machine.sh(
    "find /etc /usr/local /usr/lib/mini-mwan /var -newer /etc/lab -name '*mwan*' -printf '%m %U %p\\n'",
  );
  for (const line of [
    '755 0 /usr/local/bin/mini-mwan',
    '755 0 /usr/local/bin/mwan-config',
    '755 0 /usr/local/bin/mwan-daemon',
    ...HOOKS.map((path) => `755 0 ${path}`),
    '755 0 /etc/fcron.minutely/mini-mwan',
    '644 0 /etc/logrotate.d/mini-mwan',
    '644 0 /var/ipfire/backup/addons/includes/mini-mwan',
  ]) {
    t.ok(laid.split('\n').includes(line), line);
  }
  t.match(
    (await machine.sh('stat -c "%a %u %n" /var/ipfire/mwan /var/ipfire/mwan/*')).stdout,
    /^755 0 \S+\n700 0 \S+profiles\n700 0 \S+state$/,
  );
  t.match((await machine.mwan('install')).stdout, 'nothing changed');
  t.equal(await tree(machine), after, 'a second time it changes nothing');

  await t.test('RED is restarted: the hook holds nobody up, and a round looks', async (t) => {
    await machine.sh('/usr/local/bin/mwan-config enable');
    await machine.sh(`rm ${STATUS}`);
    const { exitCode, ms } = await machine.red('restart', { seconds: 20 });
    t.equal(exitCode, 0);
    t.ok(ms < 15_000, `${ms} ms`);
    await until(async () => (await machine.read(STATUS)) !== undefined, 20_000);
    await until(async () => machine.lanOnline(), 20_000);
  });

  await t.test('at shutdown it does nothing', async (t) => {
    await until(async () => (await machine.run('pgrep', ['-f', 'check --if-[s]tarted'])).exitCode !== 0, 20_000);
    await machine.sh(`rm -f ${STATUS}; RUNLEVEL=6 ${HOOKS[1]}; RUNLEVEL=0 ${HOOKS[1]}`);
    await sleep(1000);
    t.equal(await machine.read(STATUS), undefined);
    await machine.sh(`${HOOKS[1]}`);
    await until(async () => (await machine.read(STATUS)) !== undefined, 20_000);

    // A hook of dhcpcd has no RUNLEVEL.
    const byDhcpcd = async (levels: string) => {
      await until(async () => (await machine.run('pgrep', ['-f', 'check --if-[s]tarted'])).exitCode !== 0, 20_000);
      await machine.sh(`rm -f ${STATUS}`);
      await machine.write('/usr/local/bin/runlevel', `#!/bin/sh\necho '${levels}'\n`, 0o755);
      await machine.sh(`env -i PATH=/usr/local/bin:/usr/bin:/bin reason=STOP interface=red0 ${HOOKS[1]}`);
    };
    await byDhcpcd('3 6');
    await sleep(1000);
    t.equal(await machine.read(STATUS), undefined);
    await byDhcpcd('N 3');
    await until(async () => (await machine.read(STATUS)) !== undefined, 20_000);
    await machine.run('rm', ['/usr/local/bin/runlevel']);
  });

  await t.test('uninstalled, it has never been there', async (t) => {
    const { exitCode, stderr, stdout } = await machine.run('/usr/local/bin/mini-mwan', ['uninstall']);
    t.strictSame([exitCode, stderr], [0, ''], stdout);
    // Made by enable.
    t.match(stdout, /^kept {4} \/var\/ipfire\/mwan\/settings/m);
    await machine.sh('rm -r /var/ipfire/mwan');
    t.equal(await tree(machine), before);
    t.equal(await traces(machine), '');
    t.ok(await machine.lanOnline());
  });
});

tap.test('a storm of hooks ends in two rounds', async (t) => {
  const machine = await installed(t, { primary: 'STATIC', backups: [] });
  await machine.write('/var/ipfire/mwan/enabled', '');
  const logged = '#!/bin/sh\necho "$*" >>/tmp/rounds\nuntil [ -e /tmp/go ]; do sleep 0.1; done\n';
  await machine.write('/tmp/logged', logged, 0o755);
  await machine.write('/usr/lib/mini-mwan/engine', 'engine=/tmp/logged\ncan_run() { :; }\n');
  // Nobody waits: the first round does not end before all have been told. Then its own three processes are left.
  const told = 'until [ -e /tmp/rounds ] && [ "$(pgrep -cf "[l]ook_soon")" -le 3 ]; do sleep 0.1; done';
  const { exitCode } = await machine.sh(`for i in 1 2 3 4 5 6 7 8; do ${HOOKS[0]}; done; ${told}; : >/tmp/go`);
  t.equal(exitCode, 0);
  const ROUND = 'check --if-started\n';
  await until(async () => (await machine.read('/tmp/rounds')) === ROUND + ROUND, 20_000);
  await sleep(2000);
  t.equal(await machine.read('/tmp/rounds'), ROUND + ROUND);
  await machine.sh('rm /var/ipfire/mwan/enabled /tmp/rounds');
  await machine.sh(HOOKS[0] ?? '');
  await sleep(1000);
  t.equal(await machine.read('/tmp/rounds'), undefined, 'none while it is disabled');
});

tap.test('the words of others', async (t) => {
  const machine = await installed(t, { primary: 'STATIC', backups: ['STATIC'] });
  const run = async (line: string, input = '') => machine.sh(`/usr/local/bin/${line}`, { input });
  for (const line of [
    'mwan-config',
    'mwan-config x',
    'mwan-config create-profile',
    'mwan-daemon',
    'mwan-daemon start now',
  ]) {
    t.match(await run(line), { exitCode: 1, stderr: /^usage: mwan-/ }, line);
  }
  t.match(await run('mwan-config create-profile usb-modem', '1\nred1\n'), { exitCode: 0 });
  t.match(await machine.read('/var/ipfire/mwan/profiles/usb-modem'), /^TYPE=DHCP\nDEVICE=red1\n/m);
  t.match((await run('mwan-config list-profiles')).stdout, /^usb-modem +DHCP +red1 +backup 1/m);
  t.match((await run('mwan-config status')).stdout, /^disabled/);
  t.match(await run('mwan-daemon start'), { exitCode: 0 });
  t.not(await machine.read('/var/ipfire/mwan/enabled'), undefined);
  t.match((await run('mwan-config status')).stdout, /^enabled\n(.*\n)*RED: held by primary, red0 100\.64\.1\.2/);
  t.match((await run('mwan-daemon status')).stdout, /^running/);
  t.match(await run('mwan-daemon restart'), { exitCode: 0, stderr: /primary +red0/ });
  // It goes on until somebody ends it.
  const { exitCode } = await machine.sh(`/usr/local/bin/mwan-daemon monitor >/tmp/seen &
    until grep -q 'RED: held by primary' /tmp/seen; do sleep 0.1; done
    kill $!`);
  t.equal(exitCode, 0, 'it shows who holds RED');
  t.match(await run('mwan-config disable'), { exitCode: 0 });
  t.equal(await machine.read('/var/ipfire/mwan/enabled'), undefined);
  t.match(await run('mwan-daemon start'), { exitCode: 0 });
  t.match(await run('mwan-daemon stop'), { exitCode: 0 });
  t.equal(await machine.read('/var/ipfire/mwan/enabled'), undefined);
  t.match((await run('mwan-daemon status')).stdout, /^not running/);
  t.match(await run('mwan-config enable'), { exitCode: 0 });
  t.match(await run('mwan-config disable'), { exitCode: 0, stdout: /mini-mwan is disabled/ });
  t.equal(await machine.read('/var/ipfire/mwan/enabled'), undefined);
});

tap.test('a core update brings all that is IPFire’s once more', async (t) => {
  const machine = await bare(t, { primary: 'STATIC', backups: ['STATIC'] });
  const { stdout: scripts } = await machine.sh(SCRIPTS);
  const crontab = async (more: string) =>
    machine.write('/var/spool/cron/root.orig', `* * * * * /usr/local/bin/run-parts /etc/fcron.minutely\n${more}`);
  await crontab('');
  await machine.mwan('install');
  const run = async (line: string) => machine.sh(`/usr/local/bin/mini-mwan ${line}`);
  await run('profile create ether --type static --device red1 --ip 100.64.2.2 --netmask 24 --gateway 100.64.2.1');
  t.match(await run('enable'), { exitCode: 0 });
  t.equal((await machine.sh(SCRIPTS)).stdout, scripts, 'R2: nothing of it was changed');

  const files = resolve('test/lab/ipfire/files');
  await machine.sh(`cp -r ${files}/etc ${files}/usr /; rm -f ${STATUS}`);
  await crontab('5 * * * * /usr/local/bin/something-new\n');
  await machine.minute();
  await until(async () => /^\[ether\]$/m.test((await machine.read(STATUS)) ?? ''), 20_000);
  t.match(await run('doctor'), { exitCode: 0 });
});

/** IPFire's own scripts, as they are. */
const SCRIPTS = "find /etc/rc.d -type f ! -name 95-mini-mwan -printf '%p %m %u\n' -exec sha256sum {} + | sort";
