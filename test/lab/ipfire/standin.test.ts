import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { until } from '../lab.js';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import { type LineType, redBlock } from './settings.js';

// They mostly wait.
tap.jobs = 4;

const RED = '/var/ipfire/red';
const HOOKS = '/etc/rc.d/init.d/networking';
const DHCPCD = '/sbin/dhcpcd';

async function create(t: Test, options: Parameters<typeof IpfireLab.create>[0]): Promise<IpfireLab> {
  const machine = await IpfireLab.create(options);
  t.teardown(machine.remove);
  return machine;
}

const active = async (machine: IpfireLab) => (await machine.read(`${RED}/active`)) !== undefined;
const runs = async (machine: IpfireLab, name: string) => (await machine.processes(name)).length > 0;

/** Stops RED, changes the settings, starts RED. */
async function swap(machine: IpfireLab, i: number, type: LineType): Promise<void> {
  await machine.red('stop');
  await machine.setRed(i, type);
  await machine.red('start');
}

/** Whether RED is line i's, and the LAN online by it. */
async function carries(t: Test, machine: IpfireLab, i: number, what: string): Promise<void> {
  t.ok(await active(machine), `${what}: active`);
  // A dialled line is active before the firewall's hook has run.
  await until(async () => machine.lanOnline());
  t.equal(await machine.whichIsp(), i, `${what}: by its ISP`);
}

tap.test('each type after power on, all swaps by stop, write, start; and nothing of it is on the host', async (t) => {
  const machine = await create(t, { primary: 'STATIC', backups: ['DHCP', 'PPPOE'] });
  await carries(t, machine, 0, 'STATIC');
  const lines = { STATIC: 0, DHCP: 1, PPPOE: 2 };
  for (const type of ['DHCP', 'PPPOE', 'STATIC', 'PPPOE', 'DHCP', 'STATIC'] as const) {
    await machine.red('stop');
    t.notOk(await active(machine));
    t.equal(await machine.read(`${RED}/local-ipaddress`), undefined);
    t.ok(await machine.read(`${RED}/iface`), 'which stays, and is stale');
    t.equal(await machine.whichIsp(), undefined, 'stopped: the LAN gets out by no line');
    await machine.setRed(lines[type], type);
    await machine.red('start');
    await carries(t, machine, lines[type], type);
  }
  for (const type of ['DHCP', 'PPPOE'] as const) {
    await machine.setRed(lines[type], type);
    await machine.reboot();
    await carries(t, machine, lines[type], `${type} after a reboot`);
  }

  for (const path of ['/var/ipfire', '/etc/rc.d', '/usr/local/bin/readhash']) t.notOk(existsSync(path), path);
  t.strictSame(await machine.processes('node'), [], 'it sees only its own processes');
  machine.remove();
  t.equal(await machine.read(ETHERNET), undefined);
  t.notOk(existsSync(machine.lab.folder), 'nothing is left');
});

tap.test('traps of STATIC', async (t) => {
  const machine = await create(t, { primary: 'STATIC', backups: ['DHCP'] });
  await machine.speed({ CARRIER_CHECK: 0.05 });

  await t.test('a second start does no harm', async (t) => {
    await machine.red('start');
    await carries(t, machine, 0, 'started twice');
  });

  await t.test('without a carrier the start blocks, and says that RED is active', async (t) => {
    await machine.red('stop');
    await machine.unplug(0);
    const { ms } = await machine.red('start');
    t.ok(ms > 29 * 50, `it took ${ms} ms`);
    t.ok(await active(machine));
    t.notOk(await machine.lanOnline());
    await machine.plug(0);
    // The kernel may take a second until packets leave by a carrier that has come back.
    await until(async () => machine.lanOnline());
    t.pass('with one, it works as it is');
  });

  await t.test('settings that change before the stop: the old line is not torn down', async (t) => {
    await machine.setRed(1, 'DHCP');
    await machine.red('stop');
    t.match((await machine.run('ip', ['addr', 'show', 'dev', 'red0'])).stdout, 'inet 100.64.1.2/24');
    t.match((await machine.run('ip', ['route'])).stdout, 'default via 100.64.1.1 dev red0');
    await machine.setRed(0, 'STATIC');
    await swap(machine, 0, 'STATIC');
    await carries(t, machine, 0, 'repaired');
  });

  await t.test('on the way down, a dhcpcd of any interface takes RED down', async (t) => {
    await machine.run(DHCPCD, ['-c', '/bin/true', 'red1']);
    await machine.run(DHCPCD, ['-k', 'red1']);
    await carries(t, machine, 0, 'a script of its own');
    await machine.run(DHCPCD, ['red1']);
    // Where its first event was what took RED down, it may come back.
    await machine.sh(`touch ${RED}/active; /etc/rc.d/init.d/firewall up`);
    await carries(t, machine, 0, 'a lease for another interface');
    await machine.run(DHCPCD, ['-k', 'red1']);
    t.notOk(await active(machine));
    t.notOk(await machine.lanOnline());
    await machine.sh(`touch ${RED}/active; /etc/rc.d/init.d/firewall up`);
    await carries(t, machine, 0, 'repaired');
  });

  await t.test('settings with another address of RED: after a reboot the wrong device has its name', async (t) => {
    const { RED_MACADDR: address = '' } = redBlock(0, 'STATIC');
    await machine.edit(ETHERNET, { ...redBlock(1, 'DHCP'), RED_MACADDR: address });
    await machine.reboot();
    t.match((await machine.run('ip', ['link', 'show', 'dev', 'red1'])).stdout, address);
    t.notOk(await machine.lanOnline(), 'no DHCP server at the other line');
    await machine.setRed(0, 'STATIC');
    await machine.reboot();
    await carries(t, machine, 0, 'repaired');
  });

  await t.test('a zone that there is not: it never ends', async (t) => {
    t.match(await machine.run('/etc/rc.d/init.d/network', ['start', 'red0'], { seconds: 0.5 }), { exitCode: 137 });
    t.notOk(await runs(machine, 'network'));
  });

  await t.test('one key with a dash voids all', async (t) => {
    await machine.write('/tmp/hash', "A=1\nB='two words'\nC=$(id)\nD='a;b'\n");
    const heard = async () =>
      (await machine.sh('eval $(/usr/local/bin/readhash /tmp/hash); echo "$A-$B-$C-$D"')).stdout;
    t.equal(await heard(), '1-two words--');
    await machine.write('/tmp/hash', 'A=1\nmy-key=2\n');
    t.equal(await heard(), '---');
    await machine.write('/tmp/hash', '# not x=y\nA=1\n');
    t.equal(await heard(), '---');
  });
});

