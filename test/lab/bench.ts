/** Figures for the README, measured in labs. Run by hand: they depend on the machine. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, PROGRAM } from './lab.js';

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const ms = (value: number) => `${Math.round(value)} ms`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** A healthy round of two WANs against an empty program, in turns. */
async function healthyRound(lab: Lab): Promise<void> {
  const empty = join(lab.folder, 'empty.mjs');
  await writeFile(empty, '');
  const [bare, round]: [number[], number[]] = [[], []];
  for (let i = 0; i < 41; i++) {
    bare.push(await timed(() => lab.router.run(process.execPath, [empty])));
    round.push((await lab.mwan('check')).ms);
  }
  row('wall time of bare node', ms(median(bare)));
  row(
    'wall time of a healthy round',
    `${ms(median(round))}: ${ms(median(round) - median(bare))} more, the answers included`,
  );
}

/** Programs that a healthy round starts, counted by strace. */
async function processes(lab: Lab): Promise<void> {
  const log = join(lab.folder, 'strace');
  const args = ['-f', '-qq', '-e', 'trace=execve', '-o', log, process.execPath, PROGRAM];
  await lab.router.run('strace', [...args, 'check', '--config', lab.config, '--state', lab.state]);
  const started = (await readFile(log, 'utf8'))
    .split('\n')
    .flatMap((line) => /execve\("([^"]+)".* = 0$/.exec(line)?.[1] ?? []);
  const others = started.slice(1).filter((file) => !file.endsWith('/ping'));
  row('processes of a healthy round besides the pings', `${others.length}: ${others.join(', ')}`);
}

/** From the start of the round that meets a silent failure until the LAN's packets leave by the other WAN. */
async function failover(lab: Lab): Promise<number> {
  for (let i = 0; i < 3; i++) await lab.mwan('check');
  await lab.silence(1);
  const begun = performance.now();
  const round = lab.mwan('check');
  while ((await lab.exit()) !== 'eth2') await sleep(20);
  const taken = performance.now() - begun;
  if (!(await lab.reaches())) throw new Error('the LAN client does not reach the Internet');
  await round;
  await lab.heal(1);
  return taken;
}

/** Packets that a LAN client loses while rounds change nothing. */
async function lostPackets(lab: Lab): Promise<void> {
  const traffic = lab.traffic(0.002);
  for (let i = 0; i < 20; i++) await lab.mwan('check');
  const { sent, lost } = await traffic.stop();
  row('packets of a LAN client lost during 20 healthy rounds', `${lost} of ${sent}`);
}

const labs = await Promise.all(Array.from({ length: 5 }, () => Lab.create()));
const [lab] = labs as [Lab];
for (const each of labs) await each.configureAll();
for (const each of labs) await each.mwan('check');

console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}\n`);
row('what', 'figure');
row('---', '---');
await healthyRound(lab);
await processes(lab);
await lostPackets(lab);
const trials: number[] = [];
for (let i = 0; i < 4; i++) trials.push(...(await Promise.all(labs.map(failover))));
const within = trials.filter((time) => time <= 8000).length;
row(
  'a silently dead WAN is out of use within 8 s',
  `${within} of ${trials.length} trials, the slowest ${(Math.max(...trials) / 1000).toFixed(1)} s`,
);
for (const each of labs) each.remove();
