import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { until } from '../lab.js';
import { started } from '../started.js';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import * as at from './rounds.js';
import { begin, giveUp, isOnline, reach, rest, rounds, takeDown } from './rounds.js';
import type { LineType } from './settings.js';

// They mostly wait.
tap.jobs = 4;

async function create(t: Test, primary: LineType, backups: LineType[]): Promise<IpfireLab> {
  const m = await IpfireLab.create({ primary, backups });
  t.teardown(m.remove);
  return m;
}

const check = async (m: IpfireLab, ...more: string[]) => {
  const { stdout, stderr, exitCode, ms } = await m.mwan('check', ...more);
  return { exitCode, ms, said: `${stdout}\n${stderr}` };
};
const isActive = async (m: IpfireLab) => (await m.read(`${at.RED}/active`)) !== undefined;
const runs = async (m: IpfireLab, name: string) => (await m.processes(name)).length > 0;

tap.test('STATIC', async (t) => {
  const m = await create(t, 'STATIC', ['STATIC', 'PPPOE', 'DHCP']);
  const settings = await at.lines(m, ETHERNET);

  await t.test('F1: a healthy line is left alone', async (t) => {
    await begin(m, ['backup1', 'backup3']);
    await rest(m, 0);
    const when = async () => (await m.run('stat', ['-c', '%Y %i', `${at.RED}/active`, ETHERNET])).stdout;
    const before = await when();
    for (let i = 0; i < 2; i++) t.match(await check(m, '--verbose'), { exitCode: 0, said: /no change/ });
    t.equal(await when(), before);
    // Whom a slow machine does not hear in time would be asked a second time.
    await at.configure(m, ['backup1', 'backup3'], { CHECK_HOST: '1.1.1.1' });
    const programs = async () => started((script) => m.sh(script), `${m.lab.program.join(' ')} check`);
    let names = await programs();
    for (let i = 0; i < 4 && names.length > 5; i++) names = await programs();
    t.strictSame(
      names,
      ['flock', 'ip', 'ping', 'ping', 'ping'],
      'it costs a look at the kernel, and a ping for each line',
    );
  });

  await t.test('F8, 2.9: the end of a lease on a line that stands by is nobody’s business', async (t) => {
    await m.dhcpServer(3, false);
    await m.unplug(3);
    await until(async () => (await m.read('/run/mini-mwan.lease.red3')) === '', 20_000);
    t.ok(await isActive(m));
    t.ok(await isOnline(m, 0));
    await m.dhcpServer(3, true);
    await m.plug(3);
  });

  await t.test('no carrier', async (t) => {
    await m.write(`${at.HOOKS}/red.up/31-x`, '#!/bin/sh\n: >/run/wrong\n', 0o644);
    await m.write(`${at.HOOKS}/red.up/32-RS-x`, '#!/bin/sh\necho "$1" >/run/told\n', 0o755);
    const traffic = m.lab.traffic(0.05);
    await m.unplug(0);
    await reach(m, 1);
    const { lost } = await traffic.stop();
    t.ok(lost < 200, `${lost * 50} ms without a line`);
    t.equal(await m.read('/run/told'), 'restart\n', '2.8: hooks hear what IPFire tells them');
    t.equal(await m.read('/run/wrong'), undefined, 'and what cannot be run is passed over');
    t.match(await m.read('/etc/hosts'), '100.64.2.1\tgateway\n');
    await m.sh(`rm ${at.HOOKS}/red.up/3[12]-*`);
    await m.plug(0);
    await reach(m, 0);
    t.strictSame(await at.lines(m, ETHERNET), settings);
  });

  await t.test('the device of a backup is gone while it is RED: another backup, or the primary', async (t) => {
    await begin(m, ['backup1', 'backup3'], { FAILBACK_DELAY: 60 });
    await rest(m, 0);
    await m.silence(0);
    await reach(m, 1);
    await m.sh('ip link set red1 down; ip link set red1 name gone');
    await reach(m, 3, 30_000);
    await begin(m, ['backup1']);
    await m.heal(0);
    await reach(m, 0, 30_000);
    await m.run('ip', ['link', 'set', 'gone', 'name', 'red1']);
    await rest(m, 0);
    t.strictSame(await at.lines(m, ETHERNET), settings);
    t.equal(await m.read(at.ROLE), undefined);
  });

  await t.test('the default route is stolen', async (t) => {
    await begin(m, ['backup1']);
    await rest(m, 0);
    await m.run('ip', ['route', 'replace', 'default', 'via', '100.64.2.1', 'dev', 'red1', 'onlink']);
    await reach(m, 0, 30_000);
    await m.run('ip', ['route', 'del', 'default']);
    await reach(m, 0, 30_000);
    t.equal(await m.read(at.ROLE), undefined, 'it is still the primary’s');
  });

  await t.test('2.9: another dhcpcd ends, and IPFire’s hook takes RED down', async (t) => {
    await m.run('ip', ['link', 'set', 'red3', 'up']);
    await m.run('/sbin/dhcpcd', ['red3']);
    await m.run('/sbin/dhcpcd', ['-k', 'red3']);
    await until(async () => !(await runs(m, 'dhcpcd')) || !(await isActive(m)));
    t.notOk(await isActive(m));
    await reach(m, 0, 30_000);
    t.ok(await isActive(m));
    t.equal(await m.read(at.ROLE), undefined);
  });

  await t.test('the files of RED are gone', async () => {
    await m.sh(`rm -f ${at.RED}/*; ${HOOK_DOWN}`);
    await reach(m, 0, 30_000);
  });

  await t.test('all lines dead: nothing is better; then one of them is healed', async (t) => {
    await begin(m, ['backup1']);
    await rest(m, 0);
    await m.silence(0);
    await m.silence(1);
    t.match(await check(m), { exitCode: 1 });
    t.match(await check(m, '--verbose'), { exitCode: 1, said: /no change/ }, 'F7: to a line that was not tested');
    t.equal(await m.whichIsp(), 0);
    await m.heal(1);
    await reach(m, 1);
    await m.silence(1);
    await m.heal(0);
    await reach(m, 0);
    await m.heal(1);
  });

  await t.test(
    'R21: the backup that has RED fails, too: the next ones; PPP that is refused, and that hangs',
    async (t) => {
      // A line that fell twice would have to prove itself for a minute.
      await begin(m, ['backup1', 'backup2', 'backup3'], { FAILBACK_DELAY: 60 });
      await rest(m, 0);
      await m.silence(0);
      await reach(m, 1);
      for (const what of ['refuse', 'hang'] as const) {
        await m.ppp(2, what);
        await m.silence(1);
        await rounds(m, async () => (await m.read(at.ROLE))?.includes('"begun": true') ?? false);
        const { ms } = await check(m);
        t.ok(ms < 30_000, 'F10: a round does not wait for a start that hangs');
        await giveUp(m);
        await reach(m, 3);
        t.notOk(await runs(m, 'pppd'), 'nobody dials any more');
        t.notOk(await runs(m, 'connectd'));
        await sleep(1000);
        t.ok(await isOnline(m, 3), 'and nobody takes RED down');
        if (what === 'refuse') {
          await m.heal(1);
          await begin(m, ['backup1', 'backup2', 'backup3'], { FAILBACK_DELAY: 60 });
          await reach(m, 1);
        }
      }
      await m.heal(0);
      await m.heal(1);
      await begin(m, ['backup1']);
      await rest(m, 0);
      t.strictSame(await at.lines(m, ETHERNET), settings);
      t.equal(await m.read(PPP), '');
    },
  );

  await t.test('a backup that can be tested only in use gets no lease: the next one', async (t) => {
    await m.profile('same', { TYPE: 'DHCP', DEVICE: 'red0' });
    await begin(m, ['same', 'backup1'], { FAILBACK_DELAY: 60 });
    await rest(m, 0);
    await m.silence(0);
    const { said } = await reach(m, 1);
    t.match(said, /RED_TYPE=DHCP RED_DEV=red0/, 'it was tried');
    t.match(await m.read(ETHERNET), /^RED_DEV=red1$/m);
    t.notOk(await runs(m, 'dhcpcd'));
    await m.run('rm', [`${at.MWAN}/profiles/same`]);
    await m.heal(0);
    await begin(m, ['backup1']);
    await rest(m, 0);
    t.strictSame(await at.lines(m, ETHERNET), settings);
  });

  await t.test('the disk is full', async (t) => {
    await rest(m, 0);
    await m.sh('cat /dev/zero >/var/ipfire/full 2>/dev/null');
    await m.silence(0);
    const { said, exitCode } = await check(m);
    t.match(said, /space/i);
    t.equal(exitCode, 4);
    t.strictSame(await at.lines(m, ETHERNET), settings, 'nothing is lost');
    t.equal(await m.whichIsp(), 0, 'and RED is not touched');
    await m.run('rm', ['/var/ipfire/full']);
    await reach(m, 1);
    await m.heal(0);
    await reach(m, 0);
  });
});

