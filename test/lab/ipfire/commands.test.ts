import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { until } from '../lab.js';
import { bare, installed, traces, tree } from './installed.js';
import { ETHERNET, type IpfireLab, PPP } from './machine.js';
import { isOnline, NETWORK, RED } from './rounds.js';

tap.jobs = 5;

const STATIC = '--type static --device red1 --ip 100.64.2.2 --netmask 24 --gateway 100.64.2.1';
const PROFILES = '/var/ipfire/mwan/profiles';
const SETTINGS = '/var/ipfire/mwan/settings';
const LOG = '/var/log/mwan.log';
const ROLE = '/var/ipfire/mwan/state/red';

const lines = (text = '') => text.split('\n').sort();

/** What IPFire itself has started is RED as soon as that is said; its hooks, which let the LAN out, come behind it. */
async function isBack(t: Test, machine: IpfireLab): Promise<void> {
  t.not(await machine.read(`${RED}/active`), undefined, 'RED is there');
  await until(() => isOnline(machine, 0), 5000);
  t.pass('and the LAN is online by the primary');
}

tap.test('from two commands to a failover by the minute, and back to IPFire', async (t) => {
  const machine = await installed(t, { primary: 'STATIC', backups: ['STATIC'] });
  const settings = await machine.read(ETHERNET);
  const run = async (line: string) => machine.sh(`/usr/local/bin/mini-mwan ${line}`);
  t.match(await run('enable'), { exitCode: 0, stdout: /mini-mwan profile create NAME/ });
  t.match(await run(`profile create ether ${STATIC}`), { exitCode: 0, stderr: '' });
  await machine.edit(SETTINGS, { CHECK_INTERVAL: 2, MAX_RETRIES: 2, CHECK_TIMEOUT: 1 });
  t.match(await run('enable'), { exitCode: 0, stdout: /ether/ });
  await machine.silence(0);
  const begun = performance.now();
  await machine.minute();
  await until(async () => machine.lanOnline(), 60_000);
  const ms = performance.now() - begun;
  t.ok(ms < 24_000, `MAX_RETRIES x CHECK_INTERVAL + 20 s: ${ms} ms`);
  t.equal(await machine.whichIsp(), 1);
  t.match((await run('status')).stdout, /RED: held by ether, red1 100\.64\.2\.2 via 100\.64\.2\.1/);
  t.match(JSON.parse((await run('status --json')).stdout).red, { holder: 'ether', active: true, backups: ['ether'] });
  t.match(
    await machine.read(LOG),
    /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] MWAN: primary \(red0\) down: .*\n.* MWAN: RED goes to ether$/m,
  );
  t.match(
    await machine.read('/var/log/messages'),
    /\bmini-mwan(\[\d+\])?: primary \(red0\) down: .*\n(.*\n)*.*\bmini-mwan(\[\d+\])?: RED goes to ether$/m,
  );
  await machine.heal(0);
  t.match(await run('disable'), { exitCode: 0 });
  t.equal(await machine.whichIsp(), 0);
  t.ok(await machine.lanOnline());
  t.strictSame(lines(await machine.read(ETHERNET)), lines(settings), "IPFire's settings are as they were");
  t.equal(await machine.read(ROLE), undefined);
  await until(async () => (await traces(machine)) === '', 90_000);
  t.match(await run('disable'), { exitCode: 0, stdout: /already/ });
});

