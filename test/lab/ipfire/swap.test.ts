import tap, { type Test } from 'tap';
import { until } from '../lab.js';
import { ETHERNET, IpfireLab, PPP } from './machine.js';
import { begin, configure, isOnline, MWAN, ROLE, reach, rest, rounds, SECRETS, traces } from './rounds.js';
import type { LineType } from './settings.js';
import * as settings from './settings.js';

// They mostly wait.
tap.jobs = 3;

const TYPES: LineType[] = ['STATIC', 'DHCP', 'PPPOE'];
const isDialled = (type: LineType) => type === 'PPPOE' || type === 'QMI';
const modeOf = async (m: IpfireLab, path: string) => (await m.run('stat', ['-c', '%a %u:%g', path])).stdout;
const linkOf = async (m: IpfireLab) => (await m.sh(`[ ${PPP} -ef ${PPP}-1 ] && echo linked`)).stdout;

/**
 * Line 0 falls silent for its primary, RED goes to line i, and back when it is healed; nothing is left of it.
 *
 * @returns of a change without a break, ms from the decision to the first packet that arrives
 */
async function thereAndBack(
  t: Test,
  m: IpfireLab,
  { i, type, primary, profile }: { i: number; type: LineType; primary: LineType; profile: string },
) {
  await begin(m, [profile]);
  await rest(m, 0);
  const before = await left(m, primary);
  const mode = await modeOf(m, ETHERNET);
  const texts = await Promise.all([ETHERNET, PPP, SECRETS].map((path) => m.read(path)));

  // A primary that is dead behind its concentrator, or whose device the backup has, would be tried again at once.
  await configure(m, [profile], { FAILBACK_DELAY: 600 });
  // Without its DHCP client, a stop does nothing.
  if (primary === 'QMI') await m.sh('kill -9 $(cat /run/dhcpcd/red0.pid)');
  if (i === 0) await silencePrimary(m, primary);
  else await m.silence(0);
  const dials = isDialled(type) || isDialled(primary);
  const decision = watchDecision(m);
  const { ms, said } = await rounds(m, async () => (await isRedOf(m, type, i)) && isOnline(m, i));
  t.ok(said.split('network start red').length <= 2, 'it is started once, or not at all');
  // MAX_RETRIES x CHECK_INTERVAL + 20 s, and for those who dial as long as it takes.
  t.ok(ms < (dials ? 60_000 : 24_000), `RED is at line ${i} after ${ms} ms`);
  const pause = await decision.stop();
  const block = settings.asValues((await m.read(ETHERNET)) ?? '');
  t.match(
    block,
    { RED_DEV: `red${i}`, RED_TYPE: redType(type), RED_MACADDR: settings.mac(i) },
    'F2: as IPFire reads it',
  );
  t.match(block, { GREEN_DEV: 'green0', GREEN_DESCRIPTION: 'pci: Ethernet of the LAN' }, 'the rest of it stays');
  if (i > 0 && dials) {
    const { stdout } = await m.run('ip', ['-4', 'addr', 'show', 'dev', 'red0']);
    t.notMatch(stdout, '/24', '2.7: RED was stopped by the settings that it was started with');
  }
  t.equal(await modeOf(m, ETHERNET), mode, 'the web interface can write it, and others what they could');
  t.equal(await modeOf(m, SECRETS), '600 99:99', 'S3: nobody else reads it');
  t.equal(await modeOf(m, ROLE), '600 0:0');
  if (isDialled(primary))
    t.equal(await m.read(`${PPP}-1`), texts[1], 'S6: the operator’s dial profile is not written through its link');
  if (isDialled(type)) {
    t.match(
      settings.asValues((await m.read(PPP)) ?? ''),
      { TYPE: type.toLowerCase(), BACKUPPROFILE: '' },
      'F3: a TYPE that IPFire dials, and no going over by itself',
    );
    t.notMatch(await m.read(PPP), 'secret', 'the password is where pppd looks for it, only');
  }

  await healPrimary(m, primary);
  await m.heal(0);
  await begin(m, [profile]);
  const traffic = m.lab.traffic(0.05);
  await rounds(m, async () => (await isRedOf(m, primary, 0)) && isOnline(m, 0));
  const { lost } = await traffic.stop();
  if (i > 0 && !dials) t.ok(lost <= 40, `make before break: ${lost * 50} ms`);
  await rest(m, 0);
  const after = await Promise.all([ETHERNET, PPP, SECRETS].map((path) => m.read(path)));
  t.strictSame(after.map(sorted), texts.map(sorted), 'the settings are the operator’s, byte for byte');
  if (isDialled(primary)) t.equal(await linkOf(m), 'linked', 'ppp/settings is a link to the same dial profile');
  t.equal(await m.read(ROLE), undefined);
  t.equal(await left(m, primary), before, 'nothing is left');
  return i > 0 && !dials ? [pause] : [];
}

