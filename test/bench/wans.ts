import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lab, TARGETS } from '../lab/lab.js';
import { type Cost, costOf, head, median, row } from './measure.js';

const COUNTS = [1, 2, 4, 8, 16, 32, 64, 250];

/** Starts the same pings as a round, from a program that does nothing else. */
const PINGS = `
const { spawn } = require('node:child_process');
for (let i = 1; i <= Number(process.argv[2]); i++) {
  for (const target of ${JSON.stringify(TARGETS)}) {
    const args = ['-n', '-c', '1', '-W', '2', '-I', 'wan' + i, target];
    const child = spawn('ping', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', () => {});
  }
}
`;

/** A round with many WANs, against a Node that starts the same pings and does nothing else: what is above that is our own. */
export async function wans(): Promise<void> {
  head(
    'WANs',
    'wall of a round',
    'CPU of a round',
    'of it Node and the pings',
    'the rest, of each WAN after the first',
  );
  let first: number | undefined;
  for (const count of COUNTS) {
    const lab = await manyWans(count);
    const rounds: Cost[] = [];
    const floors: Cost[] = [];
    for (let i = 0; i < (count > 64 ? 3 : 9); i++) {
      rounds.push(await costOf(lab, 'mini-mwan check'));
      floors.push(await costOf(lab, `node ${lab.folder}/pings.cjs ${count}`));
    }
    const [round, floor] = [rounds, floors].map((all) => median(all.map(({ cpu }) => cpu))) as [number, number];
    const rest = round - floor;
    first ??= rest;
    const each = count === 1 ? '' : `${((rest - first) / (count - 1)).toFixed(1)} ms`;
    row(
      count,
      `${Math.round(median(rounds.map(({ wall }) => wall)))} ms`,
      `${Math.round(round)} ms`,
      `${Math.round(floor)} ms`,
      each,
    );
    lab.remove();
  }
}

/** A lab whose only ISP has a cable for each of the WANs. */
export async function manyWans(count: number): Promise<Lab> {
  const lab = await Lab.create([{ systemMetric: 'none' }]);
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const address = (i: number, host: number) => `100.65.${i}.${host}`;
  await lab
    .isp(1)
    .ipAll([
      ...TARGETS.map((target) => `addr add ${target}/32 dev lo`),
      ...numbers.flatMap((i) => [
        `link add many${i} type veth peer name wan${i} netns ${lab.router.namespace}`,
        `addr add ${address(i, 1)}/24 dev many${i}`,
        `link set many${i} up`,
      ]),
    ]);
  await lab.router.ipAll(
    numbers.flatMap((i) => [
      `addr add ${address(i, 2)}/24 dev wan${i}`,
      `link set wan${i} up`,
      `route add default via ${address(i, 1)} dev wan${i} metric ${1000 + i}`,
    ]),
  );
  const wan = (i: number) => [`wan${i}`, { device: `wan${i}`, metric: i, ping_target: TARGETS }];
  await lab.configure(Object.fromEntries(numbers.map(wan)));
  const { stdout, stderr } = await lab.system('mini-mwan check >/dev/null; mini-mwan check; mini-mwan status --json');
  const up = stdout.split('"status":"up"').length - 1;
  if (up !== count) throw new Error(`${up} of ${count} WANs are up: ${stderr}`);
  await writeFile(join(lab.folder, 'pings.cjs'), PINGS);
  return lab;
}