const HOOK_DOWN = `${at.HOOKS}/red.down/20-firewall`;

tap.test('DHCP', async (t) => {
  const m = await create(t, 'DHCP', ['STATIC', 'PPPOE']);

  await t.test('2.7: RED is taken down while its dhcpcd goes on: no second start', async (t) => {
    await begin(m, ['backup1']);
    await rest(m, 0);
    await takeDown(m);
    await reach(m, 0, 30_000);
    t.ok(await isActive(m));
    t.equal((await m.processes('dhcpcd')).length, 1);
  });

  await t.test('F5: the lease is lost, and the server gone', async (t) => {
    await m.dhcpServer(0, false);
    await m.unplug(0);
    await until(async () => !(await isActive(m)), 20_000);
    await m.plug(0);
    t.notOk(await m.lanOnline());
    await reach(m, 1);
    await m.dhcpServer(0, true);
    await reach(m, 0);
    await rest(m, 0);
  });

  await t.test('2.9: what becomes of the primary’s lease is nobody’s business while the backup has RED', async (t) => {
    await m.silence(0);
    await reach(m, 1);
    await m.dhcpServer(0, false);
    await m.unplug(0);
    await until(async () => (await m.read('/run/mini-mwan.lease.red0')) === '', 20_000);
    await sleep(500);
    t.ok(await isOnline(m, 1), 'without another round');
    await m.dhcpServer(0, true);
    await m.plug(0);
    await m.heal(0);
    await rest(m, 0);
  });

  await t.test('no dhcpcd runs for RED: nobody but we would try again', async () => {
    // It has fallen twice by now.
    await begin(m, ['backup1']);
    await rest(m, 0);
    await m.sh('kill -9 $(cat /run/dhcpcd/red0.pid)');
    await takeDown(m);
    await m.run('ip', ['addr', 'flush', 'dev', 'red0']);
    await reach(m, 0);
  });

  await t.test('the backup has its lease from us, and another address some day', async (t) => {
    const n = await create(t, 'STATIC', ['DHCP']);
    await begin(n, ['backup1']);
    await rest(n, 0);
    await n.silence(0);
    await reach(n, 1);
    t.match(await n.read('/run/dns1'), '100.64.2.1', 'the provider’s name server goes with the line');
    const address = async () => (await n.read(`${at.RED}/local-ipaddress`)) ?? '';
    const old = await address();
    await n.dhcpServer(1, false);
    await n.unplug(1);
    await n.dhcpServer(1, true, 200);
    await n.plug(1);
    await rounds(n, async () => /^100\.64\.2\.2\d\d$/.test(await address()), 30_000);
    await rest(n, 1);
    const { stdout } = await n.sh('ip addr; ip rule; ip route show table all');
    t.notMatch(stdout, old, 'nothing is left of the old one');
    t.match(stdout, await address());
  });
});

