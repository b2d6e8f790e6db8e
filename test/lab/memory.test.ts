import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { expectQuiet, scenario } from './scenario.js';

tap.jobs = 4;

const QUICK = { ping_timeout: 1, ping_count: 1, failure_threshold: 1, recovery_threshold: 1 };
const REAL_IP = '$(PATH=/usr/sbin:/sbin:/usr/bin:/bin command -v ip)';

/** Both WANs, a `notify` program and a syslog; resolves to what each of them has heard. */
async function listen(lab: Lab) {
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS, ...QUICK });
  const [log, notify] = [join(lab.folder, 'logged'), join(lab.folder, 'notified')];
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { notify: join(lab.bin, 'notify') });
  await lab.replace('notify', `echo "$WAN $OLD_STATUS $NEW_STATUS" >>${notify}`);
  const hear = () => lab.replace('logger', `cat >>${log}`);
  await hear();
  const lines = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const forget = async () => {
    for (const file of [log, notify]) await rm(file, { force: true });
  };
  return { hear, forget, logged: () => lines(log), notified: () => lines(notify) };
}

scenario('who kills a round before it has told has the next one tell', [{}, {}], async (t, lab) => {
  const { hear, forget, logged, notified } = await listen(lab);
  await lab.mwan('check');
  await until(async () => (await notified()).length === 2);
  const expectTold = async (what: string, words: string) => {
    await until(async () => (await notified()).length === 1);
    t.strictSame(await notified(), [words], what);
    t.equal((await logged()).filter((line) => line.includes('wan1')).length, 1, `${what}: and syslog, once`);
    await expectQuiet(t, lab);
    t.equal((await notified()).length, 1, `${what}: nor is it told again`);
    await forget();
  };

  await forget();
  await lab.silence(1);
  await lab.replace('ip', `[ "$*" != "-batch -" ] || kill -9 $PPID; exec ${REAL_IP} "$@"`);
  t.equal((await lab.mwan('check')).stdout, '', 'killed as it is about to change the routes');
  t.match((await lab.mwan('status')).stdout, /^last round .* ago, not ended: it goes on, or was killed$/m);
  await rm(join(lab.bin, 'ip'));
  t.match((await lab.mwan('check')).stdout, /^wan1 \(eth1\) down: no reply from 1\.1\.1\.1, 8\.8\.8\.8$/);
  t.equal(await lab.exit(), 'eth2');
  await expectTold('in the middle', 'wan1 up down');

  await lab.heal(1);
  await lab.replace('logger', 'kill -9 $PPID');
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1', 'killed when all is done and saved, and syslog is asked');
  t.strictSame(await notified(), []);
  await hear();
  t.match((await lab.mwan('check')).stdout, /^wan1 \(eth1\) up: /);
  await expectTold('at the end', 'wan1 down up');

  await lab.silence(1);
  await lab.replace('ip', `[ "$*" != "-batch -" ] || kill -9 $PPID; exec ${REAL_IP} "$@"`);
  await lab.mwan('check');
  await rm(join(lab.bin, 'ip'));
  await lab.heal(1);
  t.notMatch((await lab.mwan('check')).stdout, 'wan1', 'what is over before anybody heard of it is no news');
  t.equal(await lab.exit(), 'eth1');
  t.strictSame([await logged(), await notified()], [[], []]);
  await lab.replace('logger', 'exit 1');
  await lab.unplug(1);
  await lab.mwan('check');
  t.equal((await lab.mwan('check')).stdout, '', 'a syslog that does not listen is not told again and again');
});

scenario('whoever waits takes no killed round for one that has ended', [{}, {}], async (t, lab) => {
  await lab.configureAll(QUICK);
  await lab.mwan('check');
  await lab.silence(1);
  const once = join(lab.folder, 'once');
  await lab.replace(
    'ip',
    `[ "$*" != "-batch -" ] || ! mkdir ${once} 2>/dev/null || kill -9 $PPID; exec ${REAL_IP} "$@"`,
  );
  const holder = lab.router.start('flock', [`${lab.state}.lock`, 'sleep', '60']);
  await sleep(200);
  const waiting = [lab.mwan('check'), lab.mwan('check')];
  await sleep(500);
  holder.kill('SIGKILL');
  await lab.router.run('pkill', ['-xf', 'sleep 60'], { reject: false });
  const codes = (await Promise.all(waiting)).map(({ exitCode }) => exitCode);
  t.ok((await readdir(lab.folder)).includes('once'), 'one was killed');
  t.ok(codes.includes(0), 'the other one ran');
  t.equal(await lab.exit(), 'eth2', 'and steered');
  const since = /^begun=(.*)$/m.exec(await readFile(lab.state, 'utf8'))?.[1];
  t.ok(Number(since) > 0);
});

