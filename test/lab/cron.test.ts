import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import tap from 'tap';
import { type Lab, until } from './lab.js';
import { scenario } from './scenario.js';

tap.jobs = 5;

const MINUTE = resolve('cron/minute');

/** Uptimes at which rounds began, in s, by a log that a wrapper keeps. */
async function logRounds(lab: Lab): Promise<() => Promise<number[]>> {
  const log = join(lab.folder, 'rounds');
  await lab.system('rm -f $(command -v mini-mwan)');
  const program = `${process.execPath} ${resolve('dist/mini-mwan.mjs')}`;
  await lab.replace('mini-mwan', `cut -d ' ' -f 1 /proc/uptime >>${log}; exec ${program} "$@"`);
  return async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
}

for (const shell of ['sh', 'busybox ash']) {
  scenario(`rounds at the spacing of check_interval, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 20 });
    const rounds = await logRounds(lab);
    const { ms } = await lab.system(MINUTE, { shell });
    const [first = 0, ...more] = await rounds();
    t.strictSame(
      more.map((time) => Math.round((time - first) / 10)),
      [2, 4],
      'after 20 s and 40 s',
    );
    t.ok(ms < 59_000, 'it ends with the minute');
  });
}

scenario('one round is enough for a longer interval, and none before its time', [{}, {}], async (t, lab) => {
  await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 300 });
  const rounds = await logRounds(lab);
  const { ms } = await lab.system(`${MINUTE}; ${MINUTE}`);
  t.equal((await rounds()).length, 1);
  t.ok(ms < 5000);
  await lab.system("sed -i 's/^uptime=.*/uptime=1.00/' /run/mini-mwan.status");
  await lab.system(MINUTE);
  t.equal((await rounds()).length, 2, 'it is time');
  await lab.system("sed -i 's/^uptime=.*/uptime=999999999.00/' /run/mini-mwan.status");
  await lab.system(MINUTE);
  t.equal((await rounds()).length, 3, 'the router has started again');
});

scenario('one round a minute where there is nothing to do, or nothing works', [{}, {}], async (t, lab) => {
  const wan = { wan1: { device: 'eth1', ping_target: '1.1.1.1' } };
  await lab.configure(wan, { enabled: 0 });
  const rounds = await logRounds(lab);
  await lab.system(MINUTE);
  t.equal((await rounds()).length, 1, 'disabled');
  await lab.configure(wan);
  await writeFile(lab.config, 'nonsense');
  const { stderr } = await lab.system(MINUTE);
  t.match(stderr, /line 1: expected config/);
  t.equal((await rounds()).length, 2, 'a configuration that cannot be read');
  await lab.configure(wan, { check_interval: 2 });
  await lab.system('mini-mwan check');
  await lab.system(`sed -i 's/^check_interval=.*/check_interval=0/' /run/mini-mwan.status; mkdir /run/x; ${MINUTE} &
    sleep 4; kill $!`);
  t.ok((await rounds()).length < 8, 'a state file that lies makes no storm');
});

scenario('from a real cron', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const rounds = await logRounds(lab);
  // cron looks root up, and asks PAM; it starts jobs with a PATH of its own.
  await lab.router.run('sh', [
    '-c',
    `cp -r /etc/passwd /etc/group /etc/shadow /etc/pam.d /etc/security ${lab.folder}/etc/`,
  ]);
  // The file that is laid down, with the paths of the lab.
  const shipped = await readFile('cron/mini-mwan', 'utf8');
  const job = shipped.replace('/usr/lib/mini-mwan/minute', MINUTE).replace(/^PATH=/m, `PATH=${lab.bin}:`);
  await lab.system('mkdir -p /etc/cron.d; : >/etc/crontab');
  await writeFile(join(lab.folder, 'etc/cron.d/mini-mwan'), job);
  const cron = lab.system('exec timeout 75 cron -f');
  await until(async () => (await rounds()).length > 0, 65_000);
  await until(async () => (await lab.ours()).length === 2);
  t.equal(await lab.exit(), 'eth1');
  await lab.silence(1);
  await until(async () => (await lab.exit()) === 'eth2', 20_000);
  t.pass('a line that dies is out of use before the next minute');
  await cron;
});
