import tap, { type Test } from 'tap';
import { QUICK } from './fault.js';
import type { Lab } from './lab.js';
import { Machine } from './machine.js';
import { NODE, QUICKJS } from './program.js';
import { scenario } from './scenario.js';

tap.jobs = 3;

const PROGRAM = '/usr/lib/mini-mwan/program';
/** What QuickJS itself may do where its memory ends: a segmentation fault, a failed assertion, an error of no meaning. */
const DEATHS = [139, 134];
const NO_MEANING = /TypeError: not an object/;
const NOTHING = /; nothing was changed$/m;

/** A machine on which it is installed and has run; since then a line has died, so that a round would change something. */
async function installed(t: Test, lab: Lab): Promise<Machine> {
  await lab.configureAll(QUICK);
  const machine = await Machine.create(lab);
  await machine.run(`mkdir -p /etc/config; cp ${lab.config} /etc/config/`);
  t.equal((await machine.mwan('install')).exitCode, 0);
  t.match(await machine.run('mini-mwan check'), { exitCode: 0, stderr: '' });
  t.equal(await lab.exit(), 'eth1');
  // Refused at once: a round need not wait for silence.
  await lab.isp(1).nft('add rule ip lab cut reject');
  return machine;
}

/**
 * What it cannot run with is said in a few words, and nothing is touched.
 *
 * @param around scripts for before and behind
 */
async function expectRefusal(
  t: Test,
  lab: Lab,
  machine: Machine,
  what: string,
  words: RegExp,
  command = 'check',
  around: [harm: string, mend: string] = [':', ':'],
) {
  const [harm, mend] = around;
  const script = `${harm}; mini-mwan ${command}; code=$?; ${mend}; exit $code`;
  const { exitCode, stdout, stderr } = await machine.run(script);
  t.equal(exitCode, 3, what);
  t.equal(stdout, '', what);
  t.match(stderr, words, what);
  t.match(stderr, /^mini-mwan: .*\n {2}.*$/, `${what}: what is wrong, and what to do`);
  t.notMatch(stderr, /bug|^ +at /m, `${what}: no stack trace`);
  t.equal(await lab.exit(), 'eth1', `${what}: no route`);
}

/** What was wrong is mended. */
async function expectWell(t: Test, lab: Lab, machine: Machine) {
  const { exitCode, stdout, stderr } = await machine.run('mini-mwan check');
  t.match({ exitCode, stdout, stderr }, { exitCode: 0, stdout: /^wan1 \(eth1\) down: /, stderr: '' });
  t.equal(await lab.exit(), 'eth2');
}

scenario('a qjs that is another program, too old, or not there', [{}, {}], async (t, lab) => {
  const machine = await installed(t, lab);
  const cases: [what: string, script: string, words: RegExp][] = [
    [
      'too old',
      'echo "QuickJS version 2024-01-13"; echo "usage: qjs"; exit 1',
      /too old: 2025-04-26 or newer is needed/,
    ],
    ['another program', 'echo "usage: qjs FILE"; exit 2', /this qjs is not QuickJS, but another program of that name/],
    ['a relative', 'echo "QuickJS-ng version 0.8.0"; exit 1', /this qjs is not QuickJS, but another/],
    ['silent', 'exit 0', /this qjs is not QuickJS, but another/],
    ['not to be loaded', 'echo "qjs: no libatomic" >&2; exit 127', /qjs cannot be started: qjs: no libatomic/],
  ];
  for (const [what, script, words] of cases) {
    await machine.write('/usr/sbin/qjs', `#!/bin/sh\n${script}\n`, '755');
    await expectRefusal(t, lab, machine, what, words);
    await expectRefusal(t, lab, machine, what, NOTHING);
    const { stderr } = await machine.run('/usr/lib/mini-mwan/minute');
    t.match(stderr, words, `${what}: cron hears it, too`);
  }
  await machine.run('rm /usr/sbin/qjs');
  const { stdout: real } = await machine.run('command -v qjs');
  await machine.run(`mv ${real} ${real}.away`);
  await expectRefusal(
    t,
    lab,
    machine,
    'missing',
    /the program qjs \(QuickJS\) is not there; nothing was changed\n.*apk add quickjs/,
  );
  await machine.run(`mv ${real}.away ${real}`);
  await expectWell(t, lab, machine);
});

