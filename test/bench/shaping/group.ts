import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import type { Host } from '../../lab/namespaces.js';

/** What the control prints. */
export const LOG = '/run/control.log';
/** What it uses is counted there, whatever it starts. */
const GROUP = '/run/cgroup/control';

/** Starts a program on the router that counts as the control's. It ends when the kernel does. */
export function control(router: Host, words: string[], env: Record<string, string> = {}): Promise<void> {
  const log = openSync(LOG, 'a');
  const script = `echo $$ >${GROUP}/cgroup.procs; exec "$@"`;
  const child = spawn('ip', ['netns', 'exec', router.namespace, 'sh', '-c', script, 'sh', ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}

/** The same, for one that goes on: if it ends, so does all of this. */
export async function resident(router: Host, words: string[], env?: Record<string, string>): Promise<void> {
  await control(router, words, env);
  throw new Error(`${words[0]} ended: ${readFileSync(LOG, 'utf8').slice(-2000)}`);
}

/** s of CPU that the control has used, with all that it started. */
export function usage(): number {
  return Number(/^usage_usec (\d+)/m.exec(readFileSync(`${GROUP}/cpu.stat`, 'utf8'))?.[1]) / 1e6;
}

/** To be called once, before anything else. */
export function prepare(): void {
  mkdirSync('/run/cgroup');
  execFileSync('mount', ['-t', 'cgroup2', 'none', '/run/cgroup']);
  mkdirSync(GROUP);
}
