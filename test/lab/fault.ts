import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Lab } from './lab.js';
import { NODE } from './program.js';

/** What a program does wrong, and what a round says and does about it. */
export interface Fault {
  name: string;
  /** The program's part, as a shell script; undefined: it is not there. */
  script?: string;
  /** What a person at the router reads; nothing at all unless said. */
  says?: RegExp;
  exitCode?: number;
  /** s that the round may take beyond those of one that sees a line die. */
  extra?: number;
}

/** Quick to judge: a line is dead after two packets to each target, and back after one good round. */
export const QUICK = { ping_timeout: 1, ping_count: 1, recovery_threshold: 1 };

/** s of a round that sees such a line die, on a slow and busy machine. */
const ROUND = 40;
/** MB that QuickJS may hold, and Node, which has 50 before it does anything. */
const MEMORY = { quickjs: 30, node: 150 };
/** Leaves the most memory that the process had, or one that it started. */
const METER = 'busybox time -v -o';

export const FLOOD = 'head -c 100M /dev/zero | tr "\\0" x';

/** Faults that any program can have, as shell scripts; REAL is the program that does its work. */
const SCRIPTS = {
  'is missing': undefined,
  'is slow': 'sleep 1; exec REAL "$@"',
  fails: 'echo broken >&2; exit 1',
  'prints nonsense': 'head -c 2000 /dev/urandom | tr -d "\\0"',
  'prints 100 MB': FLOOD,
  'complains for 100 MB': `{ ${FLOOD}; } >&2; exit 1`,
  'dies half-way': 'REAL "$@" | head -c 60; exit 1',
  'is killed half-way': 'REAL "$@" | head -c 60; kill -SEGV $$',
  'ends half-way': 'REAL "$@" | head -c 60',
  'hangs for ever': 'trap "" TERM; while :; do sleep 100; done',
};

/**
 * Faults of a program.
 *
 * @param real one that does its work
 * @param expected by the name of the fault; a text alone is what is said
 */
export function faultsOf(
  real: string,
  expected: { [name in keyof typeof SCRIPTS]?: Omit<Fault, 'name' | 'script'> | RegExp },
): Fault[] {
  return Object.entries(expected).map(([name, rest]) => {
    const script = SCRIPTS[name as keyof typeof SCRIPTS]?.replaceAll('REAL', real);
    return { name, ...(script !== undefined && { script }), ...(rest instanceof RegExp ? { says: rest } : rest) };
  });
}

/** Runs a round and expects what is true of every one: it ends in time and in words, and Node stays small. */
export async function runRound(
  t: Test,
  lab: Lab,
  { says, exitCode = 0, extra = 0 }: Partial<Fault>,
  { script, hide = [] }: { script?: string | undefined; hide?: string[] } = {},
) {
  // A script may have a /tmp of its own; its /run is a folder of the lab.
  const [seen, there] = script === undefined ? [lab.folder, lab.folder] : ['/run', join(lab.folder, 'run')];
  const meter = `${METER} ${seen}/memory`;
  const result = await (script === undefined
    ? lab.mwan('check', { by: meter.split(' '), hide })
    : lab.system(script, { env: { METER: meter } }));
  t.equal(result.exitCode, exitCode, 'exit code');
  if (says) t.match(result.stderr, says);
  else t.equal(result.stderr, '');
  t.notMatch(result.stderr, / at .*:\d+:\d+|bug/, 'no stack trace');
  t.ok(result.stderr.split('\n').length <= 4, 'it is said in a few lines');
  t.ok(result.ms < (ROUND + extra) * 1000, `${Math.round(result.ms)} ms`);
  const [, size] =
    /Maximum resident set size \(kbytes\): (\d+)/.exec(await readFile(join(there, 'memory'), 'utf8')) ?? [];
  // BusyBox takes the kernel's kB for pages of 4 kB.
  const memory = Number(size) / 4000;
  t.ok(memory < MEMORY[lab.program === NODE ? 'node' : 'quickjs'], `${memory.toFixed(1)} MB`);
  return result;
}

/** The status words of the WANs, as the state file has them. */
export async function verdicts(lab: Lab, state = lab.state): Promise<string[]> {
  return [...(await readFile(state, 'utf8')).matchAll(/^status=(.*)$/gm)].map(([, word = '']) => word);
}
