// By hand: TORTURE=100 npx tap test/lab/storm.test.ts for so many changes that are seen by their event only, SEED=n for others.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap from 'tap';
import { createRandom } from '../random.js';
import { type Lab, until } from './lab.js';
import type { Scripts } from './program.js';
import { scenario } from './scenario.js';

const CHANGES = Number(process.env.TORTURE ?? 7);
const SEED = Number(process.env.SEED ?? 1);
const QUICK = { ping_timeout: 1, failure_threshold: 2, recovery_threshold: 1 };
/** ms. What takes half a second may take ten on a machine that is busy. */
const PATIENCE = 20_000;
const event = ({ hook }: Scripts) => `ACTION=ifup INTERFACE=wan DEVICE=eth1 sh ${hook}`;

/** Four processes that send 13 events each in a second, cron's job for a minute, and a person. */
async function storm(lab: Lab, scripts: Scripts) {
  const events = `for i in $(seq 13); do ${event(scripts)}; sleep 0.06; done`;
  const [person] = await Promise.all([
    lab.system('mini-mwan check'),
    lab.system(`sh ${scripts.minute}`),
    ...Array.from({ length: 4 }, () => lab.system(events)),
  ]);
  await until(async () => !(await isBusy(lab)), PATIENCE);
  return person;
}

/** Is anything of ours still running on the router? */
async function isBusy(lab: Lab): Promise<boolean> {
  const list = `for pid in $(ip netns pids ${lab.router.namespace}); do tr '\\0' ' ' </proc/$pid/cmdline; echo; done`;
  const { stdout } = await lab.router.run('sh', ['-c', list]);
  return /main\.js (check|announce)|\/(hook|minute)\b/.test(stdout);
}

scenario('a storm of events, with cron and a person in it', [{}, {}], async (t, lab) => {
  await lab.configure(
    {
      wan1: { device: 'eth1', metric: 10, ping_target: ['1.1.1.1', '8.8.8.8'], ...QUICK },
      wan2: { device: 'eth2', metric: 20, ping_target: ['1.1.1.1', '8.8.8.8'], ...QUICK },
    },
    { check_interval: 60 },
  );
  const scripts = await lab.scripts();
  // A minute of 15 s is longer than any storm.
  const minute = (await readFile(scripts.minute, 'utf8'))
    .replace('-lt 60', '-lt 15')
    .replaceAll('is_past 58', 'is_past 13');
  await writeFile(scripts.minute, minute);
  await lab.system('mini-mwan check');
  const log = join(lab.folder, 'rounds');
  await lab.replace('logger', `cat >>${log}`);

  const traffic = lab.traffic();
  const routes = await lab.monitor(() => storm(lab, scripts));
  const { sent, lost } = await traffic.stop();
  t.equal(lost, 0, `of ${sent} packets, while nothing is wrong`);
  t.strictSame(routes, [], 'and no route is touched');

  await lab.silence(1);
  const person = await storm(lab, scripts);
  t.equal(person.exitCode, 0);
  t.equal(await lab.exit(), 'eth2');
  t.ok(await lab.reaches());
  const { stdout } = await lab.router.run('cat', [log]);
  t.match(stdout, /^<\d+>wan1 \(eth1\) down: [^\n]*\n?$/, 'it is told once');
  t.strictSame(
    (await readdir(join(lab.folder, 'run'))).sort(),
    ['.event.lock', '.status', '.status.config', '.status.json', '.status.lock'].map((end) => `mini-mwan${end}`),
    'nothing is left over',
  );
});

scenario('a change is seen by its event, whatever runs when it comes', [{}, {}], async (t, lab) => {
  await lab.configureAll(QUICK);
  // Many changes come when the round before has looked for the last time and has not ended.
  await lab.replace('late', `${lab.program.join(' ')} "$@"; sleep 0.5`);
  const scripts = await lab.scripts([join(lab.bin, 'late')]);
  await lab.system('mini-mwan check');
  const random = createRandom(SEED);
  for (let i = 0; i < CHANGES; i++) {
    // A line that falls again and again would not be trusted at once. What still runs would write of its falls.
    await until(async () => !(await isBusy(lab)), PATIENCE);
    await rm(join(lab.folder, 'run/mini-mwan.status'), { force: true });
    await lab.system(event(scripts));
    const pause = random.below(800);
    await sleep(pause);
    const plugged = i % 2 === 1;
    await (plugged ? lab.plug(1) : lab.unplug(1));
    await lab.system(event(scripts));
    const right = plugged ? 'eth1' : 'eth2';
    await until(async () => (await lab.exit()) === right, PATIENCE).catch(() => {});
    t.equal(await lab.exit(), right, `${plugged ? 'plugged' : 'unplugged'} after ${pause} ms, seed ${SEED}`);
  }
});

tap.jobs = 2;
