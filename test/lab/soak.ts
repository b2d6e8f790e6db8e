/**
 * A soak by hand: `npm run soak -- --minutes N [--seed N] [--node]`. Everything happens at random to a router with four WANs,
 * on which mini-mwan runs as on any other: cron every minute, and netifd's events; on QuickJS, or on Node. Ends with 1 if
 * something was wrong.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom, type Random } from '../random.js';
import { NODE, QUICKJS } from './program.js';
import { OF_LINE, OF_ROUNDS, OF_ROUTER } from './soak/faults.js';
import { now } from './soak/line.js';
import { Oracle, type Violation } from './soak/oracle.js';
import { Router } from './soak/router.js';
import { Sender } from './soak/sender.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, node: { type: 'boolean' } },
});
const minutes = Number(values.minutes ?? 60);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));

const stamp = () => new Date().toISOString().slice(11, 21);
process.once('SIGINT', () => process.exit(130));
const router = await Router.create();
const counts = new Map<string, number>();

function report({ kind, text, begun }: Violation, ended?: number): void {
  if (ended !== undefined) {
    console.log(`${stamp()} ended after ${(ended - begun).toFixed(1)} s: ${kind}`);
    return;
  }
  const lines = router.lines.map(({ device, health, since }) => `${device} ${health} ${(now() - since).toFixed(0)} s`);
  const disturbed = router.disturbed > now() - 60 ? `, disturbed ${(router.disturbed - now()).toFixed(0)} s` : '';
  console.log(`${stamp()} VIOLATION ${kind}: ${text}`);
  console.log(`    ${lines.join(', ')}${disturbed}; ${JSON.stringify(router.settings)}`);
  for (const line of oracle.seen) console.log(`      ${line}`);
  for (const line of router.history.slice(-15)) console.log(`    ${line}`);
}

/** One fault from its beginning to its end. Most befall lines; those that keep rounds from their work are the fewest. */
async function suffer(random: Random): Promise<void> {
  const free = router.lines.filter((line) => !line.busy);
  const line = random.fraction() < 0.85 && free.length > 0 ? random.pick(free) : undefined;
  const others = random.fraction() < 0.7 ? OF_ROUTER : OF_ROUNDS;
  const name = random.pick(Object.keys(line ? OF_LINE : others));
  const seconds = line ? 4 + random.fraction() ** 2 * 70 : 3 + random.fraction() * 15;
  if (line) line.busy = true;
  const what = `${line ? `${line.device}: ` : ''}${name}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  router.note(what);
  const end = line ? await OF_LINE[name]?.(router, line, random) : await others[name]?.(router, undefined, random);
  if (end) {
    await Promise.race([sleep(seconds * 1000), stopping]);
    await end();
    router.note(`end of ${what}`);
  }
  if (line) line.busy = false;
}

let stop = () => {};
const stopping = new Promise<void>((resolve) => {
  stop = resolve;
});

const program = (values.node ? NODE : QUICKJS).join(' ');
console.log(`seed ${seed}, ${minutes} minutes, ${(await router.run(`${program} --version`)).stdout}`);
const random = createRandom(seed);
const before = await router.machine.tree();
const idle = (await router.processes()).map(({ command }) => command);
await router.run(`${program} install`);
await router.configure(router.settings);
await router.run('/etc/init.d/mini-mwan start');

const sender = new Sender(router.lab);
const oracle = new Oracle(router, sender, report);
router.disturbed = now() + 10;

const jobs = new Set<Promise<unknown>>();
const cron = setInterval(() => {
  const job: Promise<unknown> = router.run('/usr/lib/mini-mwan/minute').finally(() => jobs.delete(job));
  jobs.add(job);
}, 60_000);
jobs.add(router.run('/usr/lib/mini-mwan/minute'));
let watching = true;
const watch = (async () => {
  for (let i = 1; watching; i++) {
    const begun = performance.now();
    await oracle.tick();
    if (i % 600 === 0) console.log(`${stamp()} so far: ${sender.sent} packets sent, ${JSON.stringify(oracle.counts)}`);
    await sleep(Math.max(0, 1000 - (performance.now() - begun)));
  }
})();

const pending = new Set<Promise<void>>();
for (const end = now() + minutes * 60; now() < end; await sleep(3000 + random.fraction() * 17_000)) {
  const fault: Promise<void> = suffer(random).finally(() => pending.delete(fault));
  pending.add(fault);
}
stop();
await Promise.all(pending);
router.note('all faults have ended');
// Until all is well again, as it must be.
await sleep((60 + 60) * 1000);
watching = false;
await watch;
clearInterval(cron);
// Whatever a job has left behind may have its output open.
await Promise.race([Promise.all(jobs), sleep(70_000)]);
sender.stop();

/** What must not be there when all is over. */
oracle.check('the end', (await router.lab.exit()) === 'nowhere', await router.lab.exit());
const temporary = (await readdir(join(router.lab.folder, 'run'))).filter((name) => name.endsWith('.tmp'));
await router.run('/etc/init.d/mini-mwan stop');
const ours = [...(await router.lab.ours()), await router.lab.router.ip('nexthop show proto 77')].filter(Boolean);
oracle.check('stop leaves routes', ours.length > 0, ours.join('; '));
await router.run('mini-mwan uninstall');
await sleep(5000);
oracle.check('foreign routes at the end', (await router.lab.routes()).sort().join() !== router.foreign.join(), '');
const own = /(^| )\/etc\/(asked|config\/mini-mwan)( |$)/;
const kept = (tree: string) => tree.split('\n').filter((line) => !own.test(line));
const [was, is] = [kept(before), kept(await router.machine.tree())];
const left = is.filter((line) => !was.includes(line));
const gone = was.filter((line) => !is.includes(line));
oracle.check(
  'uninstall leaves files',
  left.length + gone.length > 0,
  `left: ${left.join('; ')}; gone: ${gone.join('; ')}`,
);
const processes = (await router.processes()).map(({ command }) => command).filter((command) => !idle.includes(command));
oracle.check('processes are left', processes.length > 0, processes.join('; '));

const sorted = oracle.departures.sort((a, b) => a - b);
const share = (part: number) => sorted[Math.floor(sorted.length * part)]?.toFixed(1) ?? '-';
console.log(`\nfaults: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`);
console.log(
  `watched ${oracle.counts.seconds} times, ${oracle.counts.judged} times with a line that a dead one must have been left for, ${oracle.counts.settled} times with one that must be back in use`,
);
console.log(
  `a dead line was out of use after: median ${share(0.5)} s, 95 % ${share(0.95)} s, longest ${share(0.9999)} s (${sorted.length} times)`,
);
console.log(`packets: ${sender.sent} sent, ${oracle.counts.lost} lost; ${JSON.stringify(oracle.counts)}`);
console.log(`temporary files of killed rounds, gone with uninstall: ${temporary.length}`);
const kinds = new Map<string, number>();
for (const { kind } of oracle.violations) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
console.log(
  `violations: ${oracle.violations.length}${[...kinds].map(([kind, count]) => `\n  ${count} ${kind}`).join('')}`,
);
router.lab.remove();
process.exit(oracle.violations.length > 0 ? 1 : 0);
