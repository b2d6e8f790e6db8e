import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { takePrecedence } from '../precedence.js';
import { type Lab, until } from './lab.js';
import { onEachEngine, scenario } from './scenario.js';

takePrecedence();

tap.jobs = 3;

const isFree = async (lab: Lab) =>
  (await lab.router.run('flock', ['-n', `${lab.state}.lock`, 'true'], { reject: false })).exitCode === 0;

// First what waits for a minute.
scenario('a caller waits for the round before, and leaves it to that one in the end', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.replace('logger', `cat >>${lab.folder}/logged`);
  const lock = `${lab.state}.lock`;
  t.equal((await stat(lock)).mode & 0o777, 0o600);
  const holder = lab.router.start('flock', [lock, 'sleep', '100']);
  await until(async () => !(await isFree(lab)));
  t.equal((await lab.mwan('status')).exitCode, 0, 'looking needs no lock');
  t.equal((await lab.mwan('check --dry-run')).exitCode, 0, 'nor does a plan');
  const { exitCode, stderr, ms } = await lab.mwan('check');
  t.equal(exitCode, 3);
  t.match(
    stderr,
    /^mini-mwan: another round has held the lock for 1 min \(pid \d+\); leaving it to that one\n {2}without waiting, .*: ip nexthop flush proto 77; ip route flush proto 77$/,
  );
  t.ok(ms > 59_000 && ms < 75_000, `as long as a round may last: ${ms} ms`);
  t.match(await readFile(`${lab.folder}/logged`, 'utf8'), /^<27>another round has held the lock for /);
  holder.kill('SIGKILL');
});

scenario('ten callers at once make two or three rounds, and the table is right', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.silence(1);
  const results = await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      await sleep(i * 50);
      return lab.mwan('check');
    }),
  );
  t.strictSame(new Set(results.map(({ exitCode }) => exitCode)), new Set([0]));
  t.strictSame(
    results.map(({ stdout }) => stdout).filter(Boolean),
    ['wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8'],
    'one of them sees the edge',
  );
  // A round with a dead line takes 2.6 s: ten in a row would take half a minute.
  t.ok(Math.max(...results.map(({ ms }) => ms)) < 14_000);
  t.equal(await lab.exit(), 'eth2');
});

onEachEngine('a round that is killed leaves no lock', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  await lab.mwan('check');
  await lab.silence(1);
  const [engine = '', ...words] = lab.program;
  const round = lab.router.start(engine, [...words, 'check', '--config', lab.config, '--state', lab.state]);
  let ended = false;
  round.then(() => {
    ended = true;
  });
  while ((await isFree(lab)) && !ended) await sleep(20);
  t.notOk(ended, 'it has the lock');
  round.kill('SIGKILL');
  await round;
  t.ok(await isFree(lab), 'the next one need not wait');
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth2');
});

scenario('without flock, or where no lock can be made, rounds go on', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const hidden = await lab.mwan('check', { hide: ['flock'] });
  t.match(hidden.stderr, /^mini-mwan: no lock against other rounds: flock: not /);
  t.equal(hidden.exitCode, 0);
  t.equal((await lab.mwan('check', { hide: ['flock'] })).stderr, '', 'it is said once');
  await lab.replace('flock', 'echo nonsense; exit 5');
  t.match((await lab.mwan('check')).stderr, /^mini-mwan: no lock against other rounds: flock: exit 5$/);
  await lab.router.run('sh', ['-c', `rm ${lab.state}.lock; ln -s victim ${lab.state}.lock`]);
  t.match((await lab.mwan('check')).stderr, /no lock against other rounds: .*: too many symbolic links/);
  t.equal(await lab.exit(), 'eth1');
});