/** Ways to harm a file of the program: shell scripts. */
const HARM: Record<string, (file: string) => string> = {
  missing: (file) => `rm ${file}`,
  cut: (file) => `truncate -s $(($(wc -c <${file}) / 2)) ${file}`,
  'of another version': (file) => `echo 'export const other = 1;' >${file}`,
};
const RECORDED = '/run/recorded';
/** One of them needs each file. */
const COMMANDS = [
  'check --dry-run',
  'check --dry-run --config /etc/odd',
  'check --dry-run --config /etc/rich',
  `check --dry-run --record ${RECORDED}`,
  'status',
  '--help',
  '--version',
  'validate',
  'validate --config /etc/odd',
  'validate --config /etc/rich',
  'check --dry-run --config /etc/off',
  'metrics',
  'history --last 1h',
  `routeros --dry-run --record ${RECORDED}`,
  'check --dry-run --verbose',
  'check --dry-run --json',
  'shape --dry-run --config /etc/shaped --seconds 1',
];

for (const [engine, program, harms] of [
  ['QuickJS', QUICKJS, ['missing', 'cut', 'of another version']],
  ['Node', NODE, ['missing', 'cut']],
] as const) {
  scenario(
    `a program that is not whole, on ${engine}`,
    [{}, {}],
    async (t, lab) => {
      const machine = await installed(t, lab);
      await machine.run(`cp -r ${PROGRAM} /usr/lib/whole`);
      // What is loaded where quality is judged is needed, too.
      await machine.run(`sed -i "s/.*option metric.*/&\\n\toption check_quality '1'/" /etc/config/mini-mwan`);
      // A target that always answers, and metrics that a line to paste would tell apart.
      const odd = "s/1[.]1[.]1[.]1/192.168.1.1/; s/metric '*20'*/metric '10'/";
      await machine.run(`sed "${odd}" /etc/config/mini-mwan >/etc/odd`);
      // What only some options need.
      const settings = ['balance quality', 'inbound 1', 'mptcp 1', 'ipv6 1'];
      const options = (lines: string[]) => lines.map((line) => `\\n\\toption ${line}`).join('');
      const more = options(['restart_after 300', 'bandwidth_down 1000', 'ping_target6 2001:db8::1', 'deprecate 60']);
      const rich = `s/failover/multiuplink/; s/.*config settings.*/&${options(settings)}/; s/.*option metric.*/&${more}/; s#1[.]1[.]1[.]1#http://1.1.1.1/#`;
      await machine.run(`sed "${rich}" /etc/config/mini-mwan >/etc/rich`);
      await machine.run(`sed "s/option enabled '*1'*/option enabled 0/" /etc/config/mini-mwan >/etc/off`);
      // What reads shapers where nothing else is to be read that few have.
      const shaper = "config shaper\\n\\toption interface 'wan1'\\n";
      await machine.run(`cp ${lab.config} /etc/shaped; printf "${shaper}" >>/etc/shaped`);
      const { stdout } = await machine.run(`ls ${PROGRAM}`);
      // Without a terminal, nothing is coloured by chalk, whose file `source` is. The last two are loaded on IPFire only.
      const all = stdout.split('\n').filter((file) => !/^(main|source|log|on-ipfire)/.test(file));
      const opened: string[] = [];
      for (const command of COMMANDS) {
        await machine.run(`rm -rf ${RECORDED}; strace -f -e trace=open,openat -o /run/opened mini-mwan ${command}`);
        opened.push((await machine.run('cat /run/opened')).stdout);
      }
      const isOpened = (file: string, text = '') => text.includes(`${PROGRAM}/${file}"`);
      const commandOf = (file: string) => COMMANDS[opened.findIndex((text) => isOpened(file, text))];
      const files = all.filter((file) => commandOf(file) !== undefined);
      t.ok(files.length > 5, `${files.length} files`);
      // What is told behind a round or to a web server, said of trouble or of shares, what shapes a line, which this machine cannot, or
      // leads flows away from it, and parts of these.
      const others = all.filter((file) => !files.includes(file));
      const names =
        /^(balance|behind|beside|cgi|history|history-\w+|investigate|loop-cure|metrics|problems|quota|quota-count|routeros|routeros-store|routeros-trigger|shape|shape-store|shape-trigger|shaping|steering|syslog|unusable|chunk)-/;
      t.strictSame(
        others.filter((file) => !names.test(file)),
        [],
      );
      const takers = async (file: string) =>
        (await machine.run(`cd ${PROGRAM}; grep -lE '\\{[^}]+\\} ?from ?"./${file}"' *`)).stdout.split('\n');
      t.ok(others.length <= 35, others.join(', '));
      for (const [i, file] of files.entries()) {
        const command = commandOf(file) ?? '';
        for (const harm of harms) {
          // What is loaded on demand has a name that changes with its content.
          if (harm === 'of another version' && !/^(chunk|run)-/.test(file)) continue;
          // A part that is loaded, but of which this command takes nothing, may be any version.
          if (
            harm === 'of another version' &&
            !(await takers(file)).some((taker) => isOpened(taker, opened[COMMANDS.indexOf(command)]))
          )
            continue;
          // There are many of them, and they are read alike.
          if (harm !== 'missing' && i % 4 > 0) continue;
          const around: [string, string] = [
            `rm -rf ${RECORDED}; ${HARM[harm]?.(`${PROGRAM}/${file}`)}`,
            `cp /usr/lib/whole/${file} ${PROGRAM}/`,
          ];
          await expectRefusal(t, lab, machine, `${command}, ${file} ${harm}`, /install it again/, command, around);
        }
      }
      await machine.run(`mv ${PROGRAM}/main.* /usr/lib/away`);
      const first = /there is no .*\/main\.m?js, or nothing in it; nothing was changed\n {2}install it again/;
      await expectRefusal(t, lab, machine, 'without the first file', first);
      await machine.run(`mv /usr/lib/away ${PROGRAM}/main.${engine === 'Node' ? 'mjs' : 'js'}`);
      await expectWell(t, lab, machine);
    },
    program,
  );
}