tap.test('PPPOE', async (t) => {
  const m = await create(t, 'PPPOE', ['STATIC', 'DHCP']);
  const settings = await at.lines(m, ETHERNET);

  await t.test('the session ends, and IPFire dials again in time: that is no failover', async (t) => {
    await begin(m, ['backup1'], { CHECK_INTERVAL: 15 });
    await rest(m, 0);
    await m.ppp(0, 'die');
    await until(async () => !(await isActive(m)));
    await check(m);
    t.equal((await m.read(at.ROLE))?.includes('"holder": "primary"') ?? true, true, 'it waits');
    await reach(m, 0);
    await rest(m, 0);
    t.equal(await m.read(at.ROLE), undefined);
  });

  await t.test('F5: it ends for good', async (t) => {
    await begin(m, ['backup1']);
    await rest(m, 0);
    await m.ppp(0, 'off');
    await m.ppp(0, 'die');
    await until(async () => !(await isActive(m)));
    await reach(m, 1);
    await until(async () => !(await runs(m, 'connectd')));
    t.notOk(await runs(m, 'connectd'), 'F8: it has no part in STATIC');
    await m.ppp(0, 'ok');
    await rest(m, 0);

    // A concentrator that answers is not yet a line.
    await begin(m, ['backup1'], { FAILBACK_DELAY: 60 });
    await rest(m, 0);
    await m.ppp(0, 'refuse');
    await m.ppp(0, 'die');
    await until(async () => !(await isActive(m)));
    await reach(m, 1);
    for (let i = 0; i < 2; i++) {
      await check(m);
      t.ok(await isOnline(m, 1), 'it does not go to and fro');
    }
    await m.ppp(0, 'ok');
    await begin(m, ['backup1']);
    await rest(m, 0);
    t.strictSame(await at.lines(m, ETHERNET), settings);
  });

  await t.test(
    '2.10: a connectd that still dials wakes up behind the swap; S5: what only has its name lives',
    async (t) => {
      await m.speed({ CONNECTD_CHECK: 2 });
      await begin(m, ['backup1'], { FAILBACK_DELAY: 600 });
      await m.run('sh', ['-c', 'tail -f /etc/rc.d/init.d/connectd /etc/init.d/connectd >/dev/null 2>&1 &']);
      await m.ppp(0, 'hang');
      await m.ppp(0, 'die');
      await until(async () => !(await isActive(m)));
      await until(async () => runs(m, 'connectd'));
      await reach(m, 1);
      await sleep(3000);
      t.ok(await isOnline(m, 1), 'without another round');
      t.ok(await runs(m, 'tail'));
      await m.run('pkill', ['-x', 'tail']);
      await m.speed({ CONNECTD_CHECK: 0.2 });
      await m.ppp(0, 'ok');
      await begin(m, ['backup1']);
      await rest(m, 0);
    },
  );
});

