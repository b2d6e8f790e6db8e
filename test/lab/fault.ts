import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Lab } from './lab.js';

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
const ROUND = 20;
/** MB that Node may hold. It has 50 before it does anything. */
const MEMORY = 150;
/** Leaves the most memory that the process had, in MB. */
const METER = `process.on('exit', () => require('node:fs').writeFileSync(process.env.METER, String(process.resourceUsage().maxRSS / 1024)));`;

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
  const meter = join(lab.folder, 'meter.cjs');
  await writeFile(meter, METER);
  // A script may have a /tmp of its own; its /run is a folder of the lab.
  const [seen, there] = script === undefined ? [lab.folder, lab.folder] : ['/run', join(lab.folder, 'run')];
  const env = { NODE_OPTIONS: `--require ${meter}`, METER: join(seen, 'memory') };
  const result = await (script === undefined ? lab.mwan('check', { env, hide }) : lab.system(script, { env }));
  t.equal(result.exitCode, exitCode, 'exit code');
  if (says) t.match(result.stderr, says);
  else t.equal(result.stderr, '');
  t.notMatch(result.stderr, / at .*:\d+:\d+|bug/, 'no stack trace');
  t.ok(result.stderr.split('\n').length <= 4, 'it is said in a few lines');
  t.ok(result.ms < (ROUND + extra) * 1000, `${Math.round(result.ms)} ms`);
  const memory = Number(await readFile(join(there, 'memory'), 'utf8'));
  t.ok(memory < MEMORY, `${Math.round(memory)} MB`);
  return result;
}

/** The status words of the WANs, as the state file has them. */
export async function verdicts(lab: Lab, state = lab.state): Promise<string[]> {
  return [...(await readFile(state, 'utf8')).matchAll(/^status=(.*)$/gm)].map(([, word = '']) => word);
}
