import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import tap, { type Test } from 'tap';
import { QUICK, runRound, verdicts } from './fault.js';
import { type Lab, TARGETS } from './lab.js';
import { NODE, QUICKJS } from './program.js';
import { scenario } from './scenario.js';

tap.jobs = 4;

/** Runs what runs out of something: all stays that was there before, and there is no word of a bug. */
async function survives(t: Test, lab: Lab, script: string, what: string) {
  const before = await lab.routes();
  // tap has its own code loaded into every Node, which would need more than ours.
  const { exitCode, stdout, stderr, ms } = await lab.system(`unset NODE_OPTIONS; ${script}`);
  // Where the engine itself cannot start, the words are its own.
  if (exitCode === 0 || exitCode === 3) t.notMatch(stderr, /bug| at .*:\d+:\d+/, `${what}: no stack trace`);
  t.ok(ms < 30_000, `${what}: ${Math.round(ms)} ms`);
  t.strictSame(await verdicts(lab), ['up', 'up'], `${what}: no verdict`);
  t.strictSame(await lab.routes(), before, `${what}: no route`);
  return { exitCode, stdout, stderr };
}

async function settle(t: Test, lab: Lab) {
  await lab.configureAll(QUICK);
  await runRound(t, lab, {});
}

async function expectWell(t: Test, lab: Lab) {
  await runRound(t, lab, {});
  t.ok(await lab.reaches());
}

const run = (lab: Lab) => `${lab.program.join(' ')} check --state ${lab.state}`;

scenario('without files to open', [{}, {}], async (t, lab) => {
  await settle(t, lab);
  const ends = new Map<number | undefined, string>();
  for (let files = 4; files <= 16; files++) {
    const script = `ulimit -n ${files}; ${run(lab)}`;
    const { exitCode, stderr } = await survives(t, lab, script, `${files} files`);
    // What was said before is not said again.
    ends.set(exitCode, `${ends.get(exitCode) ?? ''}${stderr}`);
  }
  t.match(ends.get(3), /too many open files/);
  t.strictSame([...ends.keys()], [3, 0], 'some are enough, and with fewer it says so');
  await expectWell(t, lab);
});

scenario('without processes to start', [{}, {}], async (t, lab) => {
  // One target each: which process is the how manieth does not depend on how fast it answers.
  await lab.configureAll({ ...QUICK, ping_target: '1.1.1.1' });
  await runRound(t, lab, {});
  const said: string[] = [];
  for (let first = 1; first <= 7; first++) {
    // strace plays the kernel that refuses: twice, or for good.
    for (const when of [`${first}..${first + 1}`, `${first}+`]) {
      const inject = `-e trace=clone,fork,vfork -e inject=clone,fork,vfork:error=EAGAIN:when=${when}`;
      const script = `strace -f -qq -o /dev/null ${inject} ${run(lab)}`;
      said.push((await survives(t, lab, script, `process ${when}`)).stderr);
    }
  }
  t.match(said.join('\n'), /'ip -j' could not be used: no process can be started: there are too many; nothing was/);
  t.match(said.join('\n'), /interface 'wan2': ping: no process can be started/);
  await expectWell(t, lab);
});

/** Engines that lack something from their beginning: how they are started, as a shell script. */
const STARVED: [what: string, program: string[], start: (words: string) => string][] = [
  ['QuickJS without room for the C library', QUICKJS, (words) => `ulimit -v 2500; exec ${words}`],
  ['QuickJS without memory', QUICKJS, (words) => `exec ${words.replace('qjs', 'qjs --memory-limit 500k')}`],
  // Node may hang for ever then.
  ['Node without room for threads', NODE, (words) => `unset NODE_OPTIONS; ulimit -v 100000; exec ${words}`],
  ['Node without memory', NODE, (words) => `export NODE_OPTIONS=--max-old-space-size=2; exec ${words}`],
];
/** What callers wait for, and how long it is here. */
const PATIENCE = { '-lt 150': '-lt 5', 'is_past 58': 'is_past 3' };

for (const [what, program, start] of STARVED) {
  scenario(
    `${what}, and what calls it`,
    [{}, {}],
    async (t, lab) => {
      const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS, ...QUICK });
      await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: 60 });
      await runRound(t, lab, {});
      // What is killed for its slowness must have our name.
      const files = join(lab.folder, 'program');
      await cp(dirname(program.at(-1) as string), files, { recursive: true });
      const words = [...program.slice(0, -1), join(files, basename(program.at(-1) as string))].join(' ');
      await lab.replace('starved', `${start(words)} "$@"`);
      const { minute, hook, functions } = await lab.scripts([join(lab.bin, 'starved')]);
      for (const file of [functions, minute, hook]) {
        const text = await readFile(file, 'utf8');
        await writeFile(
          file,
          Object.entries(PATIENCE).reduce((all, [is, shorter]) => all.replaceAll(is, shorter), text),
        );
      }
      for (const caller of [minute, hook]) {
        const event = 'ACTION=ifup INTERFACE=wan1 DEVICE=eth1 timeout -k 1 20';
        const idle =
          'while [ -e /run/mini-mwan.event ]; do sleep 0.1; done; flock -w 15 /run/mini-mwan.event.lock true';
        // The hook leaves its event behind our back; whoever took its lock meanwhile would have it think that a round goes on.
        const begun = 'for i in $(seq 50); do [ ! -e /run/mini-mwan.event.lock ] || break; sleep 0.1; done; sleep 0.3';
        const after = caller === hook ? `${begun}; ${idle}` : idle;
        const script = `rm -f /run/mini-mwan.event.lock; ${event} ${caller} >/dev/null 2>&1; echo $?; ${after}`;
        const { exitCode, stdout } = await survives(t, lab, script, caller);
        t.not(stdout, '124', 'it ends by itself');
        t.equal(exitCode, 0, 'and holds nobody up');
      }
      const { stdout, exitCode } = await lab.system('flock -w 5 /run/mini-mwan.status.lock ls -A /run');
      t.equal(exitCode, 0, 'no lock is held');
      t.notMatch(stdout, /tmp|mini-mwan.event$/m, 'nothing is left behind');
      await expectWell(t, lab);
    },
    program,
  );
}

scenario('a /run without room', [{}, {}], async (t, lab) => {
  await settle(t, lab);
  for (const room of [2, 3, 4, 5]) {
    // Every other one meets a line that dies.
    const best = room % 2 ? 'eth2' : 'eth1';
    await (room % 2 ? lab.silence(1) : lab.heal(1));
    for (const kind of ['nr_inodes', 'nr_blocks']) {
      const what = `${kind}=${room}`;
      const { stdout, stderr } = await lab.system(
        `mount -t tmpfs -o ${kind}=${room} none /run; mini-mwan check || echo failed; ls /run; tail -n 2 /run/mini-mwan.status`,
      );
      t.notMatch(stdout + stderr, /bug|failed|\.tmp/, what);
      if (/^mini-mwan.status$/m.test(stdout)) t.match(stdout, /^reason=.+$/m, `${what}: the state is whole`);
      else t.match(stderr, /cannot be written: no space left; the next round remembers nothing/, what);
      t.equal(await lab.exit(), best, what);
    }
  }
});
