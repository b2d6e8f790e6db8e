import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import tap, { type Test } from 'tap';
import { BUNDLES } from '../../lib/package/bundles.mjs';

/** An engine, and the words that start what `perform.ts` does on it. */
export interface Started {
  kind: 'node' | 'quickjs';
  words: string[];
}

export interface Outcome {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Surroundings {
  /** For its standard input; nothing unless it is given. */
  input?: string | Buffer;
  env?: Record<string, string>;
  cwd?: string;
  /** Words in front of its own. */
  wrapper?: string[];
}

/** Closes what whoever runs the tests has left open, and starts what follows. */
const ALONE = 'for file in $(cd /proc/self/fd; echo *); do ((file > 2)) && eval "exec $file>&-"; done; exec "$@"';

/** Gone when the tests are over. */
export const folder = await mkdtemp(join(tmpdir(), 'mini-mwan-engine-'));
tap.teardown(() => rm(folder, { recursive: true, force: true }));

async function bundle(kind: Started['kind'], words: string[], file: string): Promise<Started> {
  await build({ ...BUNDLES[kind], entryPoints: [`test/engine/on-${kind}.ts`], outdir: join(folder, kind) });
  return { kind, words: [...words, join(folder, kind, file)] };
}

const ENGINES = await Promise.all([
  bundle('node', [process.execPath], 'main.mjs'),
  bundle('quickjs', ['qjs', '--no-unhandled-rejection', '--strip-source', '-m'], 'main.js'),
]);

/** The same test of both. */
export function onBoth(what: string, test: (t: Test, engine: Started) => Promise<void>): void {
  for (const engine of ENGINES) tap.test(`${what} (${engine.kind})`, (t) => test(t, engine));
}

/** Starts a task on the engine. */
export function begin({ words }: Started, task: string[], { env, cwd, wrapper = [] }: Surroundings = {}): ChildProcess {
  // By env(1): what is started as Node, tap adds something to.
  const variables = Object.entries({ PATH: process.env.PATH, ...env }).map(([name, value]) => `${name}=${value}`);
  const args = ['-c', ALONE, 'bash', 'env', '-i', ...variables, ...wrapper, ...words, ...task];
  return spawn('bash', args, { cwd, stdio: 'pipe' });
}

export async function run(engine: Started, task: string[], more: Surroundings = {}): Promise<Outcome> {
  const child = begin(engine, task, more);
  // It may end before it has read everything.
  child.stdin?.on('error', () => {}).end(more.input ?? '');
  const ended = new Promise<Pick<Outcome, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal }));
  });
  const streams = [child.stdout, child.stderr] as NodeJS.ReadableStream[];
  const [stdout = '', stderr = ''] = await Promise.all(streams.map((stream) => text(stream)));
  return { stdout, stderr, ...(await ended) };
}

/** What a task returned. */
export async function ask<T>(engine: Started, task: string[], more?: Surroundings): Promise<T> {
  const { stdout, stderr, code } = await run(engine, task, more);
  if (code !== 0) throw new Error(`exit ${code}: ${stdout}${stderr}`);
  const { value, error } = JSON.parse(stdout);
  if (error !== undefined) throw new Error(error);
  return value;
}
