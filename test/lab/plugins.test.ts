import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap from 'tap';
import { type Lab, TARGETS, until } from './lab.js';
import { onEachEngine, scenario } from './scenario.js';

// They mostly wait.
tap.jobs = 4;

type Options = Record<string, string | number>;

/** Both WANs, of which one lost packet is enough, and these plugins. */
async function configure(lab: Lab, plugins: Record<string, Options>, settings: Options = {}) {
  await lab.configureAll({ ping_target: TARGETS, ping_count: 1, ping_timeout: 1, failure_threshold: 1 }, settings);
  const sections = Object.entries(plugins).map(([name, options]) => {
    const lines = Object.entries(options).map(([option, value]) => `\toption ${option} '${value}'\n`);
    return `config plugin '${name}'\n${lines.join('')}\n`;
  });
  await writeFile(lab.config, `${await readFile(lab.config, 'utf8')}\n${sections.join('\n')}`);
}

/** A plugin that writes down what it reads, and some of its variables, a line each time. */
async function recorder(lab: Lab, name: string) {
  const log = join(lab.folder, `${name}.log`);
  await lab.replace(name, `read -r json; echo "$json|$TEXT|$COLOUR" >>${log}`);
  const lines = async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return {
    program: join(lab.bin, name),
    /** What it was told since the last time, once it is so much. */
    heard: async (count: number) => {
      await until(async () => (await lines()).length >= count, 20_000);
      const found = await lines();
      await writeFile(log, '');
      return found.map((line) => {
        const [json = '', text, colour] = line.split('|');
        return { ...JSON.parse(json), text_too: text, colour };
      });
    },
  };
}

/** What an alert is about. */
const keysOf = (told: { key: string; state: string }[]) => told.map(({ key, state }) => `${state} ${key}`);

scenario('alerts at edges, an end for each beginning, also behind a kill', [{}, {}], async (t, lab) => {
  const [all, grave] = [await recorder(lab, 'all'), await recorder(lab, 'grave')];
  const alert = { type: 'alert', program: all.program };
  await configure(lab, {
    all: { ...alert, colour: 'red $(x)' },
    grave: { type: 'alert', program: grave.program, level: 'critical' },
  });
  await lab.mwan('check');
  await lab.silence(1);
  await lab.mwan('check');
  await lab.mwan('check');
  t.match(await all.heard(1), [
    {
      key: 'wan-down:wan1',
      state: 'begin',
      level: 'error',
      wan: 'wan1',
      device: 'eth1',
      from: 'up',
      to: 'down',
      reason: 'no reply from 1.1.1.1, 8.8.8.8',
      time: Number,
      host: (await lab.router.run('hostname', [])).stdout,
      duration_s: null,
      text_too: 'wan1 (eth1) down: no reply from 1.1.1.1, 8.8.8.8',
      colour: 'red $(x)',
    },
  ]);
  await lab.silence(2);
  await lab.mwan('check --dry-run');
  await lab.mwan('check');
  t.strictSame(keysOf(await all.heard(2)).sort(), ['begin no-wan-up', 'begin wan-down:wan2']);
  t.match(await grave.heard(1), [{ key: 'no-wan-up', level: 'critical', wan: null }]);

  await lab.heal(2);
  // As if the round had been killed before it told anybody: its state is there, and what was told is that of before.
  const told = /^plugins\[\]=.*\n/gm;
  const before = (await readFile(lab.state, 'utf8')).match(told) ?? [];
  t.equal(before.length, 5);
  await lab.mwan('check');
  t.match(keysOf(await all.heard(2)), ['end no-wan-up', 'end wan-down:wan2']);
  t.match(await grave.heard(1), [{ state: 'end', duration_s: Number }]);
  await writeFile(
    lab.state,
    (await readFile(lab.state, 'utf8')).replace(told, '').replace(/^wans=/m, `${before.join('')}wans=`),
  );
  await lab.mwan('check');
  t.match(keysOf(await all.heard(2)), ['end no-wan-up', 'end wan-down:wan2'], 'the next round tells it');
  await lab.mwan('check');

  await configure(lab, { all: alert }, { enabled: 0 });
  await lab.mwan('check');
  t.strictSame(keysOf(await all.heard(1)), ['end wan-down:wan1'], 'nobody watches it any more');
  await writeFile(lab.config, 'nonsense');
  await lab.mwan('check');
  await lab.mwan('check');
  t.match(
    await all.heard(1),
    [{ key: 'trouble', state: 'begin', level: 'error', reason: /line 1/ }],
    'and no more than that',
  );
  await configure(lab, {});
  await lab.mwan('check');
  t.notMatch(await readFile(lab.state, 'utf8'), 'plugins', 'without a plugin, nothing is remembered');
});