tap.test('an event is seen at once; a primary that must be started again', async (t) => {
  const machine = await installed(t, { primary: 'DHCP', backups: ['STATIC'] });
  const run = async (line: string) => machine.sh(`/usr/local/bin/mini-mwan ${line}`);
  await run(`profile create ether ${STATIC}`);
  await machine.edit(SETTINGS, { CHECK_INTERVAL: 2, MAX_RETRIES: 2, CHECK_TIMEOUT: 1 });
  t.match(await run('enable'), { exitCode: 0, stdout: /ether/ });
  await machine.dhcpServer(0, false);
  await machine.unplug(0);
  await until(async () => (await machine.read(ROLE)) !== undefined, 10_000);
  t.pass('the hook has had a round see it');
  await machine.minute();
  await until(async () => (await machine.whichIsp()) === 1, 30_000);
  await machine.plug(0);
  await machine.dhcpServer(0, true);
  await sleep(1000);
  t.match(await run('disable'), { exitCode: 0, stderr: /^(waiting for RED)?$/ });
  await isBack(t, machine);
  t.match((await machine.sh('pgrep -a dhcpcd')).stdout, /red0/);
  // The minute ends when it looks the next time.
  await until(async () => (await traces(machine)) === '');
  t.equal(await traces(machine), '', "the DHCP client is IPFire's");

  await t.test('disabled while nobody gives the primary a lease: it is IPFire’s all the same', async (t) => {
    const settings = lines(await machine.read(ETHERNET));
    t.match(await run('enable'), { exitCode: 0 });
    await machine.dhcpServer(0, false);
    await machine.unplug(0);
    await machine.minute();
    await until(async () => (await machine.whichIsp()) === 1, 30_000);
    await machine.plug(0);
    // By a clock that goes so fast that nobody has patience for long.
    await machine.sh('cat /proc/uptime >/tmp/uptime; mount --bind /tmp/uptime /proc/uptime');
    let isOver = false;
    const disabled = run('disable').finally(() => {
      isOver = true;
    });
    for (let uptime = 1_000_000; !isOver; uptime += 10) {
      await machine.write('/tmp/uptime', `${uptime}.00 1.00\n`);
      await sleep(500);
    }
    t.match(await disabled, { exitCode: 1, stderr: /RED is not up/ });
    await machine.run('umount', ['/proc/uptime']);
    t.strictSame(lines(await machine.read(ETHERNET)), settings);
    t.equal(await machine.read(ROLE), undefined);
    t.equal(await machine.read('/var/ipfire/mwan/enabled'), undefined);
  });
});

tap.test('a primary that must be dialled: whoever disables waits for it', async (t) => {
  const machine = await installed(t, { primary: 'PPPOE', backups: ['STATIC'] });
  const run = async (line: string) => machine.sh(`/usr/local/bin/mini-mwan ${line}`);
  const inode = async (path: string) => (await machine.run('stat', ['-c', '%i', path])).stdout;
  await run(`profile create ether ${STATIC}`);
  await machine.edit(SETTINGS, { CHECK_INTERVAL: 2, MAX_RETRIES: 2, CHECK_TIMEOUT: 1 });
  t.match(await run('enable'), { exitCode: 0, stdout: /ether/ });
  await machine.silence(0);
  await machine.minute();
  await until(async () => (await machine.whichIsp()) === 1, 50_000);
  await machine.heal(0);
  t.match(await run('disable'), { exitCode: 0, stderr: /^(waiting for RED)?$/ });
  await isBack(t, machine);
  t.equal(await inode(PPP), await inode(`${PPP}-1`), 'and its dial profile is linked');
});

