import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.js';
import { ENGINES } from './engines.js';
import { costOf, head, median, row } from './measure.js';
import { settledLab } from './settled.js';

const INTERVALS = [2, 5, 10, 30, 60];
/** The one that an engine other than the first is measured at, too: the default. */
const USUAL = 10;
const TIMES = 3;

/** Whole minutes of cron's helper where all is well, in turns with an empty file on Node. */
export async function minutes(): Promise<void> {
  const cases = ENGINES.flatMap(([engine, program], i) =>
    INTERVALS.filter((interval) => i === 0 || interval === USUAL).map((interval) => ({ engine, program, interval })),
  );
  const labs = await Promise.all(cases.map(({ interval, program }) => settledLab(interval, { program })));
  const scripts = await Promise.all(labs.map((lab) => lab.scripts()));
  const costs = cases.map((): number[] => []);
  const bare: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    for (let n = 0; n < 10; n++) bare.push(await emptyNode(labs[0] as Lab));
    await Promise.all(
      labs.map(async (lab, which) => {
        const { cpu } = await costOf(lab, `sh ${scripts[which]?.minute}; sleep 2`);
        costs[which]?.push(cpu);
      }),
    );
  }
  for (const lab of labs) lab.remove();
  const node = median(bare);
  console.log(`\nAn empty file on Node: ${node.toFixed(0)} ms of CPU.`);
  head('check_interval', 'engine', 'CPU of a healthy minute', 'of an empty Node', 'of one core');
  for (const [i, { engine, interval }] of cases.entries()) {
    const cpu = median(costs[i] as number[]);
    const shares = [(cpu / node).toFixed(2), `${(cpu / 600).toFixed(2)} %`];
    row(`${interval} s`, engine, `${Math.round(cpu)} ms`, ...shares);
  }
}

async function emptyNode(lab: Lab): Promise<number> {
  const empty = join(lab.folder, 'empty.mjs');
  await writeFile(empty, '');
  return (await costOf(lab, `node ${empty}`)).cpu;
}
