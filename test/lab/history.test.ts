// A sample of all kills. By hand: TORTURE=1 npx tap --timeout 3000 test/lab/history.test.ts for every one of them. SEED=n for another.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { createRandom } from '../random.js';
import { type Lab, until } from './lab.js';
import { NODE } from './program.js';
import { scenario } from './scenario.js';

tap.jobs = 2;

const QUICK = { ping_timeout: 1, ping_count: 1, failure_threshold: 1, recovery_threshold: 1 };
/** What is beside the state file where history is kept. */
const beside = async (lab: Lab) =>
  (await readdir(lab.folder)).filter((name) => /status\.(history|samples)/.test(name)).sort();
const database = (lab: Lab) => `${lab.state}.history`;

async function ask(lab: Lab, sql: string): Promise<string> {
  return (await lab.router.run('sqlite3', [database(lab), sql])).stdout;
}

/** The round that begins a minute writes what waits: so this goes before the first of some rounds, and these end before the next minute. */
async function awaitMinute(): Promise<void> {
  const uptime = async () => Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]);
  await until(async () => (await uptime()) % 60 < 40, 30_000);
}

/** Rounds of the same second are in one bucket. */
async function awaitSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000);
  const now = second();
  await until(async () => second() > now);
}

/** How many samples of WANs there are, whatever became of their buckets. */
async function count(lab: Lab): Promise<number> {
  return Number(await ask(lab, 'SELECT sum(up+degraded+unknown+down+no_gateway+interface_down) FROM lines'));
}

/** It says so in a sentence, and no more. */
async function expectWords(t: Test, lab: Lab, command: string, exitCode: number, words: RegExp, more = {}) {
  const found = await lab.mwan(command, more);
  t.equal(found.exitCode, exitCode, `${command}: ${found.stderr}`);
  t.match(found.stderr, words);
  t.notMatch(found.stderr, /bug in|^ +at /m);
  return found;
}

