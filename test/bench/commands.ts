import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Lab, TARGETS, until } from '../lab/lab.js';
import { type Cost, costOf, head, median, memoryOf, row } from './measure.js';
import { settledLab } from './settled.js';

const HOOK = resolve('hotplug/iface/25-mini-mwan');
const MINUTE = resolve('cron/minute');
const TIMES = 31;
/** ms after which fewer have to do, on a slow machine. */
const PATIENCE = 120_000;

/** What a healthy round cannot do without, from a shell, and a Node that does nothing. */
const LEAST = `
flock -n 9 9<$1/run/mini-mwan.status.lock
printf 'addr show\\nroute show table main\\n' | ip -j -s -batch - >/dev/null
for device in eth1 eth2; do
	for target in ${TARGETS.join(' ')}; do ping -n -c 1 -W 1 -I $device $target >/dev/null & done
done
wait
exec node $1/empty.cjs
`;

/** Commands against bare node, in turns. Works in a kernel without nftables, too. */
export async function commands(): Promise<void> {
  // At an interval of a minute, cron's helper is one round and nothing else.
  const lab = await settledLab(60, { filters: false });
  const empty = join(lab.folder, 'empty.cjs');
  await writeFile(empty, '');
  await writeFile(join(lab.folder, 'least.sh'), LEAST);
  const list = new Map([['bare node', `node ${empty}`]]);
  for (const words of ['--version', 'status --check', 'status', 'check']) {
    list.set(`mini-mwan ${words}`, `mini-mwan ${words}`);
  }
  list.set('a healthy round, all that cron starts', `sh ${MINUTE}`);
  list.set('bare node, `flock`, `ip` and four `ping`s', `sh ${lab.folder}/least.sh ${lab.folder}`);
  const costs = new Map([...list.keys()].map((name) => [name, [] as Cost[]]));
  const events: number[] = [];
  const end = performance.now() + PATIENCE;
  for (let i = 0; i < TIMES && performance.now() < end; i++) {
    for (const [name, command] of list) costs.get(name)?.push(await costOf(lab, command));
    events.push(await event(lab));
  }
  const middle = (name: string) => {
    const all = costs.get(name) as Cost[];
    return { cpu: median(all.map(({ cpu }) => cpu)), wall: median(all.map(({ wall }) => wall)) };
  };
  const bare = { ...middle('bare node'), memory: await memoryOf(lab, list.get('bare node') as string) };
  const of = (value: number, unit: string, all: number) => `${Math.round(value)} ${unit} | ${(value / all).toFixed(2)}`;
  head('two healthy WANs', 'CPU', 'of node', 'wall', 'of node', 'memory', 'of node');
  for (const [name, command] of list) {
    const { cpu, wall } = middle(name);
    const memory = await memoryOf(lab, command);
    row(name, of(cpu, 'ms', bare.cpu), of(wall, 'ms', bare.wall), of(memory, 'MB', bare.memory));
  }
  row('from an ifdown event to the table', '', '', of(median(events), 'ms', bare.wall), '', '');
  lab.remove();
}

/** ms from the call of the hook, with the cable out, until the kernel tells that the route is gone. */
async function event(lab: Lab): Promise<number> {
  await lab.unplug(1);
  const { stdout } = await lab.system(
    `coproc timeout 10 ip monitor route
    sleep 0.1; begun=\${EPOCHREALTIME/./}
    ACTION=ifdown INTERFACE=wan1 DEVICE=eth1 sh ${HOOK}
    while read -r line <&"\${COPROC[0]}"; do [[ $line != Deleted*'proto 77'* ]] || break; done
    echo $(( \${EPOCHREALTIME/./} - begun )); kill "$COPROC_PID"`,
    { shell: 'bash' },
  );
  await lab.plug(1);
  await until(async () => {
    // Without a memory of the last times, the line is trusted at once.
    await lab.system('rm -f /run/mini-mwan.status; mini-mwan check');
    return (await lab.exit()) === 'eth1';
  }, 30_000);
  return Number(stdout) / 1000;
}
