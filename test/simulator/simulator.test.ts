// By hand, for others and for more: npm run simulate -- --seed 1000 --seeds 500 --rounds 100. The first seed that fails ends it and
// prints a command that shows it again, with as few steps as it takes.
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { execa } from 'execa';
import tap from 'tap';
import { bundle, loadSimulator } from './load.js';

const SEEDS = 100;
const ROUNDS = 100;

tap.test('10,000 rounds, with everything that can go wrong', async (t) => {
  const file = await bundle('simulate');
  t.teardown(() => rm(file));
  const processes = Math.min(4, availableParallelism());
  const share = Math.ceil(SEEDS / processes);
  const work = Array.from({ length: processes }, async (_, i) => {
    const args = { seed: 1 + i * share, seeds: Math.min(share, SEEDS - i * share), rounds: ROUNDS };
    const words = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return execa(process.execPath, [file, ...words], { reject: false, all: true });
  });
  let rounds = 0;
  for (const { all, exitCode } of await Promise.all(work)) {
    t.equal(exitCode, 0, all);
    rounds += Number(/^(\d+) rounds/m.exec(all)?.[1]);
  }
  t.equal(rounds, SEEDS * ROUNDS);
});

/** What a broken program would have `ip` do, and what is said of it. */
const BROKEN: { what: string; tamper: (commands: string[]) => string[]; complaint: RegExp }[] = [
  {
    what: 'removes before it adds',
    tamper: (commands) => [...commands].sort((a, b) => Number(b.includes(' del ')) - Number(a.includes(' del '))),
    complaint: /by nothing now|worked; moved to/,
  },
  {
    what: 'replaces whatever has the key',
    tamper: (commands) => commands.map((command) => command.replace(/^route (add|append)/, 'route replace')),
    complaint: /routes of others are not what they would be|by nothing now/,
  },
  {
    what: 'does not mark what it makes',
    tamper: (commands) => commands.map((command) => command.replace(/^(route add .*) proto 77/, '$1 proto 4')),
    complaint: /routes of others are not what they would be/,
  },
  {
    what: 'leaves half of it',
    tamper: (commands) => commands.filter((command) => !/^route del 128/.test(command)),
    complaint: /after restore there is|ends with 4/,
  },
];

tap.test('a program that is broken is found, by a few steps', async (t) => {
  const { commandOf, networkOf, run, scheduleOf, shorten } = await loadSimulator();
  for (const { what, tamper, complaint } of BROKEN) {
    let found = false;
    for (let seed = 1; seed <= SEEDS && !found; seed++) {
      const network = networkOf(seed);
      const steps = scheduleOf(seed, ROUNDS, network);
      const { violation } = await run(seed, network, steps, { tamper });
      if (!violation) continue;
      found = true;
      t.match(violation.text, complaint, what);
      const short = await shorten(seed, network, steps, violation, { tamper });
      t.ok(short.length <= 8, `${what}: ${commandOf(seed, ROUNDS, short)}`);
      t.match((await run(seed, network, short, { tamper })).violation?.text, complaint, 'which show it again');
    }
    t.ok(found, what);
  }
});