scenario('metrics: as status has them, and a cooldown', [{}, {}], async (t, lab) => {
  const [often, seldom, calm] = [
    await recorder(lab, 'often'),
    await recorder(lab, 'seldom'),
    await recorder(lab, 'calm'),
  ];
  await configure(lab, {
    often: { type: 'metrics', program: often.program },
    seldom: { type: 'metrics', program: seldom.program, interval: 3600 },
    calm: { type: 'alert', program: calm.program, cooldown: 3600 },
  });
  for (let i = 0; i < 2; i++) {
    await lab.mwan('check');
    const [figures] = await often.heard(1);
    const status = JSON.parse((await lab.mwan('status --json')).stdout);
    // The state file has two decimals of what the round has all of; and time goes by.
    const VARYING = ['look_at', 'since_s', 'rtt_ms', 'jitter_ms'];
    const same = ([name]: [string, unknown]) => !VARYING.includes(name);
    const shown = status.wans.map((wan: object) => Object.fromEntries(Object.entries(wan).filter(same)));
    t.type(figures.wans[0].rtt_ms, 'number');
    t.match(figures.wans, shown);
    t.equal(figures.time, status.last_round.timestamp);
  }
  t.equal((await seldom.heard(1)).length, 1);
  for (let i = 0; i < 2; i++) {
    await lab.unplug(1);
    await lab.mwan('check');
    await lab.plug(1);
    await lab.mwan('check');
    await lab.router.run('sleep', ['1']);
    await lab.later();
    for (let k = 0; k < 3; k++) {
      await lab.mwan('check');
      await lab.later();
    }
  }
  t.strictSame(keysOf(await calm.heard(2)), ['begin wan-down:wan1', 'end wan-down:wan1'], 'the same is not told again');
  await lab.unplug(1);
  await lab.mwan('check');
  t.strictSame(keysOf(await calm.heard(1)), ['begin wan-flapping:wan1'], 'the third time');
  await writeFile(
    lab.state,
    (await readFile(lab.state, 'utf8')).replace(/^(plugins\[\]=alert calm wan-down:\S+) [\d.]+/m, '$1 -'),
  );
  await lab.mwan('check');
  t.strictSame(keysOf(await calm.heard(1)), ['begin wan-down:wan1'], 'it is told when its time is over');
});

