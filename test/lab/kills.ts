import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import type { Lab } from './lab.js';

/** One way to kill a round, or a program that it has started. */
export interface Kill {
  name: string;
  /** Runs the round and kills. Resolves when nothing of it is left but what it has started. */
  commit(lab: Lab): Promise<unknown>;
}

/** Files that a round writes, beside the state file. */
const BESIDE = ['', '.json', '.config'];

/** What starts a program, on one C library or another; a call that there is not is none. */
const STARTING = ['?fork', '?vfork', 'clone', '?clone3'];

/** Runs a round under strace with these options. */
type Traced = (lab: Lab, options: string[]) => Promise<unknown>;

/** Only the process itself, without -f: the children go their way. */
const itself: Traced = (lab, options) => run(lab, 'exec strace "$@"', options);

/** All that happens to the lock, the files and their temporary ones, whose names have the number of the process. */
const files: Traced = (lab, options) => {
  const paths = BESIDE.flatMap((end) => [`-P ${lab.state}${end}`, `-P ${lab.state}${end}.$$.tmp`]);
  // -D: the process keeps the number of the shell.
  return run(lab, `exec strace -D -f --seccomp-bpf -P ${lab.state}.lock ${paths.join(' ')} "$@"`, options);
};

function run(lab: Lab, script: string, options: string[]) {
  const round = [...lab.program, 'check', '--config', lab.config, '--state', lab.state];
  const env = { PATH: lab.path };
  return lab.router.run('sh', ['-c', script, 'sh', ...options, ...round], { env, reject: false });
}

/** A round is killed as it enters each system call by which it starts programs and talks to them. */
export const killMain = (lab: Lab) => killAtEach(lab, 'main', itself, [...STARTING, 'write']);

/** A round is killed as it enters each system call by which it opens or changes a file. */
export const killAtFiles = (lab: Lab) => killAtEach(lab, 'files', files, ['openat', 'write', 'rename', 'unlink']);

async function killAtEach(lab: Lab, what: string, traced: Traced, calls: string[]): Promise<Kill[]> {
  const trace = join(lab.folder, 'trace');
  await traced(lab, ['-o', trace, '-e', `trace=${calls}`]);
  return Object.entries(await countCalls(trace)).flatMap(([call, count]) =>
    Array.from({ length: count }, (_, i) => ({
      name: `${what}, ${call} ${i + 1} of ${count}`,
      commit: (other: Lab) => traced(other, ['-o', '/dev/null', ...murder(call, i + 1)]),
    })),
  );
}

/** How often each system call is in a trace. */
async function countCalls(trace: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, call = ''] of (await readFile(trace, 'utf8')).matchAll(/^(?:\d+ +)?(\w+)\(/gm)) {
    counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

function murder(call: string, which: number): string[] {
  return ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${which}`];
}

const CHILDREN = ['flock', 'ip', 'ping', 'logger'];
const TALKING = ['socket', 'bind', 'connect', 'sendto', 'sendmsg', 'flock', 'write'];

/** Every program that a round starts is killed at each system call by which it binds, connects, writes or locks. */
export async function killChildren(lab: Lab): Promise<Kill[]> {
  const every = CHILDREN.flatMap((program) => Array.from({ length: 10 }, (_, i) => `${program}.${i + 1}`));
  await prepare(
    lab,
    Object.fromEntries(
      every.map((name) => [name, ['-o', join(lab.folder, `trace.${name}`), '-e', `trace=${TALKING}`]]),
    ),
  );
  await lab.mwan('check');
  await prepare(lab, {});
  const kills: Kill[] = [];
  for (const file of (await readdir(lab.folder)).filter((name) => name.startsWith('trace.'))) {
    const child = file.slice('trace.'.length);
    for (const [call, count] of Object.entries(await countCalls(join(lab.folder, file)))) {
      for (let i = 1; i <= count; i++) {
        const commit = async (other: Lab) => {
          await prepare(other, { [child]: ['-o', '/dev/null', ...murder(call, i)] });
          await other.mwan('check');
          await prepare(other, {});
        };
        kills.push({ name: `${child}, ${call} ${i} of ${count}`, commit });
      }
    }
    await rm(join(lab.folder, file));
  }
  return kills;
}

/** From now on a child is run by strace with these options: by program and the how manieth it is, `ip.2`. */
async function prepare(lab: Lab, straces: Record<string, string[]>): Promise<void> {
  const at = (name: string) => join(lab.folder, 'straces', name);
  await lab.router.run('sh', ['-c', `rm -rf ${at('')}; mkdir ${at('')}`]);
  for (const [name, options] of Object.entries(straces)) await writeFile(at(name), options.join(' '));
  for (const program of CHILDREN) {
    await writeFile(at(`${program}.count`), '0');
    await lab.replace(
      program,
      `read -r n <${at(`${program}.count`)}; n=$((n + 1)); echo $n >${at(`${program}.count`)}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ -e ${at(program)}.$n ] || exec ${program} "$@"
exec strace $(cat ${at(program)}.$n) ${program} "$@"`,
    );
  }
}

/** A round is killed at moments from its begin to its end, and some beyond. */
export async function killAtMoments(lab: Lab, random: Random, count: number): Promise<Kill[]> {
  const { ms } = await lab.mwan('check');
  return Array.from({ length: count }, () => {
    const moment = random.fraction() * 1.3 * ms;
    const commit = async (other: Lab) => {
      const [engine = '', ...words] = other.program;
      const round = other.router.start(engine, [...words, 'check', '--config', other.config, '--state', other.state]);
      await sleep(moment);
      round.kill('SIGKILL');
      await round;
    };
    return { name: `after ${moment.toFixed(1)} ms`, commit };
  });
}