/** Of a failover from the primary: `stop` resolves to ms from the decision, which is written down, to a packet of the LAN's that arrives. */
function watchDecision(m: IpfireLab): { stop(): Promise<number> } {
  const ping = m.lab.client.start('ping', ['-n', '-D', '-i', '0.05', '-W', '1', '1.1.1.1']);
  const decided = until(async () => (await m.read(ROLE)) !== undefined, 60_000).then(() => Date.now());
  return {
    stop: async () => {
      const from = await decided;
      ping.kill();
      const { stdout } = await ping;
      const times = [...stdout.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)].map(([, time]) => 1000 * Number(time));
      return Math.round((times.find((time) => time > from) ?? Number.POSITIVE_INFINITY) - from);
    },
  };
}

/** A primary that has its address by DHCP goes on with our client, and the way that it has told. */
async function left(m: IpfireLab, primary: LineType): Promise<string> {
  const text = await traces(m);
  if (primary !== 'DHCP') return text;
  const known = [
    /^default via 100\.64\.1\.1 dev red0 $/,
    /^100\.64\.1\.1 dev red0 scope link $/,
    /mini-mwan\.lease\.red0/,
    /^rapid_commit=$/,
  ];
  return text
    .split('\n')
    .filter((line) => !known.some((pattern) => pattern.test(line)))
    .join('\n');
}

async function isRedOf(m: IpfireLab, type: LineType, i: number): Promise<boolean> {
  const { RED_TYPE, RED_DEV } = settings.asValues((await m.read(ETHERNET)) ?? '');
  return RED_TYPE === redType(type) && RED_DEV === `red${i}`;
}

/** As ethernet/settings has it. */
const redType = (type: LineType) => (isDialled(type) ? 'PPPOE' : type);

const sorted = (text: string | undefined) => text?.split('\n').sort();

/** Only what the primary's address sends is lost: another line on its device can work. */
async function silencePrimary(m: IpfireLab, type: LineType): Promise<void> {
  if (type === 'PPPOE') {
    await m.ppp(0, 'refuse');
    return m.ppp(0, 'die');
  }
  const from = type === 'STATIC' ? '100.64.1.2' : '100.64.1.64-100.64.1.255';
  await m.lab.isp(1).nft(`add rule ip lab cut ip saddr ${from} drop`);
}

async function healPrimary(m: IpfireLab, type: LineType): Promise<void> {
  await (type === 'PPPOE' ? m.ppp(0, 'ok') : m.heal(0));
}

for (const primary of TYPES) {
  tap.test(`primary ${primary}`, async (t) => {
    const m = await IpfireLab.create({ primary, backups: TYPES });
    t.teardown(m.remove);
    // By hand, for something else: it stays where it is.
    if (primary === 'PPPOE') await m.sh(`echo "'vpn' * 'by hand'" >>${SECRETS}`);
    await m.run('chmod', ['640', ETHERNET]);
    // As long as nothing of ours has run, and IPFire is done.
    await until(async () => (await m.processes('ip-up')).length === 0);
    const untouched = await traces(m);

    const pauses: number[] = [];
    for (const [position, type] of TYPES.entries()) {
      await t.test(`to ${type} on another device, and back`, async (t) => {
        const profile = `backup${position + 1}`;
        pauses.push(...(await thereAndBack(t, m, { i: position + 1, type, primary, profile })));
      });
    }
    // What else the machine does makes one of them slow, not both.
    const allowed = primary === 'PPPOE' ? pauses.length === 0 : Math.min(...pauses) <= 2000;
    t.ok(allowed, `from the decision to the first packet without a break: ${pauses.join(' and ')} ms`);

    const other: LineType = primary === 'STATIC' ? 'PPPOE' : primary === 'DHCP' ? 'STATIC' : 'DHCP';
    await t.test(`to ${other} on the same device, and back`, async (t) => {
      if (other === 'DHCP') await m.dhcpServer(0, true);
      if (other === 'PPPOE') await m.ppp(0, 'ok');
      await m.profile('same', settings.profile(0, other));
      await thereAndBack(t, m, { i: 0, type: other, primary, profile: 'same' });
    });

    await t.test('disabled, nothing is there any more', async (t) => {
      await m.run('rm', [`${MWAN}/enabled`]);
      await m.mwan('check');
      await m.write(`${MWAN}/enabled`, '');
      await m.run('rm', ['-f', `${MWAN}/profiles/same`]);
      await m.mwanSettings({ BACKUP_PROFILES: 'backup1 backup2 backup3' });
      t.equal(await traces(m), untouched);
    });
  });
}

tap.test('a modem by QMI is the backup', async (t) => {
  const m = await IpfireLab.create({ primary: 'STATIC', backups: ['QMI'] });
  t.teardown(m.remove);
  // No /sys says which device is whose in the lab.
  await m.profile('modem', { ...settings.profile(1, 'QMI'), DEVICE: 'red1' });
  await thereAndBack(t, m, { i: 1, type: 'QMI', primary: 'STATIC', profile: 'modem' });
});

tap.test('a modem by QMI is the primary; then it finds no network', async (t) => {
  const m = await IpfireLab.create({ primary: 'QMI', backups: ['STATIC'] });
  t.teardown(m.remove);
  await thereAndBack(t, m, { i: 1, type: 'STATIC', primary: 'QMI', profile: 'backup1' });
  await m.ppp(0, 'refuse');
  await m.run('/sbin/dhcpcd', ['-k', 'red0']);
  await reach(m, 1);
});