/** kB, from where nothing can run to where a round can. */
const range = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

scenario('not enough memory for a round', [{}, {}], async (t, lab) => {
  const machine = await installed(t, lab);
  /** Runs rounds with more and more memory: each is whole, or says what it lacks and touches nothing. */
  const starve = async (limits: number[], script: (limit: number) => string, words: RegExp, strict: boolean) => {
    const state = async () => (await machine.run('cat /run/mini-mwan.status')).stdout;
    let [said, enough] = [0, false];
    for (const limit of limits) {
      const [before, routes] = [await state(), await lab.routes()];
      const { exitCode, stderr } = await machine.run(script(limit));
      const isBegun = (await state()) !== before;
      // Where QuickJS itself cannot begin, it says so itself, or dies; later on, there are places in it where it dies.
      // Whoever is started in place of the shell has no exit code then.
      const isDead =
        typeof exitCode !== 'number' ||
        (said > 0 && (DEATHS.includes(exitCode) || (exitCode === 3 && NO_MEANING.test(stderr))));
      if (isBegun && exitCode !== 3 && !isDead) {
        t.match({ exitCode, stderr }, { exitCode: 0, stderr: '' }, `${limit} kB: a round`);
        enough = true;
        continue;
      }
      // One that ends in its middle has saved what it judged, and may have acted on it: it says that no more was done.
      t.notOk(enough, `${limit} kB: less was enough`);
      if (!isBegun) t.strictSame(await lab.routes(), routes, `${limit} kB: no route`);
      if (isDead) continue;
      if (exitCode === 3 || (strict && said > 0)) {
        t.equal(exitCode, 3, `${limit} kB`);
        t.match(stderr, words, `${limit} kB`);
        t.equal(stderr.split('\n').length, 2, `${limit} kB: in two lines`);
        said += 1;
      } else if (exitCode === 0) {
        // No round, no success; but for one that had no memory to save what it did, as the one before.
        t.match(stderr, /status cannot be written: .*; the next round remembers nothing$/m, `${limit} kB: no state`);
      }
    }
    t.ok(enough, 'some is enough');
    return said;
  };
  // Before the round, or in it.
  const before = 'the program cannot be run: out of memory; nothing was changed';
  const lack = `mini-mwan: (${before}|the system has no memory left; nothing more was done)\n {2}see: free$`;
  const limited = 's/^engine="qjs .*--no-un/engine="qjs --memory-limit LIMITk --no-un/';
  const said = await starve(
    [20, 60, ...range(100, 1500, 40)],
    (limit) => `sed -i '${limited.replace('LIMIT', `${limit}`)}' /usr/lib/mini-mwan/engine; mini-mwan check`,
    new RegExp(`^${lack}`),
    true,
  );
  t.ok(said >= 24, `${said} times out of memory`);

  await machine.run(`sed -i '${limited.replace('--memory-limit LIMITk ', '')}' /usr/lib/mini-mwan/engine`);
  await lab.heal(1);
  t.match(await machine.run('mini-mwan check'), { exitCode: 0, stderr: '' });
  t.equal(await lab.exit(), 'eth1');
  await lab.isp(1).nft('add rule ip lab cut reject');
  t.ok(
    await starve(
      range(3000, 7000, 250),
      (limit) => `ulimit -v ${limit}; exec mini-mwan check`,
      new RegExp(`^(${lack}|mini-mwan: qjs cannot be started: .*)`),
      false,
    ),
  );
  t.equal(await lab.exit(), 'eth2');
});