onEachEngine('plugins that hang, fork, fail, flood, or are not there', [{}, {}], async (t, lab) => {
  const lines = async () =>
    (await readFile(join(lab.folder, 'log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  await lab.replace('logger', `[ "$1" = -t ] && cat >>${lab.folder}/log`);
  const late = join(lab.folder, 'late');
  await lab.replace(
    'hang',
    `{ sleep 33; echo late >${late}; } & { sleep 34; echo late >>${late}; } >/dev/null 2>&1 & sleep 1000`,
  );
  await lab.replace('fork', '(sleep 1000 &)');
  await lab.replace('fail', 'echo out; echo "no \\033[2J reply" >&2; echo more >&2; exit 7');
  await lab.replace('flood', 'while :; do echo 0123456789012345678901234567890123456789; done');
  await lab.replace('exposed', 'cat >/dev/null');
  await chmod(join(lab.bin, 'exposed'), 0o777);
  await writeFile(join(lab.bin, 'plain'), '#!/bin/sh\n', { mode: 0o644 });
  const names = ['hang', 'fork', 'fail', 'flood', 'exposed', 'plain', 'missing'];
  const plugins = names.map((name) => [name, { type: 'metrics', program: join(lab.bin, name) }]);
  await configure(lab, Object.fromEntries(plugins));
  const advice = (await lab.mwan('validate')).stdout;
  t.match(advice, /plugin 'missing': there is no program/);
  t.match(advice, /plugin 'plain': .*plain cannot be executed/);
  t.match(advice, /plugin 'exposed': .*exposed: others may write it/);

  const { ms } = await lab.mwan('check');
  t.ok(ms < 25_000, `the round does not wait, ${ms} ms`);
  const said = async () =>
    (await lines()).filter((line) => line.includes('plugin')).map((line) => line.replace(/^<\d+>plugin /, ''));
  await until(async () => (await said()).length >= 4, 20_000);
  await lab.mwan('check');
  await until(async () => (await said()).length >= 7, 45_000);
  const problems = (await said()).map((line) => line.replaceAll(`${lab.bin}/`, '')).sort();
  t.match(problems, [
    /^exposed, exposed: .*exposed: others may write it/,
    'fail, fail: exit 7: no ?[2J reply',
    'flood, flood: printed far too much',
    'fork, fork: no end after 30 s',
    'hang, hang: no end after 30 s',
    'missing, missing: not found',
    'plain, plain: not executable',
  ]);
  t.equal(problems.length, names.length, 'each once, though there were two rounds');
  await lab.replace('fail', 'cat >/dev/null');
  await lab.mwan('check');
  await until(async () => (await said()).some((line) => /^fail, .*: it works again$/.test(line)), 20_000);
  await lab.router.run('sleep', ['5']);
  await t.rejects(readFile(late), 'all that it had started has ended with it');
  t.equal(await lab.exit(), 'eth1');
});

/** Rounds of a router on which time goes by as it is told: it reads its uptime from a file of ours. */
async function timed(lab: Lab) {
  const file = join(lab.folder, 'uptime');
  let uptime = Number.parseFloat(await readFile('/proc/uptime', 'utf8'));
  const by = ['sh', '-c', `mount --bind ${file} /proc/uptime && exec "$@"`, 'sh'];
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return {
    /** A round so many s after the one before. @param colour as the control of its shaper has left wan1 then */
    check: async (seconds: number, colour?: 'GREEN' | 'RED') => {
      uptime += seconds;
      await writeFile(file, `${uptime.toFixed(2)} 0.00\n`);
      const up = { rate: 5000, colour, reason: 'test', load: 0.9, achieved: 4500, delay: 90 };
      const line = { name: 's', wan: 'wan1', at: 1000 * uptime, quiet: false, problems: [], decisions: { up } };
      const text = JSON.stringify({ version: 1, bootId, lines: colour ? [line] : [] });
      await writeFile(`${lab.state}.shape`, text, { mode: 0o600 });
      return lab.mwan('check', { by });
    },
  };
}

scenario('a line that is congested for a minute, and one that has become slower', [{}, {}], async (t, lab) => {
  const alerts = await recorder(lab, 'alerts');
  const delays = async (ms: number) =>
    lab.replace(
      'ping',
      `edit=; case "$*" in *eth2*) edit='s/time=[0-9.]*/time=${ms}/' ;; esac
      /usr/bin/ping "$@" | sed "$edit"`,
    );
  await delays(20);
  await configure(lab, { alerts: { type: 'alert', program: alerts.program } });
  const text = await readFile(lab.config, 'utf8');
  const measured = "option check_quality '1'\n\toption ping_count '6'";
  // A dry run wants to know of the shaper as well, which this kernel has no queue for.
  const steering = "\nconfig steering\n\toption primary 'wan1'\n\toption alternate 'wan2'\n";
  await writeFile(lab.config, text.replace(/option ping_count '1'/g, measured) + steering);
  const { check } = await timed(lab);
  /** Rounds behind which nobody is told anything: the next alert is the first one since. */
  const rounds = async (count: number, seconds: number, colour?: 'GREEN' | 'RED') => {
    for (let i = 0; i < count; i++) t.match(await check(seconds, colour), { exitCode: 0, stderr: '' });
  };
  await rounds(1, 0, 'GREEN');
  await rounds(3, 29, 'RED');
  // A minute of it is over.
  await check(29, 'RED');
  t.match(await alerts.heard(1), [
    {
      ...{ key: 'wan-congested:wan1', state: 'begin', level: 'warning', wan: 'wan1', device: 'eth1' },
      reason: 'its shaper says RED, with 90.0 ms added, for 1 min',
    },
  ]);
  await rounds(2, 29, 'GREEN');
  await check(29, 'GREEN');
  t.match(await alerts.heard(1), [{ key: 'wan-congested:wan1', state: 'end' }]);

  await delays(190);
  // Ten minutes from the first one.
  await rounds(11, 55);
  await check(55);
  t.match(await alerts.heard(1), [
    {
      key: 'wan-slower:wan2',
      state: 'begin',
      level: 'warning',
      wan: 'wan2',
      reason: /^it takes 190\.0 ms instead of /,
    },
  ]);
  await delays(20);
  for (let i = 0; i < 9; i++) await check(55);
  t.match(await alerts.heard(1), [{ key: 'wan-slower:wan2', state: 'end' }]);
  t.equal(await lab.exit(), 'eth1', 'and no line was changed for it');
});

scenario('a plugin that fills the disk that the state is on', [{}, {}], async (t, lab) => {
  const [log, full, silent] = ['log', 'full', 'silent'].map((name) => join(lab.folder, name)) as [
    string,
    string,
    string,
  ];
  await lab.replace('logger', `[ "$1" = -t ] && cat >>${log}`);
  await lab.replace('fill', `[ -e ${full} ] || { head -c 10M /dev/zero >/run/zero; touch ${full}; exit 5; }`);
  await configure(lab, { fill: { type: 'metrics', program: join(lab.bin, 'fill') } });
  const wait = `until [ -e ${silent} ]; do sleep 0.1; done`;
  const rounds = lab.system(
    `mount -t tmpfs -o size=256k none /run; mini-mwan check; ${wait}; echo x 2>&- >/run/x && echo room; mini-mwan check; rm /run/zero; mini-mwan check; cat /run/mini-mwan.status`,
  );
  const isThere = (path: string) => async () => (await readFile(path, 'utf8').catch(() => undefined)) !== undefined;
  await until(isThere(full));
  await lab.silence(1);
  await writeFile(silent, '');
  const { stdout, stderr } = await rounds;
  t.notMatch(stdout, 'room');
  t.notMatch(stderr, 'bug');
  t.equal(await lab.exit(), 'eth2', 'a round needs no disk');
  t.match(stdout, /^status=down\n[\s\S]*\nstatus=up$/m, 'it is remembered as soon as it can be');
  await until(async () => /plugin fill, .*: exit 5/.test(await readFile(log, 'utf8')));
});
