import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { Lab } from '../lab.js';
import { Ipv6 } from './ipv6.js';
import type { Lan6, Line6 } from './topology.js';

type Body = (t: Test, lab: Lab, six: Ipv6) => Promise<unknown>;

/** Options with which a round that finds silence takes a second. */
export const QUICK = { ping_timeout: 1, ping_count: 1, failure_threshold: 1, recovery_threshold: 1 };

/** A test with a lab of its own that has IPv6. @param setup what each ISP gives, nothing for one that has only IPv4 */
export function scenario6(name: string, setup: (Line6 | undefined)[], lan: Lan6, body: Body) {
  tap.test(name, async (t) => {
    const lab = await Lab.create(setup.map(() => ({})));
    t.teardown(lab.remove);
    await body(t, lab, await Ipv6.add(lab, setup, lan));
  });
}

/** Rounds, each as if `check_interval` had gone by. Returns what the last one said. */
export async function rounds(lab: Lab, count: number) {
  let last = await lab.mwan('check');
  for (let i = 1; i < count; i++) {
    await lab.later();
    last = await lab.mwan('check');
  }
  return last;
}

/** As if no round had ever been, but for the routes. */
export async function forget(lab: Lab): Promise<void> {
  for (const end of ['', '.json']) await rm(lab.state + end, { force: true });
}

/** A round that must change nothing: no message, no event of routes, rules or nft. */
export async function expectQuiet6(t: Test, lab: Lab) {
  const monitors = [
    lab.router.start('ip', ['-6', 'monitor', 'route', 'rule', 'address']),
    lab.router.start('nft', ['monitor']),
  ];
  await sleep(150);
  const { stdout, stderr } = await lab.mwan('check');
  await sleep(100);
  for (const monitor of monitors) monitor.kill('SIGKILL');
  const events = await Promise.all(monitors.map(async (monitor) => String((await monitor).stdout)));
  t.equal(stdout + stderr, '', 'another round has nothing to say');
  t.equal(events.join(''), '', 'another round touches nothing');
}

/** A section of the state file. */
export async function stateOf(lab: Lab, path: string): Promise<Record<string, string>> {
  const text = await readFile(lab.state, 'utf8');
  const section = text.split(/^\[/m).find((part) => part.startsWith(`${path}]`)) ?? '';
  return Object.fromEntries(
    section.split('\n').flatMap((line) => (/=/.test(line) ? [line.split(/=(.*)/, 2) as [string, string]] : [])),
  );
}
