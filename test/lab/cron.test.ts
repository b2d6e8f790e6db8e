import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { takePrecedence } from '../precedence.js';
import { type Lab, TARGETS, until } from './lab.js';
import { scenario } from './scenario.js';

takePrecedence();

// They mostly wait.
tap.jobs = 8;

/** cron's helper, and the uptimes at which it began rounds, in s. Each round begins with `first`, a shell command. */
async function helper(lab: Lab, first = ':') {
  const log = join(lab.folder, 'rounds');
  const round = `cut -d ' ' -f 1 /proc/uptime >>${log}; ${first}; exec ${lab.program.join(' ')} "$@"`;
  await lab.replace('logged', round);
  const { minute } = await lab.scripts([join(lab.bin, 'logged')]);
  const rounds = async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  return { minute, rounds };
}

// First what takes longest.
scenario('from a real cron', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const { minute, rounds } = await helper(lab);
  await lab.system('mkdir -p /etc/cron.d; : >/etc/crontab');
  // cron looks root up, and asks PAM; it starts jobs with a PATH of its own.
  await lab.router.run('sh', [
    '-c',
    `cp -r /etc/passwd /etc/group /etc/shadow /etc/pam.d /etc/security ${lab.folder}/etc/`,
  ]);
  // The file that is laid down, with the paths of the lab.
  const shipped = await readFile('cron/mini-mwan', 'utf8');
  const job = shipped.replace('/usr/lib/mini-mwan/minute', minute).replace(/^PATH=/m, `PATH=${lab.bin}:`);
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

for (const shell of ['sh', 'busybox ash']) {
  scenario(`rounds, check_interval apart, until the minute is over, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 20 });
    const { minute, rounds } = await helper(lab);
    const { ms } = await lab.system(minute, { shell });
    const [first = 0, ...more] = await rounds();
    t.strictSame(
      more.map((time) => Math.round((time - first) / 10)),
      [2, 4],
    );
    t.ok(ms < 59_500, `it ends with the minute: ${ms} ms`);
  });
}

for (const shell of ['busybox ash']) {
  scenario(`what happens between two minutes is seen, in ${shell}`, [{}, {}], async (t, lab) => {
    const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
    await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 2 });
    const { minute } = await helper(lab);
    const running = lab.system(`${minute} & echo $! >${lab.folder}/pid; wait`, { shell });
    await until(async () => (await lab.ours()).length === 2);
    await lab.silence(1);
    await until(async () => (await lab.exit()) === 'eth2', 8000);
    t.pass('a target that is silent');
    await lab.heal(1);
    await until(async () => (await lab.exit()) === 'eth1', 10_000);
    t.pass('a line that answers again');
    await lab.changeGateway(1);
    await until(async () => lab.reaches(), 4000);
    t.match((await lab.ours()).join(), 'via 100.64.1.254', 'a gateway of which no event tells');
    await lab.unplug(2);
    await until(async () => !(await lab.ours()).join().includes('eth2'), 4000);
    t.pass('a cable of which no event tells');
    const written = async () => readFile(join(lab.folder, 'run/mini-mwan.status'), 'utf8');
    const before = await written();
    await until(async () => (await written()) !== before, 3000);
    t.pass('and the state is never older than check_interval');
    await lab.router.run('sh', ['-c', `kill $(cat ${lab.folder}/pid)`]);
    await running;
  });

  scenario(`a round that takes longer than check_interval, in ${shell}`, [{}, {}], async (t, lab) => {
    await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 2 });
    await lab.system('mini-mwan check');
    const { minute, rounds } = await helper(lab, 'sleep 5');
    const running = lab.system(`${minute} & echo $! >${lab.folder}/pid; wait`, { shell });
    await sleep(14_000);
    await lab.router.run('sh', ['-c', `kill $(cat ${lab.folder}/pid)`]);
    await running;
    const times = await rounds();
    t.ok(times.length >= 2 && times.length <= 3, `${times.length} rounds`);
    for (const [i, time] of times.slice(1).entries()) t.ok(time - (times[i] ?? 0) >= 5, 'one at a time');
  });
}

for (const shell of ['busybox ash']) {
  scenario(`a line that dies at the end of a minute is not for the next one, in ${shell}`, [{}, {}], async (t, lab) => {
    const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
    await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 2 });
    await lab.system('mini-mwan check');
    const { minute } = await lab.scripts();
    // By its own clock, and without its output, which the last round keeps open.
    const clock = 'read -r now rest </proc/uptime; echo $now';
    const running = lab.system(`${clock}; ${minute} >/dev/null 2>&1; ${clock}`, { shell });
    await sleep(55_500);
    await lab.silence(1);
    await until(async () => (await lab.exit()) === 'eth2', 8000);
    const [begun = 0, ended = 0] = (await running).stdout.split('\n').map(Number);
    t.ok(begun > 0 && ended - begun < 60, `and the job ends with the minute: ${ended - begun} s`);
  });
}

scenario('a round that hangs', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  // Its arguments say whose it is, as those of a Node that hangs.
  await lab.replace('hangs', `echo $$ >>$0.pids; exec tail -f ${lab.config}`);
  const { minute, functions } = await lab.scripts([join(lab.bin, 'hangs')]);
  // A minute of 5 s, and a patience of 3.
  const short = (await readFile(minute, 'utf8')).replace('-lt 60', '-lt 5').replaceAll(/is_past 58/g, 'is_past 4');
  await writeFile(minute, short);
  const impatient = (await readFile(functions, 'utf8')).replace('-lt 150', '-lt 3').replace('sleep 5', 'sleep 1');
  await writeFile(functions, impatient);
  const { ms } = await lab.system(`timeout 20 ${minute}`);
  t.ok(ms < 7000, `holds up neither the helper nor cron: ${ms} ms`);
  const pids = (await readFile(join(lab.bin, 'hangs.pids'), 'utf8')).trim().split('\n');
  t.equal(pids.length, 1, 'no other one is started beside it');
  await until(
    async () => (await lab.router.run('kill', ['-0', pids[0] ?? ''], { reject: false })).exitCode !== 0,
    6000,
  );
  t.pass('it is killed');
});

scenario('a first round that hangs, while the clock jumps beyond the minute', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.replace('hangs', `exec tail -f ${lab.config}`);
  const { minute } = await lab.scripts([join(lab.bin, 'hangs')]);
  // A clock that stands still for 4 s, and then is at 63 s: the machine has slept.
  const clock = 'clock() { n=$((n + 1)); now=1000; [ "$n" -lt 5 ] || now=1063; }';
  await writeFile(minute, (await readFile(minute, 'utf8')).replace(/^clock\(\).*$/m, clock));
  for (const shell of ['sh', 'busybox ash']) {
    const { ms } = await lab.system(`timeout 20 ${shell} ${minute} >/dev/null 2>&1`);
    t.ok(ms < 15_000, `${shell}: it ends: ${ms} ms`);
  }
  await lab.router.run('pkill', ['-f', `tail -f ${lab.config}`], { reject: false });
});

scenario('a round in whose way another one is', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.system('mini-mwan check');
  // As whoever has waited for the lock in vain.
  const { minute, rounds } = await helper(lab, '[ -e $0.once ] || { : >$0.once; echo held >&2; exit 3; }');
  await lab.system("sed -i 's/^check_interval=.*/check_interval=2/' /run/mini-mwan.status");
  await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 2 });
  const running = lab.system(`${minute} & echo $! >${lab.folder}/pid; wait`);
  await until(async () => (await rounds()).length >= 3, 20_000);
  await lab.router.run('sh', ['-c', `kill $(cat ${lab.folder}/pid)`]);
  t.equal((await running).stderr, 'held', 'the rest of the minute is not lost');
});

/** Pings that were sent so far. */
async function countPings(lab: Lab): Promise<() => Promise<number>> {
  const log = join(lab.folder, 'pings');
  await lab.replace('ping', `echo >>${log}; PATH=/usr/sbin:/usr/bin:/sbin:/bin exec ping "$@"`);
  return async () => (await readFile(log, 'utf8').catch(() => '')).length;
}

scenario(
  'of a longer interval, nothing is probed before its time, and looks leave no trace',
  [{}, {}],
  async (t, lab) => {
    const pings = await countPings(lab);
    await lab.configure({ wan1: { device: 'eth1', ping_target: '1.1.1.1' } }, { check_interval: 300 });
    const { minute, rounds } = await helper(lab);
    await lab.system(minute);
    t.equal(await pings(), 1);
    const files = async () => (await lab.system('cat /run/mini-mwan.status /run/mini-mwan.status.json')).stdout;
    const left = await files();
    const looks = await lab.system(`${minute}; ${minute}; mini-mwan check --if-due -v`);
    t.match(looks, { stdout: '', stderr: 'nothing has changed since the last round, and the next one is not due' });
    t.ok(looks.ms < 8000, `${looks.ms} ms`);
    t.strictSame([await pings(), (await rounds()).length], [1, 3], 'each minute there is a look, and no probe');
    t.equal(await files(), left, 'what says how old it is stays true');
    t.equal((await lab.system('mini-mwan status --check')).exitCode, 0);

    const AGES: [uptime: string, why: string][] = [
      ['1.00', 'it is time'],
      ['999999999.00', 'the router has started again'],
      ['$(($(cut -d. -f1 /proc/uptime) - 297)).00', 'its time comes within this minute'],
    ];
    for (const [i, [uptime, why]] of AGES.entries()) {
      await lab.system(`sed -i "s/^uptime=.*/uptime=${uptime}/" /run/mini-mwan.status; ${minute}`);
      t.equal(await pings(), i + 2, why);
    }
    await lab.system('mini-mwan check');
    t.equal(await pings(), 5, 'by hand it always probes');
    // A round that was killed half-way, or that went wrong, says nothing of what is left.
    for (const [i, key] of ['fingerprint', 'exit_code'].entries()) {
      await lab.system(`sed -i 's/^${key}=.*/${key}=3/' /run/mini-mwan.status; ${minute}`);
      t.equal(await pings(), i + 6, key);
    }
  },
);

scenario('whatever the interval, what no event tells of is seen within a minute', [{}, {}], async (t, lab) => {
  const pings = await countPings(lab);
  const wan = (i: number, metric = 10 * i) => ({ device: `eth${i}`, metric, ping_target: TARGETS });
  const configure = (first: number) => lab.configure({ wan1: wan(1, first), wan2: wan(2) }, { check_interval: 300 });
  await configure(10);
  const { minute } = await lab.scripts();
  const cron = () => lab.system(minute);
  await cron();
  t.equal(await lab.exit(), 'eth1');

  await lab.changeGateway(1);
  t.notOk(await lab.reaches(), 'ours leads to the gateway that was');
  await cron();
  t.ok(await lab.reaches(), 'a renewal with another gateway');
  t.match((await lab.ours()).join(), 'via 100.64.1.254 dev eth1');
  await lab.unplug(1);
  t.notOk(await lab.reaches());
  await cron();
  t.equal(await lab.exit(), 'eth2', 'the cable of a static WAN');
  t.ok(await lab.reaches());

  await lab.plug(1);
  // The kernel may take a second until packets leave by a carrier that has come back.
  const ping = ['-n', '-c', '1', '-W', '1', '-I', 'eth1', '100.64.1.254'];
  await until(async () => (await lab.router.run('ping', ping, { reject: false })).exitCode === 0);
  await cron();
  const sent = await pings();
  for (let i = 0; i < 3; i++) await cron();
  t.equal(await pings(), sent, 'a look is no good round');
  t.equal(await lab.exit(), 'eth2');
  t.match((await lab.system('mini-mwan status')).stdout, /^wan1 +down .*answering again, 1 of 3 good rounds$/m);
  await lab.router.ip('route flush proto 77');
  await cron();
  t.match((await lab.ours()).join(), 'eth2', 'routes that somebody removed');
  await configure(30);
  await lab.silence(2);
  await cron();
  t.equal(await lab.exit(), 'eth1', 'another configuration: all is probed anew');
  t.ok(await lab.reaches());
});

scenario('one round a minute where there is nothing to do, or nothing works', [{}, {}], async (t, lab) => {
  const wan = { wan1: { device: 'eth1', ping_target: '1.1.1.1' } };
  await lab.configure(wan, { enabled: 0 });
  const { minute, rounds } = await helper(lab);
  await lab.system(minute);
  t.equal((await rounds()).length, 1, 'disabled');
  await lab.configure(wan);
  await writeFile(lab.config, 'nonsense');
  const { stderr } = await lab.system(minute);
  t.match(stderr, /line 1: expected config/);
  t.equal((await rounds()).length, 2, 'a configuration that cannot be read');
  await lab.configure(wan, { check_interval: 2 });
  await lab.system('mini-mwan check');
  await lab.system(`sed -i 's/^check_interval=.*/check_interval=0/' /run/mini-mwan.status; mkdir /run/x; ${minute} &
    sleep 4; kill $!`);
  t.ok((await rounds()).length < 8, 'a state file that lies makes no storm');
});
