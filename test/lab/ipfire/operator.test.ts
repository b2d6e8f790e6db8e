import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { until } from '../lab.js';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import * as at from './rounds.js';
import { begin, isOnline, reach, rest, traces } from './rounds.js';
import type { LineType } from './settings.js';
import * as settings from './settings.js';

// They mostly wait.
tap.jobs = 4;

async function create(t: Test, primary: LineType, backups: LineType[]): Promise<IpfireLab> {
  const m = await IpfireLab.create({ primary, backups });
  t.teardown(m.remove);
  await begin(m, ['backup1']);
  await rest(m, 0);
  return m;
}

const values = async (m: IpfireLab, path = ETHERNET) => settings.asValues((await m.read(path)) ?? '');
const isActive = async (m: IpfireLab) => (await m.read(`${at.RED}/active`)) !== undefined;

tap.test('settings that change while a backup has RED', async (t) => {
  const m = await create(t, 'STATIC', ['STATIC', 'DHCP']);
  const original = await values(m);

  await t.test('GREEN’s: they stay, whatever RED does', async (t) => {
    await m.silence(0);
    await reach(m, 1);
    const edited = { GREEN_DESCRIPTION: 'pci: another card', BLUE_DEV: 'blue0' };
    await m.edit(ETHERNET, edited);
    await rest(m, 1);
    t.match(await values(m), edited);
    await m.heal(0);
    await reach(m, 0);
    t.strictSame(await values(m), { ...original, ...edited });
  });

  await t.test('S8, F7: RED’s, by setup: it is the primary from now on, and is never overwritten', async (t) => {
    await rest(m, 0);
    await m.silence(0);
    await reach(m, 1);
    // Line 2 is a cable modem: the primary is to be that.
    await m.red('stop');
    await m.setRed(2, 'DHCP');
    await m.red('start');
    const own = await values(m);
    await reach(m, 2);
    await rest(m, 2);
    t.strictSame(await values(m), own);
    t.equal(await m.read(at.ROLE), undefined);
    // And it is what RED comes back to.
    await begin(m, ['backup1']);
    await rest(m, 2);
    await m.silence(2);
    await reach(m, 1);
    await m.heal(2);
    await reach(m, 2);
    t.strictSame(await values(m), own);
  });

  await t.test('without another start: it is said, and the LAN is online by what they say', async (t) => {
    await rest(m, 2);
    await m.silence(2);
    await reach(m, 1);
    await m.heal(0);
    await m.setRed(0, 'STATIC');
    const own = await values(m);
    await reach(m, 0);
    t.strictSame(await values(m), own);
    await rest(m, 0);
  });

  await t.test('while a switch is under way: they are the operator’s', async (t) => {
    await m.heal(2);
    await begin(m, ['same']);
    await m.profile('same', settings.profile(0, 'DHCP'));
    await m.dhcpServer(0, true);
    await rest(m, 0);
    // A stop takes its time, and meanwhile somebody saves what setup asks for.
    await m.write(`${at.HOOKS}/red.down/30-slow`, '#!/bin/sh\ntouch /run/stopping\nsleep 2\n', 0o755);
    await m.lab.isp(1).nft('add rule ip lab cut ip saddr 100.64.1.2 drop');
    const round = m.mwan('check');
    await until(async () => (await m.read('/run/stopping')) !== undefined, 20_000);
    await m.setRed(2, 'DHCP');
    const own = await values(m);
    await round;
    await m.run('rm', [`${at.HOOKS}/red.down/30-slow`]);
    await reach(m, 2);
    t.strictSame(await values(m), own);
    await rest(m, 2);
    t.strictSame(await values(m), own);
  });
});