tap.test('traps of DHCP', async (t) => {
  const machine = await create(t, { primary: 'DHCP', backups: [] });
  await carries(t, machine, 0, 'after power on');

  await t.test('a second start: RED looks offline for ever, though it works', async (t) => {
    await machine.red('start');
    t.notOk(await active(machine));
    t.equal(await machine.read(`${RED}/local-ipaddress`), undefined);
    t.ok(await runs(machine, 'dhcpcd'));
    t.ok(await machine.lanOnline());
    await machine.run(DHCPCD, ['-n', 'red0']);
    await machine.red('restart');
    await carries(t, machine, 0, 'restarted');
  });

  await t.test('a stop waits for dhcpcd, which waits for its hook', async (t) => {
    const hook = `${HOOKS}/red.up/95-trap`;
    await machine.red('stop');
    await machine.write(hook, '#!/bin/sh\ntouch /run/hook\n/etc/rc.d/init.d/network stop red\n', 0o755);
    const start = machine.red('start');
    await until(async () => (await machine.read('/run/hook')) !== undefined);
    await sleep(1000);
    t.ok(await runs(machine, '95-trap'), 'still waiting');
    t.ok(await runs(machine, 'dhcpcd'), 'for each other');
    await machine.write(
      hook,
      '#!/bin/sh\nsetsid -f /etc/rc.d/init.d/network stop red >/dev/null 2>&1 </dev/null\n',
      0o755,
    );
    await machine.reboot();
    t.match(await start, { exitCode: 137 });
    await until(async () => !(await runs(machine, 'dhcpcd')));
    t.notOk(await active(machine), 'detached, it works');
    await machine.run('rm', [hook]);
  });

  await t.test('no lease: no dhcpcd remains, and nobody tries again', async (t) => {
    await machine.dhcpServer(0, false);
    await machine.red('start');
    t.notOk(await runs(machine, 'dhcpcd'));
    await machine.dhcpServer(0, true);
    await sleep(500);
    t.notOk(await active(machine));
  });

  await t.test('a stop without a dhcpcd cleans nothing', async (t) => {
    t.equal((await machine.run(`${HOOKS}/red`, ['stop'])).exitCode, 1);
    t.match((await machine.run('ip', ['link', 'show', 'dev', 'red0'])).stdout, /[<,]UP[,>]/);
    await machine.red('start');
    await carries(t, machine, 0, 'started');
  });

  await t.test('a lost lease takes RED down, and dhcpcd waits for another', async (t) => {
    await machine.dhcpServer(0, false);
    await machine.unplug(0);
    await until(async () => !(await active(machine)));
    await machine.plug(0);
    t.ok(await runs(machine, 'dhcpcd'));
    t.notOk(await machine.lanOnline());
    await machine.dhcpServer(0, true);
    await until(async () => machine.lanOnline(), 20_000);
    await carries(t, machine, 0, 'another lease');
  });
});

tap.test('a modem', async (t) => {
  const machine = await create(t, { primary: 'QMI', backups: [] });
  await carries(t, machine, 0, 'after power on');
  await machine.red('stop');
  t.notOk(await active(machine));
  await machine.ppp(0, 'refuse');
  await machine.red('start');
  t.notOk(await active(machine));
  await machine.ppp(0, 'ok');
  await machine.red('start');
  await carries(t, machine, 0, 'started');
});