scenario('what rounds leave, and what is told of it', [{}, {}], async (t, lab) => {
  await awaitMinute();
  await lab.configureAll(QUICK);
  await lab.mwan('check');
  t.strictSame(await beside(lab), [], 'nothing, unless it is asked for');
  await expectWords(t, lab, 'history', 3, /there is no history: no .*\.history\n {2}to keep one: option history '1'/);

  await lab.configureAll(QUICK, { history: 1 });
  await lab.mwan('check');
  await lab.silence(1);
  await awaitSecond();
  await lab.mwan('check');
  await lab.heal(1);
  await awaitSecond();
  await lab.mwan('check');
  t.ok((await beside(lab)).includes('mini-mwan.status.samples'));
  const told = JSON.parse((await lab.mwan('history --transitions --json')).stdout);
  t.strictSame(await beside(lab), ['mini-mwan.status.history'], 'what is asked has the last round in it');
  t.equal(await count(lab), 6);
  t.match(
    told.filter(({ kind }: { kind: string }) => kind === 'transition'),
    [
      {
        timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
        wan_name: 'wan1',
        from: 'up',
        to: 'down',
        words: 'no reply from 1.1.1.1, 8.8.8.8',
        evidence: [
          { target: '1.1.1.1', outcome: 'lost' },
          { target: '8.8.8.8', outcome: 'lost' },
        ],
      },
      { from: 'down', to: 'up', evidence: [{ rtt: Number }, { rtt: Number }] },
    ],
  );
  t.ok(told.some(({ words }: { words: string }) => words === '- default via 100.64.1.1 dev eth1 metric 10'));

  const { data } = JSON.parse((await lab.mwan('history --metrics state --wan wan1 --json')).stdout);
  t.strictSame(
    data.map(({ value }: { value: number }) => value),
    [0, 3, 0],
  );
  const csv = (await lab.mwan('history --csv --metrics rtt')).stdout.split('\n');
  t.equal(csv.length, 1 + 5, 'a line that is silent has no RTT');
  t.match((await lab.mwan('history --summary')).stdout, /^wan1 +state +up 66\.67 %, down 33\.33 %$/m);
  const chart = (await lab.mwan('history --last 100w')).stdout;
  t.match(chart, /^wan1 {2}RTT .* ms\), loss 33\.3 %, up 66\.7 %, down 33\.3 %, 2 transitions$/m);
  // One round may take so much longer than the other that there is a gap behind it.
  t.match(chart, /^ +state │ *━+ *█+ *━+$/m);
  t.notMatch(chart, '\u001b', 'no colour where nobody looks');
  t.equal((await lab.mwan('history --from 1990-01-01 --to 1990-01-02')).stderr, 'nothing is known of that time');
  const page = join(lab.folder, 'page.html');
  await lab.mwan(`history --html ${page}`);
  t.match(await readFile(page, 'utf8'), /<rect class="down" .*<title>down: /);

  for (const [words, complaint] of [
    ['--last 1y', /--last 1y: not a span/],
    ['--last 1h --from 2026-01-01', /contradict/],
    ['--from yesterday', /--from yesterday: not a time/],
    ['--from 2026-01-02 --to 2026-01-01', /before/],
    ['--metrics rtt,x', /there is no x but rtt_ms/],
    ["--wan '", /history knows no WAN ''' but wan1, wan2/],
    ['--summary=1', /takes no value/],
  ] as const)
    await expectWords(t, lab, `history ${words}`, 2, complaint);
  await expectWords(t, lab, 'history --html /nowhere/page', 3, /\/nowhere\/page cannot be written/);
});

scenario(
  'the same on Node, in short',
  [{}],
  async (t, lab) => {
    await lab.configureAll(QUICK, { history: 1 });
    await lab.mwan('check');
    await lab.mwan('check');
    t.match((await lab.mwan('history')).stdout, /^ +state │ *━+$/m);
    t.equal(await count(lab), 2);
  },
  NODE,
);

scenario('what is in its way is said once, and no round minds', [{}, {}], async (t, lab) => {
  const check = async () => {
    const { exitCode, stderr } = await lab.mwan('check');
    t.equal(exitCode, 0);
    return stderr;
  };
  await awaitMinute();
  await lab.configureAll(QUICK, { history: 1 });
  await check();
  await expectWords(t, lab, 'history', 0, /^$/);
  await check();
  const missing = { hide: ['sqlite3'] };
  await expectWords(t, lab, 'history', 3, /the program 'sqlite3' is not there/, missing);
  t.match((await lab.mwan('validate', missing)).stdout, /no history is kept\n {4}.*apt-get install sqlite3/);
  t.match(await beside(lab), [
    'mini-mwan.status.history',
    'mini-mwan.status.history.not-kept',
    'mini-mwan.status.samples.taken',
  ]);

  await check();
  await expectWords(t, lab, 'history', 0, /^$/);
  await expectWords(t, lab, 'history', 0, /^$/);
  t.equal(await count(lab), 6, 'what waited is there');

  await check();
  // Somebody else has it open, and writes.
  const holder = lab.router.start('sh', [
    '-c',
    `(echo 'BEGIN EXCLUSIVE; SELECT 1;'; sleep 60) | sqlite3 ${database(lab)}`,
  ]);
  const isFree = async () =>
    (await lab.router.run('sqlite3', [database(lab), 'BEGIN IMMEDIATE'], { reject: false })).exitCode === 0;
  await until(async () => !(await isFree()));
  await expectWords(t, lab, 'history --summary', 0, /history: sqlite3: database is locked/);
  t.equal(await check(), '');
  await lab.router.run('sh', [
    '-c',
    `ip netns pids ${lab.router.namespace} | while read -r pid; do grep -q '^sqlite3' /proc/$pid/comm && kill $pid; done; true`,
  ]);
  holder.kill('SIGKILL');
  await expectWords(t, lab, 'history --summary', 0, /^$/);
  t.equal(await count(lab), 8, 'of the round meanwhile, too, when it is asked next');

  await ask(lab, 'PRAGMA user_version=7');
  await check();
  await expectWords(t, lab, 'history', 3, /is of another version of mini-mwan; to begin anew: mv /);
  await ask(lab, 'PRAGMA user_version=1');

  await writeFile(database(lab), 'no database, but a text that is long enough to be taken for one '.repeat(100));
  await expectWords(t, lab, 'history', 0, /was damaged .*; it is now .*\.corrupt, and history begins anew/);
  t.ok((await beside(lab)).includes('mini-mwan.status.history.corrupt'));
  t.equal(await check(), '');
  await expectWords(t, lab, 'history', 0, /^$/);

  // A disk that is full, and then is not.
  const script = `mkdir small; mount -t tmpfs -o size=1m none small; s=small/s; run() { "$@" --config ${lab.config} --state $PWD/$s; echo "exit $?"; }
    run "$@" check; dd if=/dev/zero of=small/full bs=1k 2>/dev/null; run "$@" check; run "$@" history; rm small/full; run "$@" check; run "$@" history --summary`;
  const full = await lab.router.run('sh', ['-c', `cd ${lab.folder}; ${script}`, 'sh', ...lab.program], {
    env: { PATH: lab.path },
    reject: false,
  });
  t.notMatch(full.stdout + full.stderr, /bug in|^ +at /m);
  t.match(full.stderr, /^mini-mwan: history: /m);
  t.comment(full.stdout + full.stderr);
  t.match(full.stdout, /wan2 +state +up 100\.00 %\nexit 0$/);
});

scenario('a copy that outlives a restart', [{}], async (t, lab) => {
  const path = join(lab.folder, 'flash', 'history');
  await lab.configureAll(QUICK, { history: 1, history_path: path });
  t.match((await lab.mwan('validate')).stdout, /there is no folder .*flash: history is lost/);
  await lab.mwan('check');
  // The first round that writes has it copied, too.
  const said = () => readFile(`${lab.state}.history.not-copied`, 'utf8').catch(() => '');
  await until(async () => /history: .*flash\/history cannot be written/.test(await said()), 20_000);
  await expectWords(t, lab, 'history --copy', 0, /^$/);
  await lab.router.run('mkdir', [join(lab.folder, 'flash')]);
  await lab.mwan('history');
  await lab.mwan('history --copy');
  t.strictSame(await readdir(join(lab.folder, 'flash')), ['history']);
  await rm(database(lab));
  await lab.mwan('history --copy');
  t.equal(await count(lab), 1, 'it is back');
  // A power cut while it was being written by something else.
  await writeFile(path, (await readFile(path)).fill(7, 2000));
  await rm(database(lab));
  await expectWords(
    t,
    lab,
    'history --copy',
    0,
    /flash\/history is damaged \(.*\); it is now .*history\.corrupt; history begins anew/,
  );
  await lab.mwan('check');
  await lab.mwan('history');
  t.equal(await count(lab), 1, 'and goes on');
});

scenario('killed at a system call, it counts each sample once', [{}], async (t, lab) => {
  await lab.configureAll(QUICK, { history: 1 });
  await awaitMinute();
  for (let i = 0; i < 3; i++) await lab.mwan('check');
  const saved = join(lab.folder, 'saved');
  const names = await beside(lab);
  t.ok(names.includes('mini-mwan.status.samples') && names.includes('mini-mwan.status.history'));
  for (const name of names) await cp(join(lab.folder, name), join(saved, name));
  const reset = async () => {
    for (const name of await beside(lab)) await rm(join(lab.folder, name));
    await cp(saved, lab.folder, { recursive: true });
  };
  const paths = ['.history', '.history-wal', '.history-shm', '.samples', '.samples.taken'].flatMap((end) => [
    '-P',
    lab.state + end,
  ]);
  const traced = (...options: string[]) =>
    lab.router.run(
      'strace',
      ['-f', ...options, ...paths, ...lab.program, 'history', '--config', lab.config, '--state', lab.state],
      {
        env: { PATH: lab.path },
        reject: false,
      },
    );
  const trace = join(lab.folder, 'trace');
  await traced('-o', trace, '-e', 'trace=openat,read,write,pwrite64,rename,unlink,ftruncate,fdatasync,fcntl');
  const calls = [...(await readFile(trace, 'utf8')).matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = '']) => call);
  const numbered = calls.map((call, i) => ({
    call,
    which: calls.slice(0, i + 1).filter((other) => other === call).length,
  }));
  t.ok(numbered.length > 20, `${numbered.length} of them`);
  const random = createRandom(Number(process.env.SEED ?? 1));
  const chosen = process.env.TORTURE === undefined ? random.shuffle(numbered).slice(0, 8) : numbered;
  for (const { call, which } of chosen) {
    await reset();
    await traced('-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${which}`);
    const { exitCode, stderr } = await lab.mwan('history --summary');
    t.match(
      { exitCode, stderr },
      { exitCode: 0, stderr: /^(mini-mwan: history: it is kept again)?$/ },
      `${call} ${which}`,
    );
    t.equal(await count(lab), 3, `${call} ${which}: each is there, and once`);
    t.equal(await ask(lab, 'PRAGMA integrity_check'), 'ok');
    t.ok(!(await beside(lab)).includes('mini-mwan.status.samples.taken'), `${call} ${which}: nothing waits`);
  }
});