tap.test('profiles', async (t) => {
  const machine = await installed(t, { primary: 'STATIC', backups: ['DHCP', 'STATIC'] });
  const run = async (line: string, input = '') => machine.sh(`/usr/local/bin/mini-mwan ${line}`, { input });

  await t.test('made by answers, and by options', async (t) => {
    t.match(await run('profile create usb', '1\nred1\n'), { exitCode: 0, stdout: /profile test usb/ });
    await machine.write('/tmp/password', 'it\'s $(touch /tmp/pwned) "x\\y\n');
    const { exitCode } = await run(
      'profile create dsl --type pppoe --device red2 --username u@isp --password-file /tmp/password',
    );
    t.equal(exitCode, 0);
    t.match((await machine.sh(`stat -c '%a %u' ${PROFILES}/*`)).stdout, /^600 0\n600 0$/);
    t.match(await machine.read(`${PROFILES}/dsl`), /^USERNAME=u@isp$/m);
    t.match(await machine.read(SETTINGS), /^BACKUP_PROFILES='usb dsl'$/m);
    t.equal(await machine.read('/tmp/pwned'), undefined);
  });

  await t.test('at a terminal: a password is not shown, and Ctrl-C leaves it as it was', async (t) => {
    const atTerminal = async (name: string, last: string) => {
      const words = ['3', 'red2', 'u@isp'].map((word) => `sleep 1; echo ${word}`).join('; ');
      const command = `/usr/local/bin/mini-mwan profile create ${name}; echo code $?; stty -a`;
      return machine.atTerminal(command, `${words}; sleep 1; printf '${last}'; sleep 1.5`);
    };
    const shown = await atTerminal('tty', 'hidden\\n');
    t.match(shown, /code 0/);
    t.match(shown, 'u@isp');
    t.notMatch(shown, 'hidden');
    t.match(shown, / echo /, 'the echo is back');
    t.match(await machine.read(`${PROFILES}/tty`), /^PASSWORD=hidden$/m);
    const stopped = await atTerminal('tty2', 'hid\\003');
    t.match(stopped, /interrupted; nothing was written[\s\S]*code 3/);
    t.match(stopped, / echo /);
    t.equal(await machine.read(`${PROFILES}/tty2`), undefined);
    await machine.sh(`rm ${PROFILES}/tty; sed -i 's/ tty//' ${SETTINGS}`);
  });

  await t.test('what is wrong is not written', async (t) => {
    const before = await machine.read(SETTINGS);
    const CASES: [line: string, input: string, words: RegExp][] = [
      ['profile create usb --type dhcp --device red1', '', /there is a profile 'usb' already/],
      ['profile create ../x --type dhcp --device red1', '', /not the name of a profile/],
      ['profile create primary --type dhcp --device red1', '', /not the name of a profile/],
      ['profile create lan --type dhcp --device green0', '', /GREEN's/],
      ['profile create odd --type pigeon --device red1', '', /type 'PIGEON': not DHCP or/],
      ['profile create odd', '2\nred1\n1.2.3\n', /no answer/],
      ['profile create odd', '2\nred1\n1.2.3\n24\n1.2.3.4\n', /IP/],
      [
        'profile create dsl2 --type pppoe --device red2 --username u --password-file /nothing',
        '',
        /--password-file \/nothing/,
      ],
      ['profile create dial --dial-profile 3', '', /dial profile 3 is not set up/],
    ];
    for (const [line, input, words] of CASES)
      t.match(await run(line, input), { exitCode: 2, stdout: '', stderr: words }, line);
    t.equal((await machine.sh(`ls ${PROFILES}`)).stdout, 'dsl\nusb');
    t.equal(await machine.read(SETTINGS), before);
  });

  await t.test('listed', async (t) => {
    await machine.write(`${PROFILES}/old`, 'TYPE=STATIC\nDEVICE=red2\n', 0o600);
    const { stdout } = await run('profile list');
    t.match(stdout, /^primary +STATIC +red0 +IPFire's own\nusb +DHCP +red1 +backup 1\ndsl +PPPOE +red2 +backup 2/m);
    t.match(stdout, /^old .* not used .*IP/m);
    t.match(JSON.parse((await run('profile list --json')).stdout), [
      { name: 'primary', backup: null, usable: true },
      { name: 'usb', backup: 1, usable: true, problems: [] },
      { name: 'dsl', backup: 2 },
      { name: 'old', backup: null, usable: false },
    ]);
  });

  await t.test('tested, without a trace', async (t) => {
    t.match(await run('profile test usb'), {
      exitCode: 0,
      stdout: /^usb {2}DHCP red1 .* via 100\.64\.2\.1\n.*\nit works$/,
    });
    t.equal(await traces(machine), '');
    t.match(await run('profile test primary'), { exitCode: 0, stdout: /it works/ });
    t.match(await run('profile test dsl'), { exitCode: 1, stdout: /no access concentrator/ });
    t.match(await run('profile test old'), { exitCode: 2, stderr: /cannot be used/ });
    t.match(await run('profile test nothing'), { exitCode: 2, stderr: /there is no profile 'nothing'/ });
    await machine.silence(1);
    t.match(await run('profile test usb'), { exitCode: 1, stdout: /it does not work/ });
    t.equal(await traces(machine), '');
    t.equal(await machine.whichIsp(), 0, 'and RED stays where it is');
  });
});

tap.test('the doctor', async (t) => {
  const machine = await installed(t, { primary: 'STATIC', backups: [] });
  await machine.write('/var/spool/cron/root.orig', '* * * * * /usr/local/bin/run-parts /etc/fcron.minutely\n');
  const run = async () => machine.sh('/usr/local/bin/mini-mwan doctor');
  const well = await run();
  t.equal(well.exitCode, 0, well.stdout);
  t.notMatch(well.stdout, /^not ok/m);
  await machine.sh(
    'sed -i s/iface/device/ /etc/rc.d/init.d/networking/red; chmod 644 /etc/rc.d/init.d/networking/red.up/95-mini-mwan',
  );
  await machine.sh(
    'chown root:root /var/ipfire/ethernet/settings; chmod 777 /var/ipfire/mwan; echo x >/var/ipfire/mwan/state/red',
  );
  const ill = await run();
  t.equal(ill.exitCode, 1);
  const CASES = [
    /networking\/red says in red\/active, red\/iface .*: it is another script/,
    /red\.up\/95-mini-mwan is ours: it cannot be run/,
    /ethernet\/settings can be saved .*: it does not belong to it/,
    /\/var\/ipfire\/mwan is for root to write: others may write it/,
    /state\/red can be read: .*it is damaged/,
  ];
  for (const words of CASES) t.match(ill.stdout, words);
  t.equal(ill.stdout.match(/^not ok/gm)?.length, CASES.length);
});

tap.test('given back from a backup: hung up, uninstalled, and without IPFire’s script', async (t) => {
  const machine = await bare(t, { primary: 'STATIC', backups: ['STATIC', 'PPPOE'] });
  // All but what is the operator's; RED's settings may be in another order.
  const known = /\/var\/ipfire\/mwan|^[0-9a-f]{64} .*\/ethernet\/settings/;
  const ofOthers = async () => (await tree(machine)).split('\n').filter((line) => !known.test(line));
  const untouched = await ofOthers();
  const settings = lines(await machine.read(ETHERNET));
  const run = async (line: string) => machine.sh(`/usr/local/bin/mini-mwan ${line}`);
  await machine.mwan('install');
  await run(`profile create ether ${STATIC}`);
  await machine.write('/tmp/password', 'secret2\n');
  await run('profile create dsl --type pppoe --device red2 --username user2@isp.example --password-file /tmp/password');

  const failOver = async (profile: string, i: number) => {
    await machine.edit(SETTINGS, { CHECK_INTERVAL: 2, MAX_RETRIES: 1, CHECK_TIMEOUT: 1, BACKUP_PROFILES: profile });
    await machine.silence(0);
    await run('enable');
    await until(async () => {
      await run('check');
      return (await machine.whichIsp()) === i;
    }, 60_000);
    await machine.heal(0);
  };
  const isPrimarys = async (t: Test) => {
    t.strictSame(lines(await machine.read(ETHERNET)), settings);
    t.equal(await machine.read(ROLE), undefined);
    await isBack(t, machine);
  };

  await t.test('disable, while the backup is hung up', async (t) => {
    await failOver('ether', 1);
    await machine.run('/usr/local/bin/redctrl', ['stop']);
    await until(async () => {
      await run('check');
      return /"hungUp"/.test((await machine.read(ROLE)) ?? '');
    }, 20_000);
    t.match(await run('disable'), { exitCode: 0, stdout: /mini-mwan is disabled/ });
    await isPrimarys(t);
  });

  await t.test('uninstall, and the primary is well', async (t) => {
    await failOver('ether', 1);
    t.match(await run('uninstall'), { exitCode: 0 });
    await isPrimarys(t);
    t.strictSame(await ofOthers(), untouched);
  });

  await t.test('uninstall, and RED cannot be stopped', async (t) => {
    await machine.mwan('install');
    await failOver('dsl', 2);
    await machine.run('mv', [NETWORK, '/tmp/network']);
    const laid = await ofOthers();
    t.match(await run('uninstall'), { exitCode: 4, stderr: /nothing is removed/ });
    t.strictSame(await ofOthers(), laid);
    t.ok(await machine.read(ROLE), 'what the primary’s settings are is not forgotten');
    await machine.run('mv', ['/tmp/network', NETWORK]);
    t.match(await run('uninstall'), { exitCode: 0 });
    await isPrimarys(t);
    t.strictSame(await ofOthers(), untouched);
  });
});
