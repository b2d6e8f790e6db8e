import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Lab, TARGETS } from '../lab/lab.js';
import { type Cost, costOf, head, median, memoryOf, row } from './measure.js';

const COUNTS = [1, 2, 4, 8, 16, 32, 64, 250];

/** Starts the same pings as a round, from a shell. */
const PINGS = `
for i in $(seq $2); do ping -n -c 1 -W 1 -I wan$i ${TARGETS[0]} >/dev/null & done
wait
`;

/** A round with many WANs, against the same pings: what is above that is our own. */
export async function wans(): Promise<void> {
  head(
    'WANs',
    'wall of a round',
    'CPU of a round',
    'of it the pings',
    'the rest, of each WAN after the first',
    'peak memory',
  );
  let first: number | undefined;
  for (const count of COUNTS) {
    const lab = await manyWans(count);
    const [round, pings] = [`${lab.program.join(' ')} check`, `sh ${lab.folder}/pings.sh ${lab.folder} ${count}`];
    const costs: [Cost, Cost][] = [];
    for (let i = 0; i < (count > 64 ? 7 : 11); i++) costs.push([await costOf(lab, round), await costOf(lab, pings)]);
    const middle = (which: 0 | 1, what: keyof Cost) => median(costs.map((both) => both[which][what]));
    const [cpu, floor] = [middle(0, 'cpu'), middle(1, 'cpu')];
    const rest = cpu - floor;
    first ??= rest;
    const each = count === 1 ? '' : `${((rest - first) / (count - 1)).toFixed(1)} ms`;
    const ms = (value: number) => `${Math.round(value)} ms`;
    row(count, ms(middle(0, 'wall')), ms(cpu), ms(floor), each, `${(await memoryOf(lab, round)).toFixed(1)} MB`);
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
  await lab.configure(Object.fromEntries(numbers.map(wan)), { check_interval: 60 });
  const { stdout, stderr } = await lab.system('mini-mwan check >/dev/null; mini-mwan check; mini-mwan status --json');
  const up = stdout.split('"status":"up"').length - 1;
  if (up !== count) throw new Error(`${up} of ${count} WANs are up: ${stderr}`);
  await writeFile(join(lab.folder, 'pings.sh'), PINGS);
  return lab;
}