scenario('a configuration that breaks: rounds go on by the last one that could be read', [{}, {}], async (t, lab) => {
  await lab.configureAll(QUICK);
  await lab.mwan('check --dry-run');
  t.notOk((await readdir(lab.folder)).includes('mini-mwan.status.config'), 'a dry run keeps nothing');
  await lab.mwan('check');
  const good = await readFile(lab.config, 'utf8');
  await writeFile(lab.config, `${good}config interface 'wan3\n`);
  await lab.silence(1);
  const { exitCode, stdout, stderr } = await lab.mwan('check');
  t.equal(exitCode, 2);
  t.match(
    stderr,
    /^mini-mwan: .*, line \d+: the quote ' is never closed; going on by the last one that .*\n {2}see: mini-mwan validate$/,
  );
  t.match(stdout, /^wan1 \(eth1\) down: /);
  t.equal(await lab.exit(), 'eth2', 'it fails over');
  t.match(await lab.mwan('check'), { exitCode: 2, stderr: '', stdout: '' }, 'it is said once');
  t.match((await lab.mwan('status')).stdout, /^.*mini-mwan, line .*; going on by the last one that could be read$/m);
  t.match(await lab.mwan('validate'), { exitCode: 2, stderr: /the routes stay as they are until this is mended$/ });
  await lab.heal(1);
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1', 'and back');

  await rm(lab.config);
  await mkdir(lab.config);
  t.match(await lab.mwan('check'), { exitCode: 2, stderr: /cannot be read: it is a directory; going on by/ });
  await rm(lab.config, { recursive: true });
  const routes = await lab.ours();
  t.match(await lab.mwan('check'), { exitCode: 2, stderr: /there is no configuration / }, 'gone is gone');
  t.match(await lab.mwan('check'), { exitCode: 2, stderr: '' }, 'and said once');
  t.match(await lab.mwan('check --verbose'), { stderr: /there is no configuration / }, 'unless somebody asks');
  t.strictSame(await lab.ours(), routes, 'the routes stay');

  await writeFile(lab.config, 'nonsense');
  const kept = `${lab.state}.config`;
  for (const spoil of [`chown 1234 ${kept}`, `rm ${kept}; ln -s ${lab.folder}/good ${kept}`, `rm ${kept}`]) {
    await writeFile(join(lab.folder, 'good'), good);
    await lab.router.run('sh', ['-c', spoil]);
    t.match(
      await lab.mwan('check -v'),
      { exitCode: 2, stderr: /line 1: expected config.*\n {2}the routes stay/ },
      spoil,
    );
  }
  await writeFile(lab.config, good);
  t.match(await lab.mwan('check'), { exitCode: 0, stderr: '' });
  t.equal(await readFile(kept, 'utf8'), good);
  await lab.mwan('check');
  await expectQuiet(t, lab);
});

scenario('cron goes on looking by it', [{}, {}], async (t, lab) => {
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 2 });
  await lab.system('mini-mwan check');
  await writeFile(lab.config, `${await readFile(lab.config, 'utf8')}\nconfig interface 'x\n`);
  const { minute } = await lab.scripts();
  const running = lab.system(`${minute} & echo $! >${lab.folder}/pid; wait`);
  await sleep(5000);
  await lab.silence(1);
  await until(async () => (await lab.exit()) === 'eth2', 12_000);
  await lab.router.run('sh', ['-c', `kill $(cat ${lab.folder}/pid)`]);
  const { stderr } = await running;
  t.equal(stderr.match(/is never closed/g)?.length, 1, 'and says so once');
});

scenario(
  'a state file as another version has left it is read, and what it has more stays',
  [{}, {}],
  async (t, lab) => {
    const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
    await lab.configure({ wan1: wan(1) });
    await lab.mwan('check');
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    for (const form of await readdir('test/state/forms')) {
      const text = await readFile(`test/state/forms/${form}`, 'utf8');
      await writeFile(lab.state, text.replace(/^boot_id=.*$/m, `boot_id=${boot}`));
      t.match(await lab.mwan('check'), { exitCode: 0, stdout: '', stderr: '' }, `${form}: nobody is announced anew`);
      const after = await readFile(lab.state, 'utf8');
      t.match(after, /^status_since_uptime=100\.25\n/m, `${form}: up since then`);
      for (const line of text.match(/^(weather|moons\[\]|colour)=.*\n/gm) ?? []) t.match(after, line, form);
    }
  },
);
