import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { scenario } from './scenario.js';

// They mostly wait.
tap.jobs = 8;

const MINUTE = resolve('cron/minute');

/** Uptimes at which rounds began, in s, by a log that a wrapper keeps. */
async function logRounds(lab: Lab): Promise<() => Promise<number[]>> {
  const log = join(lab.folder, 'rounds');
  await lab.system('rm -f $(command -v mini-mwan)');
  const program = `${process.execPath} ${resolve('dist/mini-mwan.cjs')}`;
  await lab.replace('mini-mwan', `cut -d ' ' -f 1 /proc/uptime >>${log}; exec ${program} "$@"`);
  return async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
}

for (const shell of ['sh', 'busybox ash']) {
  scenario(`rounds until all is settled, then looks that start no round, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 20 });
    const rounds = await logRounds(lab);
    const { ms } = await lab.system(MINUTE, { shell });
    const [first = 0, ...more] = await rounds();
    t.strictSame(
      more.map((time) => Math.round((time - first) / 10)),
      [2],
      'after 20 s, and not after 40 s',
    );
    t.ok(ms < 59_000, 'it ends with the minute');
  });
}

/** Lets the helper run on the settled router at an interval of 2 s, until `work` is done; resolves to the rounds it started. */
async function whileLooking(lab: Lab, shell: string, work: (rounds: () => Promise<number>) => Promise<unknown>) {
  const log = await logRounds(lab);
  await lab.system('mini-mwan check; mini-mwan check; mini-mwan check');
  const before = (await log()).length + 1;
  const rounds = async () => (await log()).length - before;
  const minute = lab.system(`${MINUTE} & echo $! >${lab.folder}/pid; wait`, { shell });
  await until(async () => (await rounds()) === 0);
  await work(rounds);
  await lab.router.run('sh', ['-c', `kill $(cat ${lab.folder}/pid)`]);
  await minute;
}

for (const shell of ['sh', 'busybox ash']) {
  scenario(`what a look sees starts a round at once, in ${shell}`, [{}, {}], async (t, lab) => {
    const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
    await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 2 });
    const left = () => readFile(join(lab.folder, 'run/mini-mwan.status.quiet'), 'utf8').catch(() => '');
    const settled = (words: string) => until(async () => (await left()).includes(words), 12_000);
    await whileLooking(lab, shell, async (rounds) => {
      await sleep(5000);
      t.equal(await rounds(), 0, 'all is as it was');
      await lab.silence(1);
      await until(async () => (await lab.exit()) === 'eth2', 12_000);
      t.pass('a target that is silent');
      await settled('silent eth1 8.8.8.8');
      const before = await rounds();
      await sleep(5000);
      t.equal(await rounds(), before, 'a line that stays dead costs no round');
      await lab.heal(1);
      await until(async () => (await lab.exit()) === 'eth1', 20_000);
      t.pass('a target that answers again, and rounds until it is trusted');
      await settled('answers eth1 1.1.1.1');
      await lab.changeGateway(1);
      await until(async () => lab.reaches(), 8000);
      t.match((await lab.ours()).join(), 'via 100.64.1.254', 'a gateway of which no event tells');
      await settled('FE014064');
      await lab.unplug(2);
      await until(async () => !(await lab.ours()).join().includes('eth2'), 8000);
      t.pass('a cable of which no event tells');
    });
  });

  scenario(`what the last round left is data, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configureAll({ ping_target: '1.1.1.1' });
    await lab.system('mini-mwan check; mini-mwan check');
    const looks = `sed -n '/^knock/p;/^look_at/,/^}/p;/^all_as/,/^}/p' ${MINUTE}`;
    const look = async () =>
      lab.system(`state=/run/mini-mwan.status; sys=/sys/class/net; eval "$(${looks})"; all_as_it_was knock`, { shell });
    t.equal((await look()).exitCode, 0, 'all is as it was');
    const file = join(lab.folder, 'run/mini-mwan.status.quiet');
    const good = await readFile(file, 'utf8');
    for (const bad of [
      '',
      'mini-mwan 2\n',
      good.replace('mini-mwan 1', 'mini-mwan 1 '.repeat(1000)),
      good.replace('link eth1 up', 'link $(touch /run/pwned) up'),
      good.replace('link eth1 up', 'link ../../../run/mini-mwan.status up'),
      good.replace('answers eth1 1.1.1.1', 'answers eth1 `touch /run/pwned`'),
      good.replace('answers eth1 1.1.1.1', 'answers -f -f'),
      good.replace('answers eth1 1.1.1.1', 'answers eth1 1.1.1.1; touch /run/pwned'),
      good.replace('answers', 'touch'),
      good.replace('eth2 00000000', '* 00000000'),
      `${good}silent eth1 1.1.1.1\n`,
    ]) {
      await writeFile(file, bad);
      t.match(String((await look()).exitCode), /^[12]$/, bad.slice(0, 100));
    }
    t.notOk((await lab.system('ls /run')).stdout.includes('pwned'));
    await writeFile(file, good);
    t.equal((await look()).exitCode, 0);
    await lab.router.run('chown', ['1234', file]);
    t.equal((await look()).exitCode, 1, 'somebody else has written it');
    await lab.system(`chown 0 ${file}; mv ${file} ${file}.real; ln -s ${file}.real ${file}`);
    t.equal((await look()).exitCode, 1, 'somebody else has linked it');
    await lab.system(`mv ${file}.real ${file}`);
    t.equal((await look()).exitCode, 0);
    // BusyBox compares whole seconds.
    await lab.router.run('touch', ['-d', '10 seconds ago', file]);
    await lab.configureAll({ ping_target: '1.1.1.1' });
    t.equal((await look()).exitCode, 1, 'a configuration that is newer');
    await lab.system(`rm ${file}`);
    t.equal((await look()).exitCode, 1, 'there is none');
  });
}

for (const shell of ['sh', 'busybox ash']) {
  scenario(`a line that dies at the end of a minute is not for the next one, in ${shell}`, [{}, {}], async (t, lab) => {
    const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
    await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 2 });
    await lab.system('mini-mwan check; mini-mwan check');
    const begun = performance.now();
    const minute = lab.system(MINUTE, { shell });
    await sleep(46_500);
    // A look sees this, and a round begins; a later one must see what comes then.
    await lab.router.ip('route add default via 100.64.2.1 dev eth2 metric 4000');
    await sleep(3000);
    await lab.silence(1);
    await until(async () => (await lab.exit()) === 'eth2', 20_000);
    await minute;
    t.ok(performance.now() - begun < 65_000, 'and the job ends with the minute');
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
