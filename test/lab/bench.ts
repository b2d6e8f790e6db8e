/** Figures for the README, measured in labs. Run by hand: they depend on the machine. Takes five minutes. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, PROGRAM, TARGETS } from './lab.js';

const MINUTE = resolve('cron/minute');
const INTERVALS = [2, 5, 10, 30, 60];

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells: string[]) => {
  row(...cells);
  row(...cells.map(() => '---'));
};

interface Cost {
  /** ms, user and system, children included. */
  cpu: number;
  wall: number;
}

/** What a shell command costs on the router, by bash's own clock. */
async function costOf(lab: Lab, command: string): Promise<Cost> {
  const script = `TIMEFORMAT='%U %S %R'; time { ${command} >/dev/null 2>&1; }`;
  const { stderr } = await lab.system(script, { shell: 'bash' });
  const [user = 0, system = 0, real = 0] = (stderr.split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpu: (user + system) * 1000, wall: real * 1000 };
}

/** Commands against bare node, in turns. */
async function commands(lab: Lab): Promise<void> {
  const empty = join(lab.folder, 'empty.cjs');
  await writeFile(empty, '');
  const list = { 'bare node': `node ${empty}` } as Record<string, string>;
  for (const words of ['--version', 'status --check', 'status', 'check'])
    list[`mini-mwan ${words}`] = `mini-mwan ${words}`;
  const costs = new Map(Object.keys(list).map((name) => [name, [] as Cost[]]));
  for (let i = 0; i < 31; i++) {
    for (const [name, command] of Object.entries(list)) costs.get(name)?.push(await costOf(lab, command));
  }
  const bare = costs.get('bare node') as Cost[];
  head('command, two healthy WANs', 'CPU', 'of bare node', 'wall');
  for (const [name, all] of costs) {
    const [cpu, wall] = [median(all.map((cost) => cost.cpu)), median(all.map((cost) => cost.wall))];
    const ratio = (cpu / median(bare.map((cost) => cost.cpu))).toFixed(1);
    row(name, `${Math.round(cpu)} ms`, ratio, `${Math.round(wall)} ms`);
  }
}

/** Programs that a healthy round starts, counted by strace. */
async function processes(lab: Lab): Promise<void> {
  const log = join(lab.folder, 'strace');
  await lab.system(`strace -f -qq -e trace=execve -o ${log} ${process.execPath} ${PROGRAM} check`);
  const started = (await readFile(log, 'utf8'))
    .split('\n')
    .flatMap((line) => /execve\("([^"]+)".* = 0$/.exec(line)?.[1] ?? []);
  console.log(`\nA healthy round starts: ${started.slice(1).join(', ')}.`);
}

/** Two WANs that are well, and a helper that looks after them at this interval. */
async function settledLab(interval: number): Promise<Lab> {
  const lab = await Lab.create();
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: interval });
  await lab.system('mini-mwan check; mini-mwan check; mini-mwan check');
  return lab;
}

/** From the moment a line falls silent until the LAN's packets leave by the other one, in s; some minutes of cron. */
async function outages(interval: number, trials: number): Promise<number[]> {
  const lab = await settledLab(interval);
  const cron = lab.system(`while :; do sh ${MINUTE} & sleep 60; done`);
  cron.catch(() => {});
  const taken: number[] = [];
  for (let i = 0; i < trials; i++) {
    const settled = async () =>
      (await readFile(`${lab.folder}/run/mini-mwan.status.quiet`, 'utf8').catch(() => '')).includes('answers eth1');
    while ((await lab.exit()) !== 'eth1' || !(await settled())) await sleep(200);
    await sleep(Math.random() * interval * 1000);
    const begun = performance.now();
    await lab.silence(1);
    while ((await lab.exit()) !== 'eth2') await sleep(50);
    taken.push((performance.now() - begun) / 1000);
    await lab.heal(1);
  }
  lab.remove();
  return taken;
}

console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}\n`);
process.setMaxListeners(0);
const lab = await settledLab(10);
await commands(lab);
await processes(lab);
const traffic = lab.traffic(0.002);
for (let i = 0; i < 20; i++) await lab.mwan('check');
const { sent, lost } = await traffic.stop();
console.log(`A LAN client lost ${lost} of ${sent} packets during 20 healthy rounds.\n`);
lab.remove();

const minutes = INTERVALS.map(async (interval) => {
  const each = await settledLab(interval);
  const { cpu } = await costOf(each, `sh ${MINUTE}`);
  each.remove();
  return cpu;
});
const costs = await Promise.all(minutes);
const trials = await Promise.all(
  INTERVALS.slice(0, 3).map(async (interval) =>
    (await Promise.all([1, 2, 3, 4].map(() => outages(interval, 5)))).flat(),
  ),
);
head('check_interval', 'CPU of a healthy minute', 'of one core', 'a silent line is out of use within');
for (const [i, interval] of INTERVALS.entries()) {
  const times = trials[i];
  const limit = interval + 6;
  const within = times?.filter((time) => time <= limit).length;
  const share = ((costs[i] as number) / 600).toFixed(2);
  const words = times
    ? `${limit} s in ${within} of ${times.length} trials, the slowest ${Math.max(...times).toFixed(1)} s`
    : '';
  row(`${interval} s`, `${Math.round(costs[i] as number)} ms`, `${share} %`, words);
}
process.exit(0);