tap.test('traps of PPPoE', async (t) => {
  const machine = await create(t, { primary: 'PPPOE', backups: ['STATIC', 'PPPOE'] });
  await carries(t, machine, 0, 'after power on');
  const inode = async (path: string) => (await machine.run('stat', ['-c', '%i', path])).stdout;

  await t.test('the ISP ends the session: connectd dials again', async (t) => {
    await machine.ppp(0, 'die');
    await until(async () => !(await active(machine)));
    await until(async () => machine.lanOnline());
    await carries(t, machine, 0, 'redialled');
  });

  await t.test('a stop ends every pppd', async (t) => {
    const test = ['plugin', 'pppoe.so', 'red2', 'user', 'user2@isp.example', 'ip-up-script', '/bin/true'];
    await machine.run('ip', ['link', 'set', 'red2', 'up']);
    await machine.write('/var/ipfire/ppp/secrets', '\'user2@isp.example\' * "sec\\ret2"\n');
    await machine.sh(`/usr/sbin/pppd ${test.join(' ')} ip-down-script /bin/true >/dev/null 2>&1 &`);
    await until(async () => (await machine.run('ip', ['addr', 'show', 'dev', 'ppp1'])).stdout.includes('100.64.3.50'));
    await carries(t, machine, 0, 'a session with scripts of its own');
    await machine.red('stop');
    t.notOk(await runs(machine, 'pppd'));
    t.equal((await machine.run('ip', ['link', 'show', 'dev', 'ppp1'])).exitCode, 1, 'and its device is gone');
  });

  await t.test('a cut line: RED ends when echoes are lost', async (t) => {
    await machine.setRed(0, 'PPPOE');
    await machine.red('start');
    await carries(t, machine, 0, 'before');
    await machine.unplug(0);
    t.ok(await active(machine), 'not at once');
    t.notOk(await machine.lanOnline());
    await until(async () => !(await active(machine)));
    await machine.plug(0);
    await until(async () => machine.lanOnline());
  });

  await t.test('pppoe-discovery tells whether there is a concentrator, while another line is RED', async (t) => {
    await machine.run('ip', ['link', 'set', 'red2', 'up']);
    const found = async () => (await machine.run('/usr/sbin/pppoe-discovery', ['-I', 'red2'])).exitCode;
    t.equal(await found(), 0);
    await machine.ppp(2, 'off');
    t.equal(await found(), 1);
    await machine.ppp(2, 'ok');
    await machine.unplug(2);
    t.equal(await found(), 1);
    await machine.plug(2);
  });

  await t.test('TYPE in capitals: pppd has no device', async (t) => {
    await machine.red('stop');
    await machine.edit(PPP, { TYPE: 'PPPOE', MAXRETRIES: 1, BACKUPPROFILE: '' });
    await machine.red('start');
    await until(async () => !(await runs(machine, 'connectd')));
    t.notOk(await active(machine));
  });

  await t.test(
    'refused again and again: connectd goes to the backup profile, and settings is linked no more',
    async (t) => {
      await machine.setRed(0, 'PPPOE');
      t.equal(await inode(PPP), await inode(`${PPP}-1`));
      await machine.edit(PPP, { MAXRETRIES: 2, HOLDOFF: 0.1, BACKUPPROFILE: 3 });
      await machine.write(`${PPP}-3`, (await machine.read(PPP))?.replace('secret0', 'secret0b') ?? '');
      await machine.ppp(0, 'refuse');
      await machine.red('start');
      await until(async () => (await machine.read('/var/ipfire/ppp/secrets'))?.includes('secret0b') ?? false);
      t.notOk(await active(machine));
      t.not(await inode(PPP), await inode(`${PPP}-1`));
      await machine.run('pkill', ['-x', 'connectd']);
      await machine.red('stop');
    },
  );

  for (const ended of [false, true]) {
    await t.test(`a swap while it dials, connectd ${ended ? 'ended first' : 'forgotten'}`, async (t) => {
      await machine.setRed(0, 'PPPOE');
      await machine.ppp(0, 'hang');
      const start = machine.red('start');
      const waits = async () => (await machine.read(`${RED}/keepconnected`)) !== undefined;
      await until(async () => (await runs(machine, 'connectd')) && waits());
      // Asleep, for as long as the swap takes.
      await machine.run('pkill', ['-STOP', '-x', 'connectd']);
      if (ended) await machine.run('pkill', ['-KILL', '-x', 'connectd']);
      await swap(machine, 1, 'STATIC');
      await carries(t, machine, 1, 'swapped');
      await machine.run('pkill', ['-CONT', '-x', 'connectd']);
      await start;
      t.equal(await active(machine), ended, 'when it wakes up, it stops what is RED by now');
      t.equal(await machine.lanOnline(), ended);
      await machine.red('stop');
    });
  }
});