tap.test('another dial profile', async (t) => {
  const m = await create(t, 'PPPOE', ['PPPOE', 'STATIC']);
  await m.write(
    `${PPP}-3`,
    settings.asText({ ...settings.dialProfile(0, 'PPPOE', 3), PROFILENAME: 'the other contract' }),
  );
  const third = await m.read(`${PPP}-3`);
  await rest(m, 0);
  await m.ppp(0, 'off');
  await m.ppp(0, 'die');
  await reach(m, 1);
  // In the web interface, after a hang-up: profile 3 is the one to dial.
  await m.run('ln', ['-f', `${PPP}-3`, PPP]);
  await m.ppp(0, 'ok');
  await reach(m, 0);
  await rest(m, 0);
  t.equal((await m.sh(`[ ${PPP} -ef ${PPP}-3 ] && echo linked`)).stdout, 'linked');
  t.equal(await m.read(`${PPP}-3`), third);
  t.match(await values(m), { RED_DEV: 'red0', RED_TYPE: 'PPPOE' });
  t.match(await m.read(at.SECRETS), "'user0@isp.example' * 'secret0'");

  await t.test(
    'a backup that is one, on the same card; settings that are no link, as IPFire’s own failover leaves them',
    async (t) => {
      await m.write(
        `${PPP}-2`,
        settings.asText({ ...settings.dialProfile(1, 'PPPOE', 2), PROFILENAME: 'a contract for bad days' }),
      );
      const session = (user: number) => {
        const { USERNAME, PASSWORD } = settings.credentials(user);
        const lines = [`${settings.dialled(0)} ${settings.gateway(0)} ${settings.gateway(0)}`, USERNAME, PASSWORD];
        return m.write('/etc/lab/ppp/red0.session', `${lines.join('\n')}\n`);
      };
      await m.profile('dial', { DIAL_PROFILE: 2 });
      // As it is on IPFire: its own failover, which would do the same again, does not come before ours.
      await m.sh(`cp -p ${PPP}-3 /tmp/ppp; sed -i s/HOLDOFF=1/HOLDOFF=30/ /tmp/ppp; mv /tmp/ppp ${PPP}`);
      await m.sh(`echo "'vpn' * 'by hand'" >>${at.SECRETS}`);
      const files = () =>
        Promise.all([ETHERNET, PPP, `${PPP}-1`, `${PPP}-2`, `${PPP}-3`, at.SECRETS].map((path) => at.lines(m, path)));
      const modes = async () => (await m.run('stat', ['-c', '%a %u:%g %h', PPP, `${PPP}-2`, at.SECRETS])).stdout;
      await begin(m, ['dial'], { FAILBACK_DELAY: 600 });
      await rest(m, 0);
      const before = [await files(), await modes()];

      await session(1);
      await m.ppp(0, 'die');
      const by = async (user: number) =>
        ((await m.read(at.SECRETS))?.startsWith(`'user${user}@`) ?? false) && isOnline(m, 0);
      const isSeen = async () => /^\[dial\][^[]*^status=up$/m.test((await m.read('/run/mini-mwan.status')) ?? '');
      // Where nobody dials for a moment, the primary is judged at once: there is no start to wait for.
      const isWaiting = async () =>
        /"holder": "primary"[\s\S]*"deadline"/.test((await m.read(at.ROLE)) ?? '') && (await isSeen());
      await at.rounds(m, async () => (await isWaiting()) || by(1));
      if (await isWaiting()) await at.giveUp(m);
      await at.rounds(m, () => by(1));
      t.match(await values(m, PPP), { PROFILE: '2', BACKUPPROFILE: '' }, 'F3: no going over by itself');
      t.equal(await m.read(at.SECRETS), "'user1@isp.example' * 'secret1'\n");
      t.match((await modes()).split('\n'), [/ 1$/, / 1$/, /^600 99:99 1$/], 'it is a copy');

      await session(0);
      await begin(m, ['dial']);
      await at.rounds(m, () => by(0));
      await rest(m, 0);
      t.strictSame([await files(), await modes()], before, 'all of it is as it was');
    },
  );
});

tap.test('who hangs up has hung up', async (t) => {
  const m = await create(t, 'PPPOE', ['STATIC']);
  await m.run('/usr/local/bin/redctrl', ['stop']);
  for (let i = 0; i < 3; i++) await m.mwan('check');
  t.notOk(await isActive(m));
  t.equal(await m.whichIsp(), undefined);
  const { stdout, stderr } = await m.mwan('check', '--verbose');
  t.match(`${stdout}${stderr}`, /hung up/);
  await m.run('/usr/local/bin/redctrl', ['start']);
  await rest(m, 0);
  t.equal(await m.read(at.ROLE), undefined);

  await t.test('also a backup that has RED', async (t) => {
    await m.ppp(0, 'off');
    await m.ppp(0, 'die');
    await rest(m, 1);
    await m.run('/usr/local/bin/redctrl', ['stop']);
    await m.run('ip', ['link', 'set', 'dev', 'red1', 'down']);
    for (let i = 0; i < 3; i++) await m.mwan('check');
    t.equal(await m.whichIsp(), undefined);
    await m.run('/usr/local/bin/redctrl', ['start']);
    await reach(m, 1);
    await m.ppp(0, 'ok');
    await begin(m, ['backup1']);
    await rest(m, 0);
  });

  await t.test('who knows better has the primary again at once, and nothing of ours', async (t) => {
    await begin(m, ['backup1'], { FAILBACK_DELAY: 600 });
    await m.silence(0);
    await reach(m, 1);
    await m.heal(0);
    t.match(await m.mwan('restore'), { exitCode: 0 });
    await until(async () => isOnline(m, 0), 30_000);
    t.notMatch(
      (await m.sh('ip route show table all; ip rule; ip addr')).stdout,
      /(lookup|proto|table) 77|100\.64\.2\./,
    );
    await rest(m, 0);
    t.equal(await m.read(at.ROLE), undefined, 'it stays there');
  });
});

/** What line 1 lets in. */
const SESSION = '100.64.2.50 100.64.2.1 100.64.2.1 9.9.9.9\nuser1@isp.example\nnot-to-be-told\n';

tap.test('a dry run, a recording, two rounds at a time', async (t) => {
  const m = await create(t, 'DHCP', ['STATIC', 'PPPOE']);

  await t.test('a hang-up of what is not dialled', async (t) => {
    await m.run('/usr/local/bin/redctrl', ['stop']);
    for (let i = 0; i < 2; i++) await m.mwan('check');
    t.equal(await m.whichIsp(), undefined);
    const { stdout, stderr } = await m.mwan('check', '--verbose');
    t.match(`${stdout}${stderr}`, /hung up/);
    await m.run('/usr/local/bin/redctrl', ['start']);
    await rest(m, 0);
    t.equal(await m.read(at.ROLE), undefined);
  });

  await t.test('a dry run changes nothing', async (t) => {
    await m.silence(0);
    const before = await traces(m);
    const { stdout, stderr } = await m.mwan('check', '--dry-run');
    t.match(`${stdout}${stderr}`, /backup1 is to hold it[\s\S]*not made \(dry run\)/);
    t.equal(await traces(m), before);
    t.equal(await m.whichIsp(), 0);
  });

  await t.test('a recorded round is decided again as it was; no password is in it', async (t) => {
    await m.profile('dialled', { ...settings.profile(1, 'PPPOE'), PASSWORD: 'not-to-be-told' });
    await begin(m, ['backup1', 'dialled']);
    const recorded = await m.mwan('check', '--record', '/tmp/recording');
    const again = await m.mwan('replay', '/tmp/recording');
    t.strictSame([again.stdout, again.stderr, again.exitCode], [recorded.stdout, recorded.stderr, recorded.exitCode]);
    t.match(await m.read('/tmp/recording/decisions.txt'), /RED|write|backup1/);
    t.notMatch((await m.sh('cat /tmp/recording/*')).stdout, 'not-to-be-told');
    await m.heal(0);
    await rest(m, 0);
  });

  await t.test('the same of a line that is dialled; before it, a dry run has shown the commands', async (t) => {
    await m.ppp(1, 'ok');
    await m.write('/etc/lab/ppp/red1.session', SESSION);
    await begin(m, ['dialled'], { FAILBACK_DELAY: 600 });
    await rest(m, 0);
    await m.silence(0);
    const { stderr } = await m.mwan('check', '--dry-run', '--verbose');
    t.match(stderr, /^\[#\] \/etc\/rc\.d\/init\.d\/network stop red$/m);
    t.match(stderr, /^\[#\] # write \/var\/ipfire\/ethernet\/settings .*RED_DEV=red1\b/m);
    t.notMatch(stderr, 'not-to-be-told');
    const recorded = await m.mwan('check', '--record', '/tmp/swap');
    const again = await m.mwan('replay', '/tmp/swap');
    t.strictSame([again.stdout, again.stderr, again.exitCode], [recorded.stdout, recorded.stderr, recorded.exitCode]);
    t.match(await m.read('/tmp/swap/decisions.txt'), /network stop red|write dialled/);
    t.notMatch((await m.sh('cat /tmp/swap/*')).stdout, 'not-to-be-told');
    await reach(m, 1);
    await m.heal(0);
    await begin(m, ['backup1']);
    await rest(m, 0);
  });

  await t.test('S9: a storm of rounds', async (t) => {
    await begin(m, ['backup1']);
    await rest(m, 0);
    await m.silence(0);
    const storm = await Promise.all(Array.from({ length: 6 }, async () => m.mwan('check')));
    t.strictSame([...new Set(storm.map(({ exitCode }) => exitCode))], [0]);
    t.ok(await isOnline(m, 1));
    await sleep(500);
    t.ok(await isOnline(m, 1));
    await m.heal(0);
    await rest(m, 0);
  });

  await t.test('a power cut on the backup, and the backup is what comes up', async (t) => {
    await m.write(`${PPP}-3`, settings.asText(settings.dialProfile(2, 'PPPOE', 3)));
    await m.profile('dial', { DIAL_PROFILE: 3, DEVICE: 'red2' });
    const files = () => Promise.all([ETHERNET, PPP, `${PPP}-3`, at.SECRETS].map((path) => at.lines(m, path)));
    const before = await files();
    for (const [profile, i] of [
      ['backup1', 1],
      ['dial', 2],
    ] as const) {
      await begin(m, [profile]);
      await rest(m, 0);
      await m.silence(0);
      await reach(m, i);
      await m.reboot();
      // By IPFire's own scripts: those of a dialled line are not done when it is there.
      await until(async () => isOnline(m, i), 20_000);
      await rest(m, i);
      await m.heal(0);
      await rest(m, 0);
      t.strictSame(await files(), before);
    }
  });
});
