import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Lab, TARGETS } from '../lab/lab.js';
import { type Cost, costOf, head, median, row } from './measure.js';

const COUNTS = [1, 2, 4, 8, 16, 32, 64, 250];

const MINUTE = resolve('cron/minute');

/** Starts the same pings as a round, and a Node that does nothing. */
const PINGS = `
for i in $(seq $2); do
	for target in ${TARGETS.join(' ')}; do ping -n -c 1 -W 1 -I wan$i $target >/dev/null & done
done
wait
exec node $1/empty.cjs
`;

/** A round with many WANs, against the same pings and a Node that does nothing: what is above that is our own. */
export async function wans(): Promise<void> {
  head(
    'WANs',
    'wall of a round',
    'CPU of a round',
    'of it bare node and the pings',
    'the rest, of each WAN after the first',
    'by hand: wall',
    'CPU',
  );
  let first: number | undefined;
  for (const count of COUNTS) {
    const lab = await manyWans(count);
    const commands = [`sh ${MINUTE}`, `sh ${lab.folder}/pings.sh ${lab.folder} ${count}`, 'mini-mwan check'];
    const costs = commands.map((): Cost[] => []);
    for (let i = 0; i < (count > 64 ? 5 : 11); i++) {
      for (const [which, command] of commands.entries()) costs[which]?.push(await costOf(lab, command));
    }
    const middles = costs.map((all) => ({
      cpu: median(all.map(({ cpu }) => cpu)),
      wall: median(all.map(({ wall }) => wall)),
    }));
    const [round, floor, byHand] = middles as [Cost, Cost, Cost];
    const rest = round.cpu - floor.cpu;
    first ??= rest;
    const each = count === 1 ? '' : `${((rest - first) / (count - 1)).toFixed(1)} ms`;
    const ms = (value: number) => `${Math.round(value)} ms`;
    row(count, ms(round.wall), ms(round.cpu), ms(floor.cpu), each, ms(byHand.wall), ms(byHand.cpu));
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
  await writeFile(join(lab.folder, 'empty.cjs'), '');
  return lab;
}