tap.test('scripts that hang, fail or are missing', async (t) => {
  const m = await create(t, 'STATIC', ['PPPOE', 'DHCP']);
  const settings = await at.lines(m, ETHERNET);
  await begin(m, ['backup1']);
  await rest(m, 0);

  await t.test('no dhcpcd: that line is left out, and the others are tested', async (t) => {
    await m.sh(': >/tmp/none; mount --bind /tmp/none $(readlink -f /sbin/dhcpcd)');
    await begin(m, ['backup2', 'backup1']);
    t.match((await check(m)).said, /dhcpcd .*red2: refused\n *not found/);
    t.match((await m.mwan('status')).stdout, /^backup2 +no link.*\nbackup1 +up/m);
    t.ok(await isOnline(m, 0));
    await m.sh('umount $(readlink -f /sbin/dhcpcd)');
    await begin(m, ['backup1']);
    await rest(m, 0);
  });

  await t.test('missing', async (t) => {
    await m.run('mv', [at.NETWORK, '/tmp/network']);
    await m.silence(0);
    const { said, exitCode } = await check(m);
    t.match(said, /network stop red: .*not found/);
    t.equal(exitCode, 4);
    t.strictSame(await at.lines(m, ETHERNET), settings);
    await m.run('mv', ['/tmp/network', at.NETWORK]);
    await m.heal(0);
    await rest(m, 0);
  });

  await t.test('a stop that never ends', async (t) => {
    const text = (await m.read(at.NETWORK)) ?? '';
    const hanging = text.replace(
      'start | stop) all $action ;;',
      'start) all start ;;\n\tstop) all stop; sleep 1000 ;;',
    );
    t.not(hanging, text);
    await m.write(at.NETWORK, hanging);
    await m.silence(0);
    const [program = '', ...words] = m.lab.program;
    const { stdout, stderr } = await m.run(program, [...words, 'check'], { seconds: 150 });
    t.match(`${stdout}${stderr}`, /network stop red: /);
    await m.write(at.NETWORK, text);
    await until(async () => isOnline(m, 1), 30_000);
    await m.heal(0);
    await rest(m, 0);
    t.strictSame(await at.lines(m, ETHERNET), settings);
  });
});
