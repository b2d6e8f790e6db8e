import tap from 'tap';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import { begin, isOnline, lines, MWAN, ROLE, reach, rest, SECRETS } from './rounds.js';
import type { Values } from './settings.js';
import * as settings from './settings.js';

tap.jobs = 2;

const BINARY = '\u0000\u0001\u007fELF\u0000TYPE=DHCP\n';
const CODE = '$(touch /tmp/pwned)';

tap.test('profiles and settings that cannot be used: it is said, and RED is not touched', async (t) => {
  const m = await IpfireLab.create({ primary: 'STATIC', backups: ['STATIC'] });
  t.teardown(m.remove);
  await begin(m, ['backup1']);
  await rest(m, 0);
  await m.silence(0);
  const before = await lines(m, ETHERNET);
  const good = settings.asText(settings.profile(1, 'STATIC'));
  const text = (values: Values) => settings.asText(values);

  const profiles: [what: string, profile: string | undefined, said: RegExp][] = [
    ['there is none', undefined, /no such profile/],
    ['it is empty', '', /TYPE/],
    ['it is binary', BINARY, /binary/],
    ['S1: a program', `#!/bin/sh\ntouch /tmp/pwned\n`, /TYPE/],
    ['S1: code in a value', good.replace(/IP=.*/, `IP=${CODE}`), /IP/],
    ['a device that is none', good.replace(/DEVICE=.*/, `DEVICE='red1;reboot'`), /DEVICE/],
    ['GREEN’s device', good.replace(/DEVICE=.*/, 'DEVICE=green0'), /GREEN/],
    ['a device that is gone', good.replace(/DEVICE=.*/, 'DEVICE=usb7'), /usb7/],
    [
      'an address in GREEN’s network',
      text({ ...settings.profile(1, 'STATIC'), IP: '192.168.1.7', GATEWAY: '192.168.1.8' }),
      /GREEN/,
    ],
    ['a TYPE that is none', good.replace(/TYPE=.*/, 'TYPE=CARRIER-PIGEON'), /TYPE/],
    [
      'S4: a user that no reader of IPFire’s passes',
      text({ ...settings.profile(1, 'PPPOE'), USERNAME: `x';${CODE}` }),
      /USERNAME/,
    ],
  ];
  for (const [what, profile, said] of profiles) {
    if (profile === undefined) await m.run('rm', [`${MWAN}/profiles/backup1`]);
    else await m.write(`${MWAN}/profiles/backup1`, profile, 0o600);
    const { stdout, stderr } = await m.mwan('check', '--verbose');
    t.match(`${stdout}${stderr}`, said, what);
    t.strictSame(await lines(m, ETHERNET), before, `${what}: RED’s settings`);
    t.equal(await m.whichIsp(), 0);
    t.equal(await m.read(ROLE), undefined);
  }
  await m.write(`${MWAN}/profiles/backup1`, good, 0o600);

  const files: [what: string, text: string, said: RegExp][] = [
    ['it is binary', BINARY, /binary/],
    [
      'S7: names that lead elsewhere',
      'BACKUP_PROFILES="../state/red ../../ppp/settings-1 backup1;id"\n',
      /not the name of a profile/,
    ],
    ['two at a time', 'BACKUP_PROFILES=none\nMODE=multiuplink\n', /one uplink/],
    ['S2: the program’s own words', `PATH=/tmp\nIFS=x\nBACKUP_PROFILES='${CODE}'\n`, /PATH/],
  ];
  for (const [what, settingsText, said] of files) {
    await m.write(`${MWAN}/settings`, settingsText);
    const { stdout, stderr } = await m.mwan('check', '--verbose');
    t.match(`${stdout}${stderr}`, said, `settings: ${what}`);
    t.strictSame(await lines(m, ETHERNET), before);
    t.equal(await m.whichIsp(), 0);
  }
  t.equal(await m.read('/tmp/pwned'), undefined, 'nothing of it has run');

  await t.test('ethernet/settings that the web interface is writing, or that are none', async (t) => {
    await begin(m, ['backup1']);
    const own = (await m.read(ETHERNET)) ?? '';
    for (const broken of ['', BINARY, 'CONFIG_TYPE=1\n']) {
      await m.write(ETHERNET, broken);
      const { stdout, stderr, exitCode } = await m.mwan('check', '--verbose');
      t.equal(exitCode, 3);
      t.match(`${stdout}${stderr}`, /ethernet\/settings says no RED_TYPE/);
      t.equal(await m.read(ETHERNET), broken);
    }
    await m.write(ETHERNET, own);
  });

  await t.test('all of it mended', async () => {
    await begin(m, ['backup1']);
    await reach(m, 1);
    await m.heal(0);
    await rest(m, 0);
  });
});

tap.test(
  'a password with all that a shell, or pppd, would take for something else; what a role file says',
  async (t) => {
    const m = await IpfireLab.create({ primary: 'STATIC', backups: ['PPPOE', 'PPPOE'] });
    t.teardown(m.remove);
    const password = `pa"ss'$(touch /tmp/pwned)\\;#&`;
    await m.write(
      '/etc/lab/ppp/red1.session',
      `100.64.2.50 100.64.2.1 100.64.2.1 9.9.9.9\nuser1@isp.example\n${password}\n`,
    );
    await m.write(
      `${MWAN}/profiles/backup1`,
      `TYPE=PPPOE\nDEVICE=red1\nUSERNAME=user1@isp.example\nPASSWORD="${password.replace(/["\\]/g, '\\$&')}"\n`,
      0o600,
    );
    await m.write('/etc/lab/ppp/red2.session', '100.64.3.50 100.64.3.1 100.64.3.1\nuser2@isp.example\n\n');
    await m.profile('backup2', { TYPE: 'PPPOE', DEVICE: 'red2', USERNAME: 'user2@isp.example' });
    await begin(m, ['backup1', 'backup2'], { FAILBACK_DELAY: 60 });
    await rest(m, 0);
    const before = await lines(m, ETHERNET);
    const modeOf = async () => (await m.run('stat', ['-c', '%a %u:%g', SECRETS])).stdout;
    await m.run('rm', [SECRETS]);
    await m.silence(0);
    const { said } = await reach(m, 1);
    t.notMatch(said, 'touch', 'S3, S4: it is dialled, and told to nobody');
    t.notMatch((await m.sh('cat /var/log/messages /run/mini-mwan.status')).stdout, 'touch');
    t.notMatch(await m.read(PPP), 'touch');
    t.equal(await modeOf(), '600 99:99', 'S3: where there were none');
    t.equal(await m.read('/tmp/pwned'), undefined);

    await m.run('chmod', ['644', SECRETS]);
    await m.silence(1);
    await reach(m, 2);
    t.equal(await m.read(SECRETS), "'user2@isp.example' * ''\n", 'S2: nobody gets the password of another line');
    t.equal(await modeOf(), '600 99:99', 'S3: where anybody could read them');
    await m.heal(0);
    await begin(m, ['backup1', 'backup2']);
    await rest(m, 0);
    t.strictSame(await lines(m, ETHERNET), before);
    t.equal(await m.read(SECRETS), '', 'and nothing is left of them');

    await t.test('what others have written into state/red counts for nothing', async (t) => {
      const role = { holder: 'backup1', primary: { block: { RED_TYPE: 'DHCP', RED_DEV: 'green0' } }, ours: [] };
      await m.write(ROLE, JSON.stringify(role), 0o666);
      await m.run('chown', ['99:99', ROLE]);
      await m.mwan('check');
      await m.write(ROLE, '{"holder": "../x", "primary": 3}', 0o600);
      await m.run('chown', ['0:0', ROLE]);
      await m.mwan('check');
      t.strictSame(await lines(m, ETHERNET), before);
      t.ok(await isOnline(m, 0));
    });
  },
);

tap.test('F1: ppp/settings that are gone, or empty, are no reason to leave a line that works', async (t) => {
  const m = await IpfireLab.create({ primary: 'PPPOE', backups: ['STATIC'] });
  t.teardown(m.remove);
  await begin(m, ['backup1']);
  await rest(m, 0);
  const before = await lines(m, ETHERNET);
  const holds = async (what: string) => {
    t.ok(await isOnline(m, 0), what);
    t.equal(await m.read(ROLE), undefined, what);
    t.strictSame(await lines(m, ETHERNET), before, what);
  };
  // As connscheduler does: it takes the file away, and links another one in its place.
  const { stdout, stderr } = await m.sh(`rm ${PPP}; (sleep 0.3; ln ${PPP}-1 ${PPP}) & mini-mwan check --verbose; wait`);
  t.match(`${stdout}${stderr}`, /no change/);
  t.notMatch(`${stdout}${stderr}`, /has no TYPE/, 'for a moment: it waits');
  await holds('for a moment');

  for (const what of ['empty', 'missing']) {
    await m.sh(`rm ${PPP}; ${what === 'empty' ? `: >${PPP}` : ''}`);
    const { stdout, stderr } = await m.mwan('check', '--verbose');
    t.match(`${stdout}${stderr}`, /the settings of primary cannot be used: it has RED/, what);
    await holds(what);
    await m.run('ln', ['-f', `${PPP}-1`, PPP]);
  }
  await rest(m, 0);
});
